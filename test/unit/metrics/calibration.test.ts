import { describe, expect, it } from "vitest";
import { seeded, shuffled } from "../../../src/math/random.js";
import { evaluateCalibration } from "../../../src/metrics/calibration.js";
import { golden } from "./golden.js";

const cases = golden.calibration.map((one) => ({
  ...one,
  n: one.truth.length,
  x: Float64Array.from(one.probabilities, Math.fround),
  y: Int32Array.from(one.truth),
}));

describe("evaluateCalibration()", () => {
  it.each(cases)("agrees with numpy and scikit-learn on $n rows of $classes classes", (one) => {
    const result = evaluateCalibration(one.x, one.y, { classes: one.classes, bins: one.bins });
    expect(result.ece).toBeCloseTo(one.ece, 12);
    expect(result.brier).toBeCloseTo(one.brier, 12);
    expect(result.brier).toBeCloseTo(one.brierOfRenormalised, 6);
  });

  it("does not depend on the order of the rows, ties included", () => {
    const sure = [0.6, 0.7, 0.7, 0.7, 0.7, 0.7, 0.9, 0.9];
    const probabilitiesIn = (order: Iterable<number>) =>
      Float64Array.from([...order].flatMap((r) => [sure[r], 1 - sure[r]]));
    const y = Int32Array.of(0, 1, 0, 0, 1, 0, 0, 1);
    const order = shuffled(8, seeded(4));
    const shuffledRows = evaluateCalibration(
      probabilitiesIn(order),
      order.map((i) => y[i]),
      { classes: 2, bins: 4 },
    );
    const result = evaluateCalibration(probabilitiesIn(y.keys()), y, { classes: 2, bins: 4 });
    expect(shuffledRows.ece).toBeCloseTo(result.ece, 12);
    expect(shuffledRows.bins.map((bin) => bin.count)).toEqual(result.bins.map((bin) => bin.count));
    expect(result.bins.map((bin) => bin.count)).toEqual([6, 2]);
  });

  it("fills its bins with all rows, in near-equal numbers, from unsure to sure", () => {
    const { bins } = evaluateCalibration(cases[1].x, cases[1].y, { classes: cases[1].classes });
    expect(bins).toHaveLength(15);
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(333);
    for (const bin of bins) expect([22, 23]).toContain(bin.count);
    bins.slice(1).forEach((bin, i) => expect(bin.low).toBeGreaterThanOrEqual(bins[i].high));
  });

  it("scores perfect certainty 0 and certain error 2", () => {
    const sure = Float64Array.of(1, 0, 0, 1);
    expect(evaluateCalibration(sure, Int32Array.of(0, 1), { classes: 2 })).toMatchObject({ n: 2, ece: 0, brier: 0 });
    expect(evaluateCalibration(sure, Int32Array.of(1, 0), { classes: 2 })).toMatchObject({ ece: 1, brier: 2 });
  });

  it("is 0 without rows and refuses shapes that do not fit", () => {
    const empty = evaluateCalibration(new Float64Array(0), new Int32Array(0), { classes: 2 });
    expect(empty).toEqual({ n: 0, ece: 0, brier: 0, bins: [] });
    const one = Float64Array.of(0.5, 0.5);
    expect(() => evaluateCalibration(one, new Int32Array(0), { classes: 2 })).toThrow(RangeError);
    expect(() => evaluateCalibration(one, Int32Array.of(2), { classes: 2 })).toThrow(RangeError);
    expect(() => evaluateCalibration(one, Int32Array.of(0), { classes: 2, bins: 0 })).toThrow(RangeError);
  });
});
