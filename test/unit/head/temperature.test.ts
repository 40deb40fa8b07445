import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossValTemperature } from "../../../src/head/devPredictions.js";
import { argmax } from "../../../src/math/argmax.js";
import { logLosses } from "../../../src/metrics/logLoss.js";
import { fitTemperature, applyTemperature } from "../../../src/head/temperature.js";
import { seeded } from "../../../src/math/random.js";
import { softmax } from "../../../src/math/softmax.js";

/** Rows whose labels are drawn from softmax(logits), with logits that are `sureness` times too large. */
function overconfident(rows: number, sureness: number, seed = 1) {
  const random = seeded(seed);
  const labels = 3;
  const [p, y] = [new Float64Array(rows * labels), new Int32Array(rows)];
  for (let r = 0; r < rows; r++) {
    const logits = Float64Array.from({ length: labels }, () => 4 * random() - 2);
    const honest = softmax(logits, 0, labels);
    const draw = random();
    y[r] = draw < honest[0] ? 0 : draw < honest[0] + honest[1] ? 1 : 2;
    p.set(
      softmax(
        logits.map((z) => z * sureness),
        0,
        labels,
      ),
      r * labels,
    );
  }
  return { p, y, labels };
}

const meanLoss = (p: Float64Array, y: Int32Array, labels: number): number =>
  logLosses(p, y, labels).reduce((sum, loss) => sum + loss, 0) / y.length;

describe("applyTemperature()", () => {
  const rows = fc
    .array(fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 1 })
    .map((logits) => Float64Array.from(logits.flatMap((row) => [...softmax(row, 0, 3)])));

  it("never changes the most probable label, and rows still sum to 1", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.01, max: 100, noNaN: true }), (p, temperature) => {
        const scaled = applyTemperature(p, 3, temperature);
        expect(argmax(scaled, 3)).toEqual(argmax(p, 3));
        for (let r = 0; r < p.length; r += 3) expect(scaled[r] + scaled[r + 1] + scaled[r + 2]).toBeCloseTo(1, 12);
      }),
    );
  });

  it("keeps the later of two labels that differ in the last digit", () => {
    const p = Float64Array.of(0.3, 0.35 - 2 ** -54, 0.35);
    expect(argmax(p, 3)[0]).toBe(2);
    expect(argmax(applyTemperature(p, 3, 100), 3)[0]).toBe(2);
  });

  it("is a division of the logits, undone by the reciprocal; 1 changes no bit", () => {
    const logits = [3, -1, 0.5];
    const p = softmax(logits, 0, 3);
    const scaled = applyTemperature(p, 3, 2.5);
    softmax(
      logits.map((z) => z / 2.5),
      0,
      3,
    ).forEach((want, i) => expect(scaled[i]).toBeCloseTo(want, 14));
    applyTemperature(scaled, 3, 1 / 2.5).forEach((back, i) => expect(back).toBeCloseTo(p[i], 14));
    expect(applyTemperature(p, 3, 1)).toEqual(p);
  });

  it("refuses a temperature that is none", () => {
    for (const bad of [0, -1, NaN, Infinity])
      expect(() => applyTemperature(Float64Array.of(1), 1, bad)).toThrow(RangeError);
  });
});

describe("fitTemperature()", () => {
  it.each([0.4, 1, 2.5])("finds how much too sure a head is: %d", (sureness) => {
    const { p, y, labels } = overconfident(20_000, sureness);
    expect(fitTemperature(p, y, labels) / sureness).toBeCloseTo(1, 1);
  });

  it("reaches a log loss that no other temperature beats", () => {
    const { p, y, labels } = overconfident(2000, 2);
    const best = meanLoss(applyTemperature(p, labels, fitTemperature(p, y, labels)), y, labels);
    // One even row among 2000 moves the minimum by less than this.
    for (let t = 0.2; t < 8; t *= 1.1)
      expect(meanLoss(applyTemperature(p, labels, t), y, labels)).toBeGreaterThan(best - 1e-5);
  });

  it("stays within reason for few rows that are all right, and is 1 without rows or differences", () => {
    const p = Float64Array.of(0.9, 0.1, 0.2, 0.8);
    const t = fitTemperature(p, Int32Array.of(0, 1), 2);
    expect(t).toBeGreaterThan(0.3);
    expect(t).toBeLessThan(2.5);
    expect(fitTemperature(new Float64Array(0), new Int32Array(0), 2)).toBe(1);
    expect(fitTemperature(Float64Array.of(0.5, 0.5), Int32Array.of(1), 2)).toBe(1);
  });

  it("takes probabilities of 0 and 1", () => {
    const t = fitTemperature(Float64Array.of(1, 0, 1, 0, 0, 1), Int32Array.of(0, 1, 1), 2);
    expect(Number.isFinite(t)).toBe(true);
    expect(t).toBeGreaterThan(1);
  });
});

describe("crossValTemperature()", () => {
  it("scales a row by the other folds alone", () => {
    const { p, y, labels } = overconfident(600, 3);
    const folds = y.map((_, r) => r % 3);
    const predictions = { classes: labels, probabilities: p, truth: y };
    const scaled = crossValTemperature(predictions, folds);
    expect(meanLoss(scaled, y, labels)).toBeLessThan(meanLoss(p, y, labels));
    const lied = crossValTemperature(
      { ...predictions, truth: y.map((c, r) => (folds[r] === 0 ? (c + 1) % 3 : c)) },
      folds,
    );
    folds.forEach((fold, r) => {
      const same = lied[r * labels] === scaled[r * labels];
      expect(same).toBe(fold === 0);
    });
  });
});
