import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "../../../src/formats/half.js";

describe("toHalf()", () => {
  it("gives back every one of the 65,536 halves", () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = fromHalf(half);
      expect(Number.isNaN(value) || toHalf(value) === half, `${half}`).toBe(true);
    }
    expect(fromHalf(toHalf(NaN))).toBeNaN();
  });

  it("rounds to the nearest, ties to even, between all neighbors", () => {
    for (let half = 0; half < 0x7bff; half++) {
      const [low, high] = [fromHalf(half), fromHalf(half + 1)];
      const middle = (low + high) / 2;
      const even = half % 2 === 0 ? half : half + 1;
      expect([toHalf(low + (high - low) * 0.49), toHalf(middle), toHalf(low + (high - low) * 0.51)]).toEqual([
        half,
        even,
        half + 1,
      ]);
      expect(toHalf(-middle)).toBe(even | 0x8000);
    }
  });

  it("ends at 65,504", () => {
    expect([65504, 65519.9, 65520, 1e38, -Infinity].map((x) => fromHalf(toHalf(x)))).toEqual([
      65504,
      65504,
      Infinity,
      Infinity,
      -Infinity,
    ]);
  });
});
