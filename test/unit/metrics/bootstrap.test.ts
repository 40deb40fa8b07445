import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { drawBinomial, logChoose } from "../../../src/metrics/intervals/binomial.js";
import { percentileInterval, resampledIntervals } from "../../../src/metrics/intervals/bootstrap.js";

describe("drawBinomial()", () => {
  // Both algorithms, chances on both sides of one half, and trials too many to be tried one by one.
  const cases: [number, number][] = [
    [1, 0.3],
    [20, 0.2],
    [20, 0.85],
    [40, 0.5],
    [300, 0.1],
    [300, 0.77],
  ];
  it.each(cases)("follows the binomial distribution for n = %i, p = %f", (n, p) => {
    const draws = 40_000;
    const random = seeded(7);
    const seen = new Float64Array(n + 1);
    for (let i = 0; i < draws; i++) seen[drawBinomial(n, p, random)]++;
    let [chi, cells] = [0, 0];
    for (let k = 0; k <= n; k++) {
      const wanted = draws * Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p));
      if (wanted < 10) continue;
      chi += (seen[k] - wanted) ** 2 / wanted;
      cells++;
    }
    // Five standard deviations above the mean of chi squared.
    expect(chi).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
  });

  it("has the right mean and variance for a million trials", () => {
    const random = seeded(3);
    const draws = Array.from({ length: 20_000 }, () => drawBinomial(1e6, 0.3, random));
    const mean = draws.reduce((sum, k) => sum + k, 0) / draws.length;
    const variance = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 3e5)).toBeLessThan(5 * Math.sqrt(2.1e5 / 20_000));
    expect(variance / 2.1e5).toBeGreaterThan(0.95);
    expect(variance / 2.1e5).toBeLessThan(1.05);
  });

  it("needs no luck where nothing is left to chance", () => {
    const never = (): number => Number.NaN;
    expect([drawBinomial(0, 0.5, never), drawBinomial(9, 0, never), drawBinomial(9, 1, never)]).toEqual([0, 0, 9]);
  });
});

describe("resampledIntervals()", () => {
  it("is the middle of the resamples, widened to the measured value", () => {
    let next = 0;
    const drawn = (): number[] => [(next = (next + 1) % 41), 7];
    const [[low, high], [least, most]] = resampledIntervals([50, 7], drawn, { resamples: 41 });
    expect([low, high, least, most]).toEqual([1, 50, 7, 7]);
  });

  it("refuses no resamples", () => {
    expect(() => resampledIntervals([1], () => [0], { resamples: 0 })).toThrow(RangeError);
    expect(() => percentileInterval(new Float64Array(0))).toThrow(RangeError);
  });
});

describe("percentileInterval()", () => {
  it("interpolates between the values and leaves them unsorted", () => {
    const values = Float64Array.from({ length: 41 }, (_, i) => 40 - i);
    expect(percentileInterval(values)).toEqual([1, 39]);
    expect(values[0]).toBe(40);
    expect(percentileInterval(Float64Array.of(2, 1))).toEqual([1.025, 1.975]);
  });
});
