import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeControls, jsonText } from "../../../src/text/escape.js";

describe("escapeControls()", () => {
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
