import { describe, expect, it } from "vitest";
import { fitStandardizer, refuseNonFinite, standardize } from "../../../src/head/standardize.js";
import { matrix, takeRows } from "../../../src/math/matrix.js";
import { clouds } from "./toyRows.js";

describe("fitStandardizer and standardize", () => {
  const { x } = clouds(50, 4, { distance: 10 });

  it("bring every column to mean 0 and deviation 1, and leave the rows as they were", () => {
    const before = x.data.slice();
    const result = standardize(x, fitStandardizer(x));
    for (let c = 0; c < 4; c++) {
      const column = Array.from({ length: 50 }, (_, r) => result.data[r * 4 + c]);
      expect(column.reduce((a, b) => a + b) / 50).toBeCloseTo(0, 5);
      expect(column.reduce((a, b) => a + b * b, 0) / 50).toBeCloseTo(1, 5);
    }
    expect(x.data).toEqual(before);
  });

  it("make zeros of constant columns, also of large ones and of unseen values [D05]", () => {
    const constant = matrix(3, 3, Float32Array.of(0.1, 0, 1e30, 0.1, 0, 1e30, 0.1, 0, 1e30));
    const standardizer = fitStandardizer(constant);
    expect([...standardizer.factor]).toEqual([0, 0, 0]);
    const other = standardize(matrix(1, 3, Float32Array.of(5, -5, 0)), standardizer);
    expect(other.data.every((value) => Math.abs(value) === 0)).toBe(true);
  });

  it("count a row with its weight", () => {
    const weights = Float64Array.from({ length: 50 }, (_, r) => [1, 2, 0][r % 3]);
    const rows = [...weights.keys()].flatMap((r) => Array.from({ length: weights[r] }, () => r));
    const [weighted, repeated] = [fitStandardizer(x, weights), fitStandardizer(takeRows(x, rows))];
    weighted.mean.forEach((value, c) => expect(value).toBeCloseTo(repeated.mean[c], 5));
    weighted.factor.forEach((value, c) => expect(value).toBeCloseTo(repeated.factor[c], 5));
  });

  it("keep their digits far from zero", () => {
    const far = matrix(4, 1, Float32Array.of(1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3));
    const { data } = standardize(far, fitStandardizer(far));
    expect(data[3] - data[0]).toBeCloseTo(3 / Math.sqrt(1.25), 5);
  });
});

describe("refuseNonFinite", () => {
  it("names the first row and column, counted from 1", () => {
    refuseNonFinite(matrix(2, 2), "Cannot");
    expect(() => refuseNonFinite(matrix(2, 2, Float32Array.of(0, 0, Number.NaN, Infinity)), "Cannot go on")).toThrow(
      expect.objectContaining({
        code: "E_NOT_FINITE",
        message: expect.stringContaining("Cannot go on: row 2, column 1 is NaN"),
      }),
    );
  });
});
