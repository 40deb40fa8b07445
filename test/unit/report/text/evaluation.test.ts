import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationText } from "../../../../src/report/text/evaluation.js";
import { fitted, padLeft, padRight, textWidth } from "../../../../src/report/text/width.js";
import { evaluationOf, sampleRecord } from "../html/transfer/sampleRecord.js";

describe("evaluationText()", () => {
  it("sets out all numbers in columns", () => {
    expect(evaluationText(sampleRecord().target, { title: "target: app-reviews.csv" })).toMatchInlineSnapshot(`
      "target: app-reviews.csv
        rows              800
        macro-F1        0.663  95 % interval 0.624 to 0.696
        accuracy        0.685  95 % interval 0.652 to 0.716
        macro-recall    0.667  95 % interval 0.626 to 0.700
        majority class  0.199  macro-F1, accuracy 0.425
        bag of words    0.594  macro-F1, accuracy 0.628
        Intervals are for new rows of this kind; that other training rows give another head is left out.

        label     precision  recall     F1  rows
        negative      0.774   0.645  0.704   282
        neutral       0.446   0.584  0.506   178
        positive      0.789   0.771  0.780   340

        true \\ predicted  negative  neutral  positive
        negative               182       71        29
        neutral                 33      104        41
        positive                20       58       262"
    `);
  });

  it("keeps columns straight with wide labels", () => {
    const text = evaluationText(
      evaluationOf(
        [
          [5, 1, 0],
          [2, 7, 0],
          [1, 0, 3],
        ],
        ["日本語", "x".repeat(90), "👍🏽"],
      ),
    );
    const [, perLabel, matrix] = text.split("\n\n").map((block) => block.split("\n"));
    for (const block of [perLabel, matrix]) expect(new Set(block.map(textWidth)).size).toBe(1);
    expect(text).toContain(`${"x".repeat(31)}…`);
  });

  it("escapes what could steer a terminal [C17]", () => {
    const hostile = "a\u001b[31m\n\u202e\u009b2J";
    const text = evaluationText(
      evaluationOf(
        [
          [5, 1],
          [2, 7],
        ],
        [hostile, "b"],
      ),
      { title: hostile },
    );
    expect(text).not.toMatch(/[\u001b\u202e\u009b]/);
    expect(text).toContain("a\\u001b[31m\\u000a\\u202e\\u009b2J");
  });

  it("lists the most frequent confusions where the matrix would be too wide", () => {
    const labels = Array.from({ length: 20 }, (_, c) => `a long label ${c}`);
    const counts = labels.map((_, t) => labels.map((_label, p) => (t === p ? 5 : t === 3 && p === 4 ? 2 : 0)));
    const text = evaluationText(evaluationOf(counts, labels));
    expect(text).toMatch(/a long label 3 +a long label 4 +2$/);
    expect(Math.max(...text.split("\n").map(textWidth))).toBeLessThanOrEqual(100);
  });

  it("says which labels no row has, and leaves out a bag of words that is not there", () => {
    const text = evaluationText(
      evaluationOf(
        [
          [5, 1],
          [0, 0],
        ],
        ["a", "b"],
      ),
    );
    expect(text).toContain("no row is labeled b");
    expect(text).not.toContain("bag of words");
    expect(text).not.toMatch(/NaN|undefined/);
  });
});

describe("textWidth()", () => {
  it("counts columns, not characters", () => {
    const texts = ["abc", "日本", "é", "e\u0301", "👍🏽", "🇩🇪", "한글", "a\u200b", "ｱ"];
    expect(texts.map(textWidth)).toEqual([3, 4, 1, 1, 2, 2, 4, 1, 1]);
  });

  it("is the sum of the widths of its characters, escape sequences too", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    const part = fc.constantFrom("日", "e\u0301", "👩‍👩‍👧", "🏳️‍🌈", "\u001b[31m", "க்ஷி", "각", "ｶﾞ", "1️⃣", "한");
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ unit: "binary" }))), (parts) => {
        const text = parts.join("");
        const characters = Array.from(segmenter.segment(text), ({ segment }) => textWidth(segment));
        expect(textWidth(text)).toBe(characters.reduce((sum, width) => sum + width, 0));
      }),
    );
  });

  it("is never wider than what it is fitted to, and keeps what fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const shown = fitted(text, width);
        expect(textWidth(shown)).toBeLessThanOrEqual(width);
        expect(shown === text).toBe(textWidth(text) <= width);
        expect(textWidth(padRight(shown, width))).toBe(width);
      }),
    );
  });

  it("fits and pads by columns", () => {
    expect(fitted("日本語", 5)).toBe("日本…");
    expect(fitted("日本語", 6)).toBe("日本語");
    expect(padRight("日", 4)).toBe("日  ");
    expect(padLeft("日", 4)).toBe("  日");
  });
});
