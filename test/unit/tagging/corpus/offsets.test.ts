import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseUnit, spansInUnit, type OffsetUnit } from "../../../../src/tagging/corpus/offsets.js";

const sizes: Readonly<Record<OffsetUnit, (text: string) => number>> = {
  utf16: (text) => text.length,
  "code-points": (text) => Array.from(text).length,
  bytes: (text) => Buffer.byteLength(text),
};

/** An entity of a text, counted in a unit. */
function spanned(text: string, entity: string, unit: OffsetUnit) {
  const before = text.slice(0, text.indexOf(entity));
  const start = sizes[unit](before);
  return { line: 1, text, spans: [{ start, end: start + sizes[unit](entity), label: "x" }] };
}

describe("spansInUnit()", () => {
  it.each(["utf16", "code-points", "bytes"] as const)("finds in %s what was counted so", (unit) => {
    const words = fc.string({ unit: "grapheme", minLength: 1 }).filter((word) => !/\p{Cs}/u.test(word));
    fc.assert(
      fc.property(words, words, (before, entity) => {
        const start = sizes[unit](before);
        const span = { start, end: start + sizes[unit](entity), label: "x" };
        const text = `${before}${entity}!`;
        const [found] = spansInUnit(text, [span], unit);
        expect(text.slice(found?.start, found?.end)).toBe(entity);
      }),
    );
  });

  it("finds none outside the text and inside a character", () => {
    const at = (start: number, end: number): object => ({ start, end, label: "x" });
    const spans = [at(0, 9), at(2, 2), at(3, 1), at(0, 2)] as never;
    expect(spansInUnit("😀ab", spans, "code-points").map((span) => span?.end)).toEqual([
      undefined,
      undefined,
      undefined,
      3,
    ]);
    expect(spansInUnit("😀ab", [at(1, 4)] as never, "bytes")).toEqual([undefined]);
  });
});

describe("chooseUnit()", () => {
  const texts = [
    ["😀 Ana lives in Oslo", "Oslo"],
    ["🎉🎉 Zoë left Köln early", "Köln"],
    ["plain words of Riga here", "Riga"],
  ] as const;

  it.each(["utf16", "code-points", "bytes"] as const)("takes %s where the words of the file fit that", (unit) => {
    expect(chooseUnit(texts.map(([text, entity]) => spanned(text, entity, unit))).unit).toBe(unit);
  });

  it("looks through white space at the edges, which makes no file one of bytes", () => {
    const row = { line: 1, text: "in\u00a0Riga .", spans: [{ start: 2, end: 8, label: "x" }] };
    expect(chooseUnit([row]).unit).toBe("code-points");
  });

  it.each(["utf16", "code-points"] as const)("takes %s where the other holds white space too", (unit) => {
    const rows = [spanned("go to Big😀Bar now", "Big😀Bar", unit), spanned("to 😀 now", "😀", unit)];
    expect(chooseUnit(rows).unit).toBe(unit);
  });

  it("believes what the file says that its entities hold", () => {
    const units = ["utf16", "code-points"] as const;
    for (const unit of units) {
      const row = spanned("😀 1 2 3", "2", unit);
      const surface = row.spans.map((span) => ({ ...span, surface: "2" }));
      expect(chooseUnit([{ ...row, spans: surface }]).unit).toBe(unit);
    }
  });

  it("takes code points where nothing tells, but of tools in JavaScript UTF-16 units", () => {
    const row = { line: 1, text: "😀😀 1 2 3", spans: [{ start: 5, end: 6, label: "x" }] };
    expect(chooseUnit([row])).toEqual({ unit: "code-points", matters: 1 });
    expect(chooseUnit([{ ...row, isUtf16: true }]).unit).toBe("utf16");
  });

  it("says that it does not matter where there are no such characters in front of entities", () => {
    expect(chooseUnit([spanned("Ana saw Köln 😀", "Ana", "code-points")]).matters).toBe(0);
  });
});
