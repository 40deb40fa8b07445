import { describe, expect, it } from "vitest";
import { checkSentences } from "../../../../src/transfer/entities/checkSentences.js";
import { joinWords } from "../../../../src/tagging/corpus/joinWords.js";

/** A sentence of two words, the first of which is an entity or is not. */
const sentence = (word: string, tag = "B-x") => {
  const tags = [tag, "O"];
  return { file: "a.conll", line: 1, unaligned: [], ...joinWords([word, "went"]), tags, written: tags };
};
const side = (words: string, tag?: string) => ({ sentences: words.split(" ").map((word) => sentence(word, tag)) });

const [three, two, one] = [side("a b c"), side("a b"), side("a")];

describe("checkSentences()", () => {
  it("takes as few different sentences as can be divided, fewer of the source where others are held out", () => {
    expect(() => checkSentences({ source: three, target: one })).not.toThrow();
    expect(() => checkSentences({ source: two, sourceDev: one, target: one, targetTrain: two })).not.toThrow();
  });

  it.each([
    ["source", { source: two, target: one }, /^Of the source sentences 2 of 2 sentences are different, .* at least 3/],
    ["equal source", { source: side("a a a a"), target: one }, /source sentences 1 of 4 sentences is different/],
    ["target training", { source: three, target: one, targetTrain: side("a A") }, /target training sentences 1 of 2/],
  ])("refuses too few of the %s, without a flag that this command lacks", (_, sides, message) => {
    expect(() => checkSentences(sides)).toThrowError(message);
    expect(() => checkSentences(sides)).not.toThrowError(/--dev/);
  });

  it.each([
    ["source", { source: side("a b c", "O"), target: one }],
    ["target", { source: three, target: side("a", "O") }],
    ["target training", { source: three, target: one, targetTrain: side("a b", "O") }],
  ])("refuses %s sentences without entities", (name, sides) => {
    expect(() => checkSentences(sides)).toThrowError(`The ${name} sentences have no entities`);
  });
});
