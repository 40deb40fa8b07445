import { describe, expect, it } from "vitest";
import { bestThresholds } from "../../../../src/head/linear/thresholds.js";
import { seeded } from "../../../../src/math/random.js";

/** Rows that have a label with the probability that they are given. */
function calibrated(rows: number, { most, seed }: { readonly most: number; readonly seed: number }) {
  const random = seeded(seed);
  const p = Float64Array.from({ length: rows }, () => most * random());
  return { p, marks: Uint8Array.from(p, (one) => (random() < one ? 1 : 0)) };
}

function f1({ p, marks }: { readonly p: Float64Array; readonly marks: Uint8Array }, threshold: number): number {
  const hits = marks.filter((mark, r) => mark === 1 && p[r] >= threshold).length;
  return (2 * hits) / (p.filter((one) => one >= threshold).length + marks.filter((mark) => mark === 1).length);
}

describe("bestThresholds()", () => {
  it("parts the rows where F1 is best, and is 0.5 for a label that no row has", () => {
    const p = Float64Array.of(0.9, 0.1, 0.4, 0.2, 0.3, 0.9, 0.1, 0.3);
    const marks = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0);
    const [first, second] = bestThresholds(p, marks, 2);
    expect(first).toBeCloseTo(0.35, 12);
    expect(second).toBe(0.5);
  });

  it("is half of the best F1 where probabilities are calibrated and rows many", () => {
    const rows = calibrated(20_000, { most: 1, seed: 1 });
    const [threshold] = bestThresholds(rows.p, rows.marks, 1);
    expect(Math.abs(threshold - f1(rows, threshold) / 2)).toBeLessThan(0.03);
  });

  it("serves new rows better than the best F1 of a few rows does", () => {
    const test = calibrated(20_000, { most: 0.3, seed: 99 });
    const bestAlone = ({ p, marks }: typeof test): number =>
      [...p].reduce((best, one) => (f1({ p, marks }, one) > f1({ p, marks }, best) ? one : best));
    let [ours, alone] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const few = calibrated(40, { most: 0.3, seed });
      if (!few.marks.includes(1)) continue;
      ours += f1(test, bestThresholds(few.p, few.marks, 1)[0]);
      alone += f1(test, bestAlone(few));
    }
    expect(ours).toBeGreaterThan(alone);
  });

  it("gives a label to at most twice as many rows as have it, also where probabilities tell nothing", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed);
      const p = Float64Array.from({ length: 200 }, () => 0.05 + 0.01 * random());
      const marks = Uint8Array.from(p, (_, r) => (r < 10 ? 1 : 0));
      const [threshold] = bestThresholds(p, marks, 1);
      expect(p.filter((one) => one >= threshold).length).toBeLessThanOrEqual(20);
    }
    expect([...bestThresholds(new Float64Array(50).fill(0.1), new Uint8Array(50).fill(1, 0, 5), 1)]).toEqual([0.5]);
  });
});
