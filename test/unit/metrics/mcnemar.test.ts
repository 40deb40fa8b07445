import { describe, expect, it } from "vitest";
import { mcnemar, mcnemarP } from "../../../src/metrics/mcnemar.js";
import { golden } from "./golden.js";

describe("mcnemarP()", () => {
  it.each(golden.mcnemar)("agrees with scipy's exact binomial test for $onlyFirst against $onlySecond", (one) => {
    const p = mcnemarP(one.onlyFirst, one.onlySecond);
    expect(Math.abs(p - one.p)).toBeLessThanOrEqual(1e-10 * one.p);
    expect(mcnemarP(one.onlySecond, one.onlyFirst)).toBe(p);
  });
});

describe("mcnemar()", () => {
  it("counts only rows on which exactly one predictor is right", () => {
    const truth = Int32Array.of(0, 0, 0, 1, 1, 2);
    const first = Int32Array.of(0, 0, 1, 1, 1, 0);
    const second = Int32Array.of(0, 1, 0, 0, 0, 1);
    expect(mcnemar(truth, [first, second])).toEqual({ onlyFirst: 3, onlySecond: 1, p: expect.closeTo(0.625, 12) });
  });

  it("refuses unequal lengths", () => {
    expect(() => mcnemar(Int32Array.of(1), [Int32Array.of(1), new Int32Array(0)])).toThrow(RangeError);
  });
});
