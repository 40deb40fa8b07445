import { describe, expect, it } from "vitest";
import {
  fieldsOf,
  jsonOrUndefined,
  MOST_LEVELS,
  NO_OBJECT,
  nestsTooDeep,
  parseJson,
  stringEnd,
  TOO_DEEP,
} from "../../../src/formats/json.js";

const nested = (levels: number, inside = ""): string => "[".repeat(levels) + inside + "]".repeat(levels);

describe("nestsTooDeep()", () => {
  it("counts arrays and objects in each other", () => {
    expect(nestsTooDeep(nested(MOST_LEVELS))).toBe(false);
    expect(nestsTooDeep(nested(MOST_LEVELS + 1))).toBe(true);
    expect(nestsTooDeep(nested(1_000_000))).toBe(true);
    const objects = `${'{"a":'.repeat(600)}${nested(401)}${"}".repeat(600)}`;
    expect(nestsTooDeep(objects)).toBe(true);
    expect(nestsTooDeep(objects.replace("[]", "0"))).toBe(false);
  });

  it("counts none beside each other, and none in strings", () => {
    expect(nestsTooDeep(`[${"[],{},".repeat(5000)}0]`)).toBe(false);
    expect(nestsTooDeep(JSON.stringify([nested(3000), `\\"${nested(3000)}`, "\\".repeat(3000), nested(3000)]))).toBe(
      false,
    );
  });
});

describe("stringEnd()", () => {
  it("is after the first quote that no backslash escapes", () => {
    expect(stringEnd('x"a\\"b\\\\"c"', 1)).toBe(9);
    expect(stringEnd('"open\\"', 0)).toBe(7);
  });
});

describe("fieldsOf()", () => {
  it("gives the fields of an object, or says what else a line is", () => {
    expect(fieldsOf(' {"a": [1], "__proto__": 2} ')).toEqual(JSON.parse('{"a": [1], "__proto__": 2}'));
    for (const line of ["", "[1]", "null", '"text"', "1", '{"a":', "{'a': 1}"]) expect(fieldsOf(line)).toBe(NO_OBJECT);
    expect(fieldsOf(`{"a": ${nested(MOST_LEVELS)}}`)).toBe(TOO_DEEP);
  });
});

describe("parseJson()", () => {
  it("refuses what is no JSON, and what is nested too deep", () => {
    expect(parseJson(nested(MOST_LEVELS))).toHaveLength(1);
    expect(() => parseJson(nested(MOST_LEVELS + 1))).toThrow(TOO_DEEP);
    expect(() => parseJson("{")).toThrow(SyntaxError);
    expect([jsonOrUndefined("{"), jsonOrUndefined("[1]"), jsonOrUndefined(nested(MOST_LEVELS + 1))]).toEqual([
      undefined,
      [1],
      undefined,
    ]);
  });
});
