import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { scoreCalibration } from "../../../src/metrics/calibrationScore.js";

/** Rows of two labels that say `p` of the first and are right so often. */
function rows(n: number, honest: boolean) {
  const random = seeded(5);
  const p = new Float64Array(2 * n);
  const y = new Int32Array(n);
  for (let r = 0; r < n; r++) {
    const said = 0.5 + random() / 2;
    p.set([said, 1 - said], 2 * r);
    y[r] = random() < (honest ? said : 0.6) ? 0 : 1;
  }
  return { p, y };
}

describe("scoreCalibration()", () => {
  it("is near 0 for honest rows and near the gap for others, within its interval", () => {
    const good = rows(8000, true);
    const honest = scoreCalibration(good.p, good.y, { classes: 2, resamples: 200 });
    expect(honest.ece).toBeLessThan(0.02);
    expect(honest.eceEqualWidth).toBeLessThan(0.02);
    const bad = rows(8000, false);
    const score = scoreCalibration(bad.p, bad.y, { classes: 2, resamples: 200 });
    expect(score.ece).toBeGreaterThan(0.15);
    expect(score.eceEqualWidth).toBeCloseTo(score.ece, 1);
    expect(honest.p).toBeGreaterThan(0.05);
    expect(score.p).toBe(1 / 201);
    expect(honest.intervals95.ece[0]).toBe(0);
    expect(score.intervals95.ece[0]).toBeGreaterThan(0.1);
    for (const name of ["ece", "brier", "logLoss"] as const) {
      const [low, high] = score.intervals95[name];
      expect(low).toBeLessThan(score[name] + 1e-9);
      expect(high).toBeGreaterThan(score[name] - 1e-9);
    }
  });

  it("gives the log loss and the Brier score of a row, and is 0 without rows", () => {
    const one = scoreCalibration(Float64Array.of(0.25, 0.75), Int32Array.of(0), { classes: 2, resamples: 10 });
    expect(one.logLoss).toBeCloseTo(Math.log(4), 12);
    expect(one.brier).toBeCloseTo(2 * 0.75 ** 2, 6);
    expect(one.intervals95.logLoss[1]).toBeGreaterThan(one.logLoss + 1);
    expect(scoreCalibration(new Float64Array(0), new Int32Array(0), { classes: 2 })).toMatchObject({
      n: 0,
      logLoss: 0,
    });
  });

  it("takes off what calibrated probabilities would show, and less of it the larger the error", () => {
    for (const honest of [true, false]) {
      const { p, y } = rows(200, honest);
      const { ece, eceRaw, eceExpected } = scoreCalibration(p, y, { classes: 2 });
      expect(ece).toBeLessThanOrEqual(eceRaw);
      expect(ece).toBeGreaterThanOrEqual(Math.max(0, eceRaw - eceExpected) - 1e-9);
    }
  });

  it("measures each label by itself", () => {
    const { p, y } = rows(2000, false);
    const [first, second] = scoreCalibration(p, y, { classes: 2 }).perLabel;
    expect(first.eceRaw).toBeGreaterThan(0.1);
    // Of two labels each is off by what the other is.
    expect(second.eceRaw).toBeCloseTo(first.eceRaw, 2);
  });

  it("is no more certain of texts that come five times", () => {
    const { p, y } = rows(60, true);
    const five = {
      p: Float64Array.from({ length: 600 }, (_, i) => p[i % 120]),
      y: Int32Array.from({ length: 300 }, (_, r) => y[r % 60]),
    };
    const groups = Int32Array.from({ length: 300 }, (_, r) => r % 60);
    const once = scoreCalibration(p, y, { classes: 2 });
    const again = scoreCalibration(five.p, five.y, { classes: 2, groups });
    expect(again.eceExpected).toBeCloseTo(once.eceExpected, 1);
    for (const name of ["ece", "brier", "logLoss"] as const) {
      const [a, b] = [once, again].map(({ intervals95 }) => intervals95[name][1] - intervals95[name][0]);
      expect(b / a).toBeGreaterThan(0.85);
      expect(b / a).toBeLessThan(1.15);
    }
  });
});
