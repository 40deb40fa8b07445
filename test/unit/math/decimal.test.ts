import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDecimal } from "../../../src/math/decimal.js";

const parse = (text: string): number => {
  const bytes = Buffer.from(`7${text}7`, "latin1");
  return parseDecimal(bytes, 1, bytes.length - 1);
};

describe("parseDecimal()", () => {
  it("gives the bits that Number gives, for any double as it prints itself and for short decimals", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) =>
        Object.is(parse(String(x)), Number(String(x))),
      ),
    );
    const decimals = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 99_999 }), fc.stringMatching(/^\d{1,12}$/));
    fc.assert(
      fc.property(decimals, ([negative, whole, places]) => {
        const text = `${negative ? "-" : ""}${whole}.${places}`;
        return Object.is(parse(text), Number(text));
      }),
    );
  });

  it.each([
    ["+0.5", 0.5],
    ["-0", -0],
    [".5", 0.5],
    ["5.", 5],
    ["1e-5", 1e-5],
    ["-1.25E+2", -125],
    ["0.12345678901234567890123", 0.12345678901234568],
    ["1e999", Infinity],
  ])("reads %s", (text, value) => expect(parse(text)).toBe(value));

  it.each(["", "-", ".", "+.", "1.2.3", "1e", "nan", "inf", "0x10", " 1", "1 ", "1,5", "--1", "1".repeat(401)])(
    "gives NaN for %j",
    (text) => expect(parse(text)).toBeNaN(),
  );
});
