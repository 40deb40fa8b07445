import { describe, expect, it } from "vitest";
import { seeded, shuffled } from "../../../src/math/random.js";
import { drawBinomial, logChoose } from "../../../src/metrics/binomial.js";
import { bootstrapIntervals, pairedBootstrap, percentileInterval, redrawInto } from "../../../src/metrics/bootstrap.js";
import { confusionCounts, macroScores } from "../../../src/metrics/confusion.js";
import { golden } from "./golden.js";

const { truth: rows, first: a, second: b, ...expected } = golden.bootstrap;
const [truth, first, second] = [Int32Array.from(rows), Int32Array.from(a), Int32Array.from(b)];

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

describe("redrawInto()", () => {
  it("keeps the number of rows and the empty cells, and does not write to the cells", () => {
    const cells = Int32Array.of(5, 0, 90, 1, 0);
    const out = new Int32Array(5);
    const random = seeded(1);
    for (let i = 0; i < 200; i++) {
      redrawInto(out, cells, random);
      expect(out.reduce((sum, count) => sum + count)).toBe(96);
      expect([out[1], out[4]]).toEqual([0, 0]);
    }
    expect([...cells]).toEqual([5, 0, 90, 1, 0]);
  });

  it("varies and covaries like rows that are picked one by one", () => {
    const cells = Int32Array.of(30, 50, 20);
    const [out, random, draws] = [new Int32Array(3), seeded(5), 40_000];
    let [varianceOfFirst, covariance] = [0, 0];
    for (let i = 0; i < draws; i++) {
      redrawInto(out, cells, random);
      varianceOfFirst += (out[0] - 30) ** 2 / draws;
      covariance += ((out[0] - 30) * (out[2] - 20)) / draws;
    }
    expect(varianceOfFirst).toBeCloseTo(100 * 0.3 * 0.7, -0.3);
    expect(Math.abs(covariance - -100 * 0.3 * 0.2)).toBeLessThan(0.5);
  });
});

describe("bootstrapIntervals()", () => {
  it("agrees with picking rows one by one", () => {
    const counts = confusionCounts(truth, first, 3);
    const [interval] = bootstrapIntervals(counts, (c) => [macroScores(c, 3).macroF1], { resamples: 20_000 });
    expect(Math.abs(interval[0] - expected.interval95[0])).toBeLessThan(0.006);
    expect(Math.abs(interval[1] - expected.interval95[1])).toBeLessThan(0.006);
  });

  it("refuses no resamples", () => {
    expect(() => bootstrapIntervals(Int32Array.of(1), () => [0], { resamples: 0 })).toThrow(RangeError);
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

describe("pairedBootstrap()", () => {
  const compared = pairedBootstrap(truth, [first, second], { classes: 3, resamples: 20_000 });

  it("agrees with picking rows one by one", () => {
    expect(compared.n).toBe(truth.length);
    expect(compared.difference).toBeCloseTo(expected.difference, 12);
    expect(Math.abs(compared.interval95[0] - expected.difference95[0])).toBeLessThan(0.006);
    expect(Math.abs(compared.interval95[1] - expected.difference95[1])).toBeLessThan(0.006);
    expect(Math.abs(compared.p - 2 * expected.shareNotAbove0)).toBeLessThan(0.012);
  });

  it("is narrower than two independent intervals would be", () => {
    const alone = [first, second].map((predicted) => {
      const [one] = bootstrapIntervals(confusionCounts(truth, predicted, 3), (c) => [macroScores(c, 3).macroF1]);
      return one[1] - one[0];
    });
    expect(compared.interval95[1] - compared.interval95[0]).toBeLessThan(Math.hypot(alone[0], alone[1]));
  });

  it("changes its sign when the predictors change places", () => {
    const options = { classes: 3, resamples: 4000 };
    const [forth, back] = [
      pairedBootstrap(truth, [first, second], options),
      pairedBootstrap(truth, [second, first], options),
    ];
    expect(back.difference).toBe(-forth.difference);
    expect(Math.abs(back.interval95[0] + forth.interval95[1])).toBeLessThan(0.01);
  });

  it("does not depend on the order of the rows", () => {
    const order = shuffled(truth.length, seeded(9));
    const [t, x, y] = [truth, first, second].map((all) => order.map((i) => all[i]));
    const options = { classes: 3, resamples: 100 };
    expect(pairedBootstrap(t, [x, y], options)).toEqual(pairedBootstrap(truth, [first, second], options));
  });

  it("finds no difference between a predictor and itself", () => {
    const same = pairedBootstrap(truth, [first, first], { classes: 3, resamples: 50 });
    expect(same).toEqual({ n: truth.length, difference: 0, interval95: [0, 0], p: 1, resamples: 50 });
  });

  it("compares another statistic when one is given", () => {
    const accuracy = (counts: Int32Array, classes: number): number => macroScores(counts, classes).accuracy;
    const result = pairedBootstrap(truth, [truth, second], { classes: 3, statistic: accuracy, resamples: 200 });
    const misses = second.filter((c, i) => c !== truth[i]).length;
    expect(result.difference).toBeCloseTo(misses / truth.length, 12);
    expect(result.p).toBe(2 / 201);
  });

  it("refuses unequal lengths and classes out of range", () => {
    expect(() => pairedBootstrap(truth, [first, second.slice(1)], { classes: 3 })).toThrow(RangeError);
    expect(() => pairedBootstrap(truth, [first, second], { classes: 2 })).toThrow(RangeError);
  });
});
