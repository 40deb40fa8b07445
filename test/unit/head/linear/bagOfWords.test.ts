import { describe, expect, it } from "vitest";
import { fitBagOfWords, predictBagOfWords, type BagOfWords } from "../../../../src/head/linear/bagOfWords.js";
import { wordsOf } from "../../../../src/head/linear/textFeatures.js";
import { argmax, logitProbabilities } from "../../../../src/head/head.js";

const labels = ["bad", "good", "none"];
const texts = Array.from({ length: 60 }, (_, i) => {
  const mood = [
    ["awful", "boring", "waste of time"],
    ["lovely", "great", "well made"],
    ["table", "train", "weather report"],
  ][i % 3];
  return `the film number ${i % 7} is ${mood[Math.floor(i / 3) % 3]} !`;
});
const y = Int32Array.from(texts, (_, i) => i % 3);
const bag: BagOfWords = await fitBagOfWords(texts, y, { labels });

const rowOf = (all: Float64Array, r: number): number[] => [...all.subarray(3 * r, 3 * r + 3)];

describe("fitBagOfWords()", () => {
  it("learns texts that words tell apart, for three labels and for two", async () => {
    expect([...argmax(predictBagOfWords(bag, texts), 3)]).toEqual([...y]);
    const two = texts.filter((_, i) => i % 3 < 2);
    const truth = Int32Array.from(two, (_, i) => i % 2);
    const pair = await fitBagOfWords(two, truth, { labels: ["bad", "good"] });
    expect(pair.bias).toHaveLength(1);
    expect([...argmax(predictBagOfWords(pair, two), 2)]).toEqual([...truth]);
    expect([...argmax(predictBagOfWords(pair, ["a boring boring thing", "so lovely"]), 2)]).toEqual([0, 1]);
  });

  it("keeps the hashes of its words ascending, each once, with weights of that shape", () => {
    const hashes = [...bag.hashes];
    expect(hashes).toEqual([...new Set(hashes)].sort((a, b) => a - b));
    const known = new Set(texts.flatMap(wordsOf));
    expect(hashes).toHaveLength(known.size);
    expect([bag.weights.rows, bag.weights.cols, bag.idf.length, bag.bias.length]).toEqual([
      3,
      known.size,
      known.size,
      3,
    ]);
  });

  it("leaves out words of fewer rows than asked for, a word that comes twice in one row too, and all but the most frequent", async () => {
    const some = ["a a rare b", "a b", "a c c", "a b c"];
    const truth = Int32Array.of(0, 1, 0, 1);
    const words = async (options: object): Promise<number> =>
      (await fitBagOfWords(some, truth, { labels: ["x", "y"], ...options })).hashes.length;
    expect(await words({})).toBe(3); // a, b, c
    expect(await words({ minRows: 1 })).toBe(4);
    expect(await words({ minRows: 3 })).toBe(2);
    expect(await words({ minRows: 1, maxFeatures: 1 })).toBe(1);
  });

  it("gives a rarer word the greater weight in a text", () => {
    expect(Math.max(...bag.idf)).toBeGreaterThan(1.5);
    expect(Math.min(...bag.idf)).toBeCloseTo(1, 6); // "the" stands in every row
  });

  it("is the same to the bit for the same texts, and does not write to its inputs", async () => {
    const before = y.slice();
    expect(await fitBagOfWords(texts, y, { labels })).toEqual(bag);
    expect(y).toEqual(before);
  });

  it("predicts by its biases alone where it has no words", async () => {
    const bare = await fitBagOfWords(["one", "two", "three"], Int32Array.of(0, 1, 1), { labels: ["x", "y"] });
    expect(bare.hashes).toHaveLength(0);
    const p = predictBagOfWords(bare, ["anything", ""]);
    // Two rows of three have the second label.
    expect(p[1]).toBeCloseTo(2 / 3, 3);
    expect([p[2], p[3]]).toEqual([p[0], p[1]]);
  });
});

describe("predictBagOfWords()", () => {
  it("predicts by its biases alone for texts without a word it knows", () => {
    const wanted = [...logitProbabilities(Float64Array.from(bag.bias), 3)];
    const all = predictBagOfWords(bag, ["", "Xylophone quux", "😀"]);
    for (const r of [0, 1, 2]) expect(rowOf(all, r)).toEqual(wanted);
  });

  it("gives a text the same bits alone as among others, and probabilities that sum to 1", () => {
    const all = predictBagOfWords(bag, texts);
    texts.slice(0, 10).forEach((text, r) => {
      expect([...predictBagOfWords(bag, [text])]).toEqual(rowOf(all, r));
      expect(rowOf(all, r).reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    });
    expect(predictBagOfWords(bag, [])).toEqual(new Float64Array(0));
  });

  it("does not depend on the order of the words by more than rounding", () => {
    const [a, b] = [predictBagOfWords(bag, ["great film lovely"]), predictBagOfWords(bag, ["lovely great film"])];
    a.forEach((p, i) => expect(p).toBeCloseTo(b[i], 12));
  });
});
