import { describe, expect, it } from "vitest";
import { seeded, shuffled } from "../../../src/math/random.js";
import { macroScores } from "../../../src/metrics/confusion.js";
import { confusionIntervals } from "../../../src/metrics/confusionIntervals.js";
import { pairedBootstrap } from "../../../src/metrics/paired.js";
import { golden } from "./golden.js";

const { truth: rows, first: a, second: b, ...expected } = golden.bootstrap;
const [truth, first, second] = [Int32Array.from(rows), Int32Array.from(a), Int32Array.from(b)];

describe("pairedBootstrap()", () => {
  const compared = pairedBootstrap(truth, [first, second], { classes: 3, resamples: 20_000 });

  it("agrees with picking rows one by one", () => {
    expect(compared.n).toBe(truth.length);
    expect(compared.difference).toBeCloseTo(expected.difference, 12);
    expect(Math.abs(compared.interval95[0] - expected.difference95[0])).toBeLessThan(0.006);
    expect(Math.abs(compared.interval95[1] - expected.difference95[1])).toBeLessThan(0.006);
  });

  it("is narrower than two independent intervals would be", () => {
    const alone = [first, second].map((predicted) => {
      const [low, high] = confusionIntervals(truth, predicted, { classes: 3 }).macroF1;
      return high - low;
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
    expect(same).toMatchObject({ n: truth.length, difference: 0, p: 1, resamples: 50 });
    expect(same.interval95[0]).toBeLessThan(0);
    expect(same.interval95[1]).toBeGreaterThan(0);
  });

  it("compares another statistic when one is given", () => {
    const accuracy = (counts: Float64Array, classes: number): number => macroScores(counts, classes).accuracy;
    const result = pairedBootstrap(truth, [truth, second], { classes: 3, statistic: accuracy, resamples: 200 });
    const misses = second.filter((c, i) => c !== truth[i]).length;
    expect(result.difference).toBeCloseTo(misses / truth.length, 12);
    expect(result.p).toBe(1 / 201);
  });

  it("refuses unequal lengths and classes out of range", () => {
    expect(() => pairedBootstrap(truth, [first, second.slice(1)], { classes: 3 })).toThrow(RangeError);
    expect(() => pairedBootstrap(truth, [first, second], { classes: 2 })).toThrow(RangeError);
  });

  it("says nothing new of the same texts again: neither the interval nor the p-value changes much", () => {
    const few = Array.from({ length: 30 }, (_, r) => r);
    const [t, x, y] = [truth, first, second].map((all) => Int32Array.from(few, (r) => all[r]));
    const five = <T extends Int32Array>(all: T): Int32Array => Int32Array.from({ length: 150 }, (_, r) => all[r % 30]);
    const groups = Int32Array.from({ length: 150 }, (_, r) => r % 30);
    const options = { classes: 3, resamples: 4000 };
    const once = pairedBootstrap(t, [x, y], options);
    const again = pairedBootstrap(five(t), [five(x), five(y)], { ...options, groups });
    expect(again.difference).toBeCloseTo(once.difference, 12);
    for (const end of [0, 1]) expect(Math.abs(again.interval95[end] - once.interval95[end])).toBeLessThan(0.03);
    expect(Math.abs(again.p - once.p)).toBeLessThan(0.05);
  });
});
