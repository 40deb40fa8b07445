import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { softmax } from "../../../src/math/softmax.js";
import {
  conformalThreshold,
  missesCoverage,
  predictionSets,
  scorePredictionSets,
} from "../../../src/metrics/conformal.js";

describe("conformalThreshold()", () => {
  const nine = Float64Array.from({ length: 9 }, (_, i) => (i + 1) / 10);

  it("is the k-th largest probability of the truth, k = ceil((n + 1) coverage)", () => {
    expect(conformalThreshold(nine, 0.5)).toBe(0.5); // the 5th of 9
    expect(conformalThreshold(nine, 0.9)).toBe(0.1); // the 9th: (9 + 1) 0.9 is a whole number
    expect(conformalThreshold(nine, 0.55)).toBe(0.4); // ceil(5.5) = the 6th
  });

  it("gives every label where the rows are too few to guarantee the coverage", () => {
    expect(conformalThreshold(nine, 0.91)).toBe(0);
    expect(conformalThreshold(new Float64Array(0), 0.5)).toBe(0);
    expect(() => conformalThreshold(nine, 1)).toThrow(RangeError);
  });

  it("reaches its coverage, averaged over many small calibrations", () => {
    const random = seeded(3);
    const row = (): { p: Float64Array; truth: number } => {
      const logits = [0, 1, 2].map(() => 3 * random());
      const p = softmax(logits, 0, 3);
      const draw = random();
      return { p, truth: draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2 };
    };
    const n = 20;
    let held = 0;
    const rounds = 4000;
    for (let i = 0; i < rounds; i++) {
      const calibration = Array.from({ length: n }, row);
      const threshold = conformalThreshold(
        Float64Array.from(calibration, ({ p, truth }) => p[truth]),
        0.8,
      );
      const { p, truth } = row();
      if (p[truth] >= threshold) held++;
    }
    // Between the target coverage and that + 1/(n + 1), give or take three standard errors.
    expect(held / rounds).toBeGreaterThan(0.8 - 0.019);
    expect(held / rounds).toBeLessThan(0.8 + 1 / (n + 1) + 0.019);
  });
});

describe("predictionSets()", () => {
  const p = Float64Array.of(0.5, 0.3, 0.2, 0.34, 0.33, 0.33);

  it("contains the labels that reach the threshold, and always the most probable", () => {
    expect(predictionSets(p, 3, 0.3)).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    expect(predictionSets(p, 3, 0.9)).toEqual([[0], [0]]);
    expect(predictionSets(p, 3, 0)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it("is scored with its coverage and size", () => {
    const score = scorePredictionSets(predictionSets(p, 3, 0.3), Int32Array.of(2, 2), {
      target: 0.9,
      threshold: 0.3,
      calibrationRows: 20,
    });
    expect(score).toMatchObject({ target: 0.9, coverage: 0.5, meanSize: 2.5, single: 0, threshold: 0.3 });
    expect(score.interval95[0]).toBeGreaterThan(0);
    expect(score.interval95[1]).toBeLessThan(1);
    expect(() => scorePredictionSets([], new Int32Array(0), { target: 0.9, threshold: 0, calibrationRows: 9 })).toThrow(
      RangeError,
    );
  });
});

describe("missesCoverage()", () => {
  /** Warnings over draws of 60 calibration and 600 other rows, whose true labels have probabilities moved by `shift`. */
  function warned(shift: number): { readonly now: number; readonly byWilson: number } {
    const random = seeded(7);
    let [now, byWilson] = [0, 0];
    for (let d = 0; d < 400; d++) {
      const calibration = Float64Array.from({ length: 60 }, () => 0.5 + random() / 2);
      const others = Float64Array.from({ length: 600 }, () => Math.max(0, 0.5 + random() / 2 - shift));
      const scores = [0.8, 0.9, 0.95].map((target) => {
        const threshold = conformalThreshold(calibration, target);
        const sets = Array.from(others, (p) => (p >= threshold ? [0] : [1]));
        return scorePredictionSets(sets, new Int32Array(600), { target, threshold, calibrationRows: 60 });
      });
      if (missesCoverage(scores)) now++;
      if (scores.some(({ target, interval95 }) => interval95[1] < target)) byWilson++;
    }
    return { now, byWilson };
  }

  it("is said of at most 5 % of rows like the calibration rows, for all target coverages together", () => {
    const { now, byWilson } = warned(0);
    expect(now).toBeLessThanOrEqual(38); // more has a chance below 1 in 10,000 at 5 %
    expect(byWilson).toBeGreaterThan(80); // which leaves out that the calibration rows are a sample too
  });

  it("is said of rows of another kind", () => {
    expect(warned(0.15).now).toBeGreaterThan(300);
  });

  it("is not said where every label is in every set", () => {
    const score = scorePredictionSets([[0, 1]], Int32Array.of(1), { target: 0.99, threshold: 0, calibrationRows: 5 });
    expect(score.p).toBe(1);
  });
});
