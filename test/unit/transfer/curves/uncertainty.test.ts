import { describe, expect, it } from "vitest";
import { normal } from "../../../../src/classification/curve/powerLaw.js";
import { seeded, shuffled } from "../../../../src/math/random.js";
import { drawVariances, halfWidth, holm, meanOf, pOfZero } from "../../../../src/transfer/curves/uncertainty.js";

describe("holm()", () => {
  it("multiplies the least by their number, and never orders two the other way round", () => {
    const adjusted = holm([0.04, 0.01, 0.03]);
    expect(adjusted[1]).toBeCloseTo(0.03, 12);
    expect(adjusted[2]).toBeCloseTo(0.06, 12);
    expect(adjusted[0]).toBeCloseTo(0.06, 12);
  });

  it("leaves one as it is, and none above 1", () => {
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe("pOfZero()", () => {
  it("is 0.05 where the interval just touches zero", () => {
    const errors = [
      { variance: 0.4, freedom: 8 },
      { variance: 0.1, freedom: 300 },
    ];
    expect(pOfZero(halfWidth(errors), errors)).toBeCloseTo(0.05, 3);
  });
});

describe("drawVariances()", () => {
  it.each([0.05, 0.5])("covers the truth of the mean in about 95 % of pools, share %f drawn", (share) => {
    const random = seeded(4);
    const [rows, pools] = [60, 600];
    let covered = 0;
    for (let i = 0; i < pools; i++) {
      const pool = Float64Array.from({ length: rows }, () => normal(random));
      const means = Float64Array.from({ length: 5 }, () =>
        meanOf(Float64Array.from(shuffled(rows, random).subarray(0, share * rows), (r) => pool[r])),
      );
      if (Math.abs(meanOf(means)) <= halfWidth([drawVariances(means, share).mean])) covered++;
    }
    expect(covered / pools).toBeGreaterThan(0.92);
    expect(covered / pools).toBeLessThan(0.98);
  });
});
