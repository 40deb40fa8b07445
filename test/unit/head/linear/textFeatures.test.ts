import { describe, expect, it } from "vitest";
import { fnv1a } from "../../../../src/math/fnv.js";
import { hashFeatures, wordsOf, type TextFeatures } from "../../../../src/head/linear/textFeatures.js";

/** Hashes of all features of a text, in order. */
function hashesOf(text: string, features: TextFeatures): number[] {
  const hashes: number[] = [];
  hashFeatures(text, features, (hash) => hashes.push(hash));
  return hashes;
}

/** All runs of 2 to 5 code points of a text, as scikit-learn's char_wb has them. */
function runsOf(text: string): string[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.flatMap((word) => {
    const points = [" ", ...word, " "];
    return points.flatMap((_, i) =>
      [2, 3, 4, 5].flatMap((n) => (i + n > points.length ? [] : points.slice(i, i + n).join(""))),
    );
  });
}

describe("wordsOf()", () => {
  it("takes runs of letters and digits in lower case, apostrophes inside, and each sign by itself", () => {
    expect(wordsOf("Don't STOP, it’s 5pm… #now 'quoted' :-)")).toEqual([
      "don't",
      "stop",
      ",",
      "it’s",
      "5pm",
      "…",
      "#",
      "now",
      "'",
      "quoted",
      "'",
      ":",
      "-",
      ")",
    ]);
    expect(wordsOf("नमस्ते 😀👍🏽 Ünïcöde e\u0301t\u00e9")).toEqual([
      "नमस्ते",
      "😀",
      "👍",
      "🏽",
      "ünïcöde",
      "e\u0301t\u00e9",
    ]);
    expect(wordsOf(" \n\t")).toEqual([]);
  });
});

describe("hashFeatures()", () => {
  it("hashes each word as often as it occurs", () => {
    expect(hashesOf("So so GOOD!", "words")).toEqual(["so", "so", "good", "!"].map(fnv1a));
    expect(hashesOf(" ", "words")).toEqual([]);
  });

  it("hashes pairs of neighboring words after the second of each", () => {
    expect(hashesOf("not so good", "words and pairs")).toEqual(["not", "so", "not so", "good", "so good"].map(fnv1a));
    expect(hashesOf("one", "words and pairs")).toEqual([fnv1a("one")]);
  });

  it.each(["ab", "a", "Good day", "  tabs\tand\nlines ", "ünï ö", "x😀y 👍🏽", "👩‍👩‍👧", "तीन", "不是很好", ""])(
    "hashes the runs of 2 to 5 whole characters of each word with its spaces: %j",
    (text) => expect(hashesOf(text, "characters")).toEqual(runsOf(text).map(fnv1a)),
  );

  it("ends for halves of surrogate pairs", () => {
    expect(hashesOf("\ud83d", "characters").length).toBeGreaterThan(0);
    expect(() => hashesOf("a\ude00b\ud83d c", "characters")).not.toThrow();
  });
});
