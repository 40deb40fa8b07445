import { describe, expect, it } from "vitest";
import { duplicateGroups } from "../../../src/dataset/duplicates.js";
import { splitParts } from "../../../src/dataset/splitParts.js";
import { seeded } from "../../../src/math/random.js";

/** Rows of a few labels, one of them rare, among whose texts many are equal but for case. */
function randomRows(seed: number, n: number): { readonly texts: string[]; readonly labels: string[][] } {
  const random = seeded(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const texts = Array.from({ length: n }, () => `${below(2) === 0 ? "Text" : "text"} ${below(n)}`);
  return { texts, labels: texts.map((_, i) => [i === 0 ? "rare" : ["a", "b", ""][below(3)]]) };
}

describe("splitParts()", () => {
  it.each([1, 2, 3, 4, 5])("puts every row into one part, in order, and equal texts into one (seed %d)", (seed) => {
    const { texts, labels } = randomRows(seed, 150);
    for (const dev of [undefined, 0.1, 0.4]) {
      const parts = splitParts(texts, labels, { test: 0.3, dev, seed });
      const all = [parts.train, ...(parts.dev === undefined ? [] : [parts.dev]), parts.test];
      expect(parts.dev === undefined).toBe(dev === undefined);
      expect(all.flatMap((rows) => [...rows]).toSorted((x, y) => x - y)).toEqual([...texts.keys()]);
      for (const rows of all) expect([...rows]).toEqual([...rows].toSorted((x, y) => x - y));
      const groups = duplicateGroups(texts);
      const own = all.map((rows) => new Set([...rows].map((r) => groups[r])));
      expect(own.reduce((sum, set) => sum + set.size, 0)).toBe(new Set(groups).size);
      expect(parts.duplicates).toBe(150 - new Set(groups).size);
    }
  });

  it("gives each part its share of the rows of each label", () => {
    const texts = Array.from({ length: 1000 }, (_, i) => `text ${i}`);
    const labels = texts.map((_, i) => [i % 10 === 0 ? "rare" : "often"]);
    const parts = splitParts(texts, labels, { test: 0.2, dev: 0.1, seed: 3 });
    for (const [rows, share] of [
      [parts.train, 0.7],
      [parts.dev!, 0.1],
      [parts.test, 0.2],
    ] as const) {
      const rare = [...rows].filter((r) => labels[r][0] === "rare").length;
      expect([rare, rows.length - rare]).toEqual([100 * share, 900 * share].map(Math.round));
    }
  });

  it("has no limit on how many rows test gets, as dev rows of a training have", () => {
    const texts = Array.from({ length: 30_000 }, (_, i) => `text ${i}`);
    expect(splitParts(texts, undefined, { test: 0.5, seed: 1 }).test).toHaveLength(15_000);
  });
});
