import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationText } from "../../../../src/report/text/evaluation.js";
import { escapeControls, fitted, jsonText, padLeft, padRight, textWidth } from "../../../../src/report/text/width.js";
import { evaluationOf, sampleRecord } from "../html/transfer/sampleRecord.js";

describe("evaluationText()", () => {
  it("sets out all numbers in columns", () => {
    expect(evaluationText(sampleRecord().target, { title: "target: app-reviews.csv" })).toMatchInlineSnapshot(`
      "target: app-reviews.csv
        rows              800
        macro-F1        0.663  95 % interval 0.633 to 0.697
        accuracy        0.685  95 % interval 0.655 to 0.721
        macro-recall    0.667  95 % interval 0.636 to 0.703
        majority class  0.199  macro-F1, accuracy 0.425
        bag of words    0.594  macro-F1, accuracy 0.628

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

  it("fits and pads by columns", () => {
    expect(fitted("日本語", 5)).toBe("日本…");
    expect(fitted("日本語", 6)).toBe("日本語");
    expect(padRight("日", 4)).toBe("日  ");
    expect(padLeft("日", 4)).toBe("  日");
  });

  it("escapes each unit of what steers, turns round or hides, and nothing else", () => {
    const codes = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const unsafe = new Set([
      ...codes(0, 0x1f),
      ...codes(0x7f, 0x9f),
      0x061c,
      0x180e,
      0xfeff,
      ...codes(0x200b, 0x200f), // two of them join, but not alone
      ...codes(0x2028, 0x202e),
      ...codes(0x2060, 0x206f),
      ...codes(0xd800, 0xdfff),
      ...codes(0xfff9, 0xfffb),
      ...codes(0xe0000, 0xe007f),
    ]);
    const isRight = (code: number): boolean => {
      const c = String.fromCodePoint(code);
      const units = Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`);
      return escapeControls(c) === (unsafe.has(code) ? units.join("") : c);
    };
    expect(codes(0, 0x10ffff).filter((code) => !isRight(code))).toEqual([]);
  });

  it.each([
    "👩‍👩‍👧 🧑🏽‍💻 🏳️‍🌈 🏃‍♂️", // emoji
    "می‌خواهم", // Persian, between letters that must not join
    "क्‍ष क्‌ष", // Hindi, a half letter and a whole one
  ])("keeps joiners where they join: %s", (text) => {
    expect(escapeControls(text)).toBe(text);
  });

  it.each(["a\u200db", "a\u200cb", "\u200d👩", "👩\u200c👩", "👩\u200d\u200d👩", "👩\u200d", "م\u200c"])(
    "escapes joiners that join nothing: %j",
    (text) => {
      expect(escapeControls(text)).not.toMatch(/[\u200c\u200d]/);
    },
  );

  it("escapes every bidi control", () => {
    for (const c of "\u061c\u200e\u200f\u202a\u202e\u2066\u2069") expect(escapeControls(c)).toMatch(/^\\u[0-9a-f]{4}$/);
  });

  it("leaves letters of every script as they are", () => {
    expect(escapeControls("naïve 日本 كتاب 👩‍👩‍👧")).toBe("naïve 日本 كتاب 👩‍👩‍👧");
  });
});

describe("jsonText()", () => {
  it("is the same value to whoever parses it, in one line without controls", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" })), (value) => {
        const text = jsonText(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(escapeControls(text)).toBe(text);
        expect(text).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
      }),
    );
    expect(jsonText({ "\u202e": "\u009b\u2028\u{e0041}\n" })).toBe('{"\\u202e":"\\u009b\\u2028\\udb40\\udc41\\n"}');
  });
});
