import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictJson } from "../../../src/formats/strictJson.js";
import type { StrictJson } from "../../../src/formats/strictJson.js";

/** Back to plain values; names are put as entries so that `__proto__` and the order count. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return { entries: [...(value as ReadonlyMap<string, StrictJson>)].map(([k, v]) => [k, plain(v)]) };
  if (typeof value === "object" && value !== null)
    return { entries: Object.entries(value).map(([k, v]) => [k, plain(v)]) };
  return value;
}

function refuses(text: string): boolean {
  try {
    parseStrictJson(text, 100);
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

describe("parseStrictJson()", () => {
  it("reads what JSON.parse() reads", () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, spaced) => {
        const given: unknown = JSON.parse(text);
        const printed = spaced ? JSON.stringify(given, null, 2) : text;
        expect(plain(parseStrictJson(printed, 100))).toEqual(plain(JSON.parse(printed)));
      }),
    );
  });

  it("reads strings of any length", () => {
    for (const long of ["a".repeat(20_000_000), '\n"'.repeat(5_000_000)]) {
      expect(parseStrictJson(JSON.stringify(long), 1)).toBe(long);
    }
  });

  it("refuses what JSON.parse() refuses", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "0", "\\", "-", "e"), (text, at, sign) => {
        const place = at % (text.length + 1);
        const damaged = text.slice(0, place) + sign + text.slice(place + 1);
        let valid = true;
        try {
          JSON.parse(damaged);
        } catch {
          valid = false;
        }
        return valid || refuses(damaged);
      }),
    );
  });

  it("keeps the order of names and treats __proto__ as any [B06]", () => {
    const value = parseStrictJson('{"2":1,"1":{"__proto__":null},"a":true}', 2);
    expect(plain(value)).toEqual({
      entries: [
        ["2", 1],
        ["1", { entries: [["__proto__", null]] }],
        ["a", true],
      ],
    });
  });

  it("refuses names that come twice and nesting beyond the limit [B06]", () => {
    expect(() => parseStrictJson('{"a":1,"\\u0061":2}', 3)).toThrow('the name "a" comes twice');
    expect(() => parseStrictJson("[[1]]", 1)).toThrow("deeper than 1");
  });

  it("refuses more values than are allowed, names not counted", () => {
    expect(plain(parseStrictJson('{"a":[1,2]}', 3, 4))).toEqual({ entries: [["a", [1, 2]]] });
    expect(() => parseStrictJson('{"a":[1,2]}', 3, 3)).toThrow("more than 3 values");
  });

  it("reads a string of any length, and refuses one that does not end", () => {
    const long = "a".repeat(20_000_000);
    expect(parseStrictJson(`"${long}"`, 1) === long).toBe(true);
    for (const open of [`"${long}`, `"${'\\"'.repeat(8_000_000)}`])
      expect(() => parseStrictJson(open, 1)).toThrow(SyntaxError);
  });
});
