import { Dictionary, Int32, LargeUtf8, Utf8, vectorFromArray, type DataType } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { textsOf, valueAt } from "../../../../src/formats/arrow/text.js";

const MARKED = ["\ufeffone", "plain", null, "\ufeff", "", "\ufeff\ufefftwo", "é\ufeff"];

describe("textsOf()", () => {
  it.each<[string, DataType]>([
    ["strings", new Utf8()],
    ["strings with long offsets", new LargeUtf8()],
    ["a dictionary", new Dictionary(new Utf8(), new Int32())],
  ])("keeps byte order marks at the start of %s, of a slice and of several pieces too", (_, type) => {
    const column = vectorFromArray(MARKED, type);
    expect(textsOf(column)).toEqual(MARKED);
    expect(textsOf(column.slice(3))).toEqual(MARKED.slice(3));
    expect(textsOf(column.slice(2, 6).concat(column))).toEqual([...MARKED.slice(2, 6), ...MARKED]);
  });
});

describe("valueAt()", () => {
  it("gives what is no text as the library does", () => {
    const column = vectorFromArray([7, null, -1], new Int32());
    expect([0, 1, 2].map((r) => valueAt(column, r))).toEqual([7, null, -1]);
  });
});
