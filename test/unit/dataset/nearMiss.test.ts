import { describe, expect, it } from "vitest";
import { nearMissPairs, type NearMissPair } from "../../../src/dataset/nearMiss.js";
import { editDistance } from "../../../src/errors.js";
import { seeded } from "../../../src/math/random.js";

/** Every pair by itself, by the words of the documentation. */
function everyPair(labels: readonly string[], counts: readonly number[]): NearMissPair[] {
  const fold = (label: string): string => {
    const folded = label.trim().normalize("NFC").toLowerCase();
    return folded !== "" && Number.isFinite(Number(folded)) ? String(Number(folded)) : folded;
  };
  const digits = (label: string): string => label.replace(/\D/g, "");
  const pairs: NearMissPair[] = [];
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; j < labels.length; j++) {
      const [common, rare] = counts[i] >= counts[j] ? [i, j] : [j, i];
      const isRare = counts[rare] < 5 || counts[rare] < 0.005 * counts[common];
      const longEnough = Math.min(labels[i].length, labels[j].length) >= 4;
      if (fold(labels[i]) === fold(labels[j])) pairs.push({ rare, common, why: "case, spaces or notation" });
      else if (
        isRare &&
        longEnough &&
        digits(labels[i]) === digits(labels[j]) &&
        editDistance(labels[i], labels[j]) === 1
      )
        pairs.push({ rare, common, why: "one letter" });
    }
  }
  return pairs;
}

describe("nearMissPairs()", () => {
  it("finds the pairs that comparing each with each does, in that order", () => {
    const random = seeded(11);
    const pick = (letters: string): string => letters[Math.floor(random() * letters.length)];
    let found = 0;
    for (let round = 0; round < 200; round++) {
      const label = (): string => Array.from({ length: 3 + Math.floor(random() * 3) }, () => pick("aAb1. ")).join("");
      const labels = [...new Set(Array.from({ length: 30 }, label))];
      const counts = labels.map(() => Number(pick("134567")) ** 4);
      const pairs = nearMissPairs(labels, counts);
      expect(pairs).toEqual(everyPair(labels, counts));
      found += pairs.length;
    }
    expect(found).toBeGreaterThan(200);
  });

  it("ends for labels that are long texts, and for hundreds of thousands of them", () => {
    const texts = Array.from({ length: 60 }, (_, i) => `${"a text where a label belongs ".repeat(1500)}${i % 10}x${i}`);
    expect(
      nearMissPairs(
        texts,
        texts.map(() => 1),
      ),
    ).toEqual([]);
    const ids = Array.from({ length: 300_000 }, (_, i) => `id ${String.fromCharCode(97 + (i % 26))}${i}`);
    expect(
      nearMissPairs(
        ids,
        ids.map(() => 1),
      ),
    ).toEqual([]);
  }, 30_000);

  it("gives at most 10,000 pairs of the spellings of one label", () => {
    const spellings = Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}spam`);
    expect(
      nearMissPairs(
        spellings,
        spellings.map(() => 2),
      ),
    ).toHaveLength(10_000);
  });
});
