import { describe, expect, it } from "vitest";
import { normalizedText } from "../../../src/dataset/duplicates.js";
import { closeRows } from "../../../src/dataset/nearDuplicates/closeRows.js";
import { fittingEdits } from "../../../src/dataset/nearDuplicates/fittingEdits.js";
import { nearDuplicates } from "../../../src/dataset/nearDuplicates/nearDuplicates.js";
import { piecesOf } from "../../../src/dataset/nearDuplicates/pieces.js";
import { sameLetters } from "../../../src/dataset/nearDuplicates/sameLetters.js";
import { cosine, matrix, row, type Matrix } from "../../../src/math/matrix.js";
import { seeded, type Random } from "../../../src/math/random.js";

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

/** Close enough to a normal number: the sum of twelve uniform ones, less their mean. */
const normal = (random: Random): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);

describe("closeRows()", () => {
  /** Directions drawn at random around a mean that all share, as vectors of texts are. */
  function randomRows(n: number, cols: number, seed: number): Matrix {
    const random = seeded(seed);
    return matrix(
      n,
      cols,
      Float32Array.from({ length: n * cols }, () => 0.5 + normal(random)),
    );
  }

  it("looks at nearly all rows with a cosine of 0.93 and more, and at few others", () => {
    const [rows, random] = [randomRows(2000, 64, 3), seeded(4)];
    const index = closeRows(rows, [...Array(2000).keys()]);
    let [found, looked] = [0, 0];
    for (let r = 0; r < 300; r++) {
      const near = row(rows, r).map((x) => x + 0.4 * normal(random));
      expect(cosine(near, row(rows, r))).toBeGreaterThan(0.85);
      const candidates = [...index.candidates(near)];
      if (candidates.includes(r)) found++;
      looked += candidates.length;
    }
    expect(found).toBeGreaterThan(285);
    expect(looked / 300).toBeLessThan(200);
  });

  it("finds only rows that it was given", () => {
    const rows = randomRows(800, 8, 5);
    const even = [...Array(400).keys()].map((r) => 2 * r);
    const candidates = [...closeRows(rows, even).candidates(row(rows, 6))];
    expect(candidates).toContain(6);
    expect(candidates.filter((r) => r % 2 === 1)).toEqual([]);
    expect([...closeRows(rows, [3, 7]).candidates(row(rows, 0))]).toEqual([3, 7]);
    expect([...closeRows(rows, []).candidates(row(rows, 3))]).toEqual([]);
  });
});

describe("sameLetters()", () => {
  it("is the share of runs of three letters that two texts have in common, whatever their spaces", () => {
    expect(sameLetters("it is n t so", "it isn t so")).toBe(1);
    expect(sameLetters("abcd", "abce")).toBeCloseTo(1 / 3);
    expect(sameLetters("abc", "xyz")).toBe(0);
    expect(sameLetters("a", "a")).toBe(1);
  });
});

describe("nearDuplicates() with vectors", () => {
  const filledIn = "Your account statement shows 800 points. Call 555 0101, code 40533, before 31 May";
  const otherwise = "Your account statement shows 250 points! Call 555 0199, code 40777, before 31 July";
  const about = "What you owe us stands on a page that we sent out, so ring someone up in spring";
  const close = matrix(1, 2, Float32Array.of(1, 0.1));
  const far = matrix(1, 2, Float32Array.of(-1, 0.1));
  const find = (known: string, text: string, vectors: Matrix): number[] => [
    ...nearDuplicates([normalizedText(known)], [normalizedText(text)], {
      known: matrix(1, 2, Float32Array.of(1, 0)),
      texts: vectors,
    }),
  ];

  it("finds a template that was filled in otherwise", () => {
    expect(near([filledIn], [otherwise])).toEqual([-1]);
    expect(find(filledIn, otherwise, close)).toEqual([0]);
  });

  it("finds nothing by vectors alone, nor by letters alone, nor in short texts", () => {
    expect(find(filledIn, about, close)).toEqual([-1]);
    expect(find(filledIn, otherwise, far)).toEqual([-1]);
    expect(find("you have 1 new message", "you have 2 new message", close)).toEqual([-1]);
  });

  it("compares each text with those before it where none are known", () => {
    const texts = [filledIn, about, otherwise].map(normalizedText);
    const vectors = matrix(3, 2, Float32Array.of(1, 0, 0, 1, 1, 0.1));
    expect([...nearDuplicates(undefined, texts, { texts: vectors })]).toEqual([-1, -1, 0]);
  });
});
