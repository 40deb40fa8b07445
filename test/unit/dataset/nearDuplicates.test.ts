import { describe, expect, it } from "vitest";
import { normalizedText } from "../../../src/dataset/duplicates.js";
import { fittingEdits } from "../../../src/dataset/nearDuplicates/fittingEdits.js";
import { nearDuplicates } from "../../../src/dataset/nearDuplicates/nearDuplicates.js";
import { piecesOf } from "../../../src/dataset/nearDuplicates/pieces.js";
import { seeded } from "../../../src/math/random.js";

const words = (text: string): string[] => text.split(" ");
const near = (known: string[] | undefined, texts: string[]): number[] => [
  ...nearDuplicates(known?.map(normalizedText), texts.map(normalizedText)),
];

const KETTLE = "The kettle boils fast but its lid came loose after two weeks";

/** Texts of words drawn at random, common words more often. */
function randomTexts(n: number, seed: number, length = 14): string[] {
  const random = seeded(seed);
  return Array.from({ length: n }, () =>
    Array.from({ length }, () => `w${Math.floor(random() ** 2 * 3000)}`).join(" "),
  );
}

describe("fittingEdits()", () => {
  it.each([
    ["b c", "a b c d", 0],
    ["b x d", "a b c d e", 1],
    ["b d", "a b c d e", 1],
    ["b c x d", "a b c d e", 1],
    ["x y", "a b c", 2],
    ["", "a", 0],
  ])("counts the words by which %j differs from its best place in %j", (part, whole, edits) => {
    expect(fittingEdits(part === "" ? [] : words(part), words(whole), 9)).toBe(edits);
  });

  it("ends above the limit as soon as it is passed", () => {
    expect(fittingEdits(words("p q r s t"), words("a b c"), 1)).toBeGreaterThan(1);
  });
});

describe("piecesOf()", () => {
  it("takes words, and letters with their marks where a script has no spaces", () => {
    expect(piecesOf("so good 很好 とても")).toEqual(["so", "good", "很", "好", "と", "て", "も"]);
    expect(piecesOf("กี่ bon")).toEqual(["กี่", "bon"]);
    expect(piecesOf("")).toEqual([]);
  });
});

describe("nearDuplicates()", () => {
  it.each([
    ["a word changed", KETTLE.replace("fast", "slowly")],
    ["a word left out", KETTLE.replace("fast ", "")],
    ["a word added", KETTLE.replace("fast", "very fast")],
    ["a sentence added after it", `${KETTLE}. I sent it back and they never wrote to me again.`],
    ["a sentence added before it", `Bought in May, used every single morning since then. ${KETTLE}`],
    ["other case, punctuation, mentions and a link", `@shop ${KETTLE.toUpperCase()}!!! https://example.org/x`],
    ["a word changed and a sentence added", `Well. ${KETTLE.replace("lid", "handle")}. Two stars, no more than that.`],
  ])("finds a text with %s, whichever of the two is known", (_, changed) => {
    expect(near(["another text", KETTLE], [changed, "a third one"])).toEqual([1, -1]);
    expect(near(["another text", changed], [KETTLE])).toEqual([1]);
  });

  it("does not take short texts for each other, nor texts of the same few words", () => {
    expect(near(["great product", "I love this film so much"], ["great movie", "I love this book so much"])).toEqual([
      -1, -1,
    ]);
    expect(near(["ha ha ha ha ha ha ha ha ha ha"], ["ha ha ha ha ha ha ha ha ha oh"])).toEqual([-1]);
    expect(near(["Great!"], ["great"])).toEqual([0]);
  });

  it("does not take two texts that share the half of their words for each other", () => {
    expect(near([KETTLE], ["The kettle boils fast but I would rather have had a red one"])).toEqual([-1]);
    expect(near([KETTLE], [words(KETTLE).reverse().join(" ")])).toEqual([-1]);
  });

  it("finds texts without spaces by their letters", () => {
    const known = "这个水壶烧水很快但是盖子两个星期以后就松了";
    expect(near([known], ["这个水壶烧水很慢但是盖子两个星期以后就松了", "我从来没有去过那个城市也不想去看看"])).toEqual(
      [0, -1],
    );
  });

  it("compares each text with those before it where nothing else is known", () => {
    expect(near(undefined, ["good", KETTLE, "good!", KETTLE.replace("two", "three")])).toEqual([-1, -1, 0, 1]);
    expect(near(undefined, [`${KETTLE} and more came later`, KETTLE])).toEqual([-1, 0]);
  });

  it("finds each of 300 changed texts among 3,000, and none among texts of the same words", () => {
    const known = randomTexts(3000, 1);
    const changed = known.slice(0, 300).map((text, i) =>
      words(text)
        .with(i % 14, "changed")
        .join(" "),
    );
    expect(near(known, changed)).toEqual(changed.map((_, i) => i));
    expect(near(known, randomTexts(3000, 2)).filter((match) => match >= 0)).toEqual([]);
  });
});
