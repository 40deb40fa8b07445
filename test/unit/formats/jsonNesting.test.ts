import { describe, expect, it } from "vitest";
import { MOST_LEVELS, nestsTooDeep, stringEnd } from "../../../src/formats/jsonNesting.js";

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
