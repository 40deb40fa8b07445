import { describe, expect, it } from "vitest";
import { argmax } from "../../../../src/head/head.js";
import { predictBagOfWords } from "../../../../src/head/linear/bagOfWords.js";
import { chooseBagOfWords } from "../../../../src/head/linear/chooseBagOfWords.js";
import { seeded } from "../../../../src/math/random.js";

const labels = ["no", "yes"];
const FILL = ["one", "two", "red", "blue", "tree", "lake"];

/** Texts whose label is 0 or 1 by turns, each made from its label and from uniform numbers. */
function corpus(n: number, text: (label: number, random: () => number) => string, seed = 1) {
  const random = seeded(seed);
  const y = Int32Array.from({ length: n }, (_, r) => r % 2);
  return { y, texts: Array.from(y, (label) => text(label, random)) };
}

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)];

/** The label is the order of two words, which all texts have. */
const ordered = (label: number, random: () => number): string =>
  [pick(FILL, random), label === 1 ? "so not" : "not so", pick(FILL, random), pick(FILL, random)].join(" ");

/** The label is how a word begins that is new in every text. */
const prefixed = (label: number, random: () => number): string =>
  `${pick(FILL, random)} ${label === 1 ? "over" : "unde"}${Math.floor(random() * 1e9).toString(36)} ${pick(FILL, random)}`;

/** The label is a word. */
const named = (label: number, random: () => number): string =>
  `${pick(FILL, random)} ${label === 1 ? "x" : "z"} ${pick(FILL, random)}`;

describe("chooseBagOfWords()", () => {
  it("counts pairs of words where their order is the label", async () => {
    const { texts, y } = corpus(120, ordered);
    const bag = await chooseBagOfWords(texts, y, { labels });
    expect(bag.features).not.toBe("words");
    const fresh = corpus(60, ordered, 2);
    expect([...argmax(predictBagOfWords(bag, fresh.texts), 2)]).toEqual([...fresh.y]);
  });

  it("counts characters where the beginnings of words are the label", async () => {
    const { texts, y } = corpus(120, prefixed);
    const bag = await chooseBagOfWords(texts, y, { labels });
    expect(bag.features).toBe("characters");
    const fresh = corpus(60, prefixed, 2);
    expect([...argmax(predictBagOfWords(bag, fresh.texts), 2)]).toEqual([...fresh.y]);
  });

  it("regularizes most where the texts say nothing of the labels, and least where they say all", async () => {
    const { texts } = corpus(120, named);
    const noise = Int32Array.from(texts, (_, r) => Number(seeded(r)() < 0.5));
    const [none, all] = [
      await chooseBagOfWords(texts, noise, { labels }),
      await chooseBagOfWords(texts, corpus(120, named).y, { labels }),
    ];
    expect(none.C).toBe(0.3);
    expect(all.C).toBeGreaterThan(3);
  });

  it("learns nothing from equal texts with random labels, which it keeps in one fold", async () => {
    const unique = corpus(40, (_, random) => FILL.map(() => pick(FILL, random)).join(" ")).texts;
    const texts = Array.from({ length: 4 }, () => unique).flat();
    const y = Int32Array.from(texts, (_, r) => Number(seeded(r % 40)() < 0.5));
    // Four copies in several folds would make the weakest regularization predict every row.
    expect((await chooseBagOfWords(texts, y, { labels })).C).toBeLessThanOrEqual(1);
  });

  it("gives each label the same weight where that is asked for", async () => {
    const { texts } = corpus(200, (_, random) => FILL.map(() => pick(FILL, random)).join(" "));
    const y = Int32Array.from(texts, (_, r) => Number(r % 10 === 0));
    const share = async (classWeights: "none" | "balanced"): Promise<number> => {
      const bag = await chooseBagOfWords(texts, y, { labels, classWeights });
      return predictBagOfWords(bag, [""])[1];
    };
    expect(await share("none")).toBeLessThan(0.3);
    expect(await share("balanced")).toBeGreaterThan(0.35);
  });

  it("is the same to the bit for the same texts and seed, and takes as few texts as two", async () => {
    const { texts, y } = corpus(50, named);
    expect(await chooseBagOfWords(texts, y, { labels })).toEqual(await chooseBagOfWords(texts, y, { labels }));
    const two = await chooseBagOfWords(["yes", "no"], Int32Array.of(1, 0), { labels });
    expect([two.features, two.C]).toEqual(["words", 4]);
  });

  it("ends with the reason of a signal", async () => {
    const { texts, y } = corpus(50, named);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(chooseBagOfWords(texts, y, { labels, signal })).rejects.toThrow("stopped");
  });
});
