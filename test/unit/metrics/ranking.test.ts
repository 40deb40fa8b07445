import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { thresholdsOfLabels } from "../../../src/metrics/labelThresholds.js";
import { aucInterval, averagePrecisionInterval, rankingOf } from "../../../src/metrics/ranking.js";

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 40,
});
const ranked = (of: readonly (readonly [number, number])[]) =>
  rankingOf(
    Float64Array.from(of, ([s]) => s / 12),
    Uint8Array.from(of, ([, y]) => y),
  );

describe("rankingOf()", () => {
  it("has scikit-learn's average precision and AUC", () => {
    const score = Float64Array.of(0.1, 0.4, 0.35, 0.8);
    const found = rankingOf(score, Uint8Array.of(0, 0, 1, 1));
    expect(found.averagePrecision).toBeCloseTo(0.8333333333333333, 12);
    expect(found.auc).toBe(0.75);
  });

  it("has as AUC the share of pairs in the right order, a tie counting half", () => {
    fc.assert(
      fc.property(rows, (of) => {
        const positives = of.filter(([, y]) => y === 1);
        const negatives = of.filter(([, y]) => y === 0);
        const pairs = positives.flatMap(([a]) => negatives.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const mean = pairs.length === 0 ? 0 : pairs.reduce<number>((sum, x) => sum + x, 0) / pairs.length;
        expect(ranked(of).auc).toBeCloseTo(mean, 10);
      }),
    );
  });

  it("has as average precision the mean over the positives of the precision from their score on", () => {
    fc.assert(
      fc.property(rows, (of) => {
        const positives = of.filter(([, y]) => y === 1);
        const precision = (from: number): number => {
          const above = of.filter(([s]) => s >= from);
          return above.filter(([, y]) => y === 1).length / above.length;
        };
        const mean = positives.reduce((sum, [s]) => sum + precision(s), 0) / Math.max(1, positives.length);
        expect(ranked(of).averagePrecision).toBeCloseTo(mean, 10);
      }),
    );
  });

  it("has at most 50 points, which end at all rows", () => {
    const random = seeded(5);
    const score = Float64Array.from({ length: 3000 }, random);
    const { curve } = rankingOf(
      score,
      Uint8Array.from(score, (s) => (random() < s ? 1 : 0)),
    );
    expect(curve.length).toBeGreaterThan(25);
    expect(curve.length).toBeLessThanOrEqual(50);
    expect(curve.at(-1)).toMatchObject({ recall: 1, falseAlarmRate: 1 });
    expect(curve.every((point, i) => i === 0 || point.threshold < curve[i - 1].threshold)).toBe(true);
  });
});

describe("aucInterval(), averagePrecisionInterval()", () => {
  it("contain the true value in some 95 % of draws, and have a width where all is right", () => {
    const random = seeded(8);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let [missedAuc, missedPrecision] = [0, 0];
    for (let d = 0; d < 400; d++) {
      const y = Uint8Array.from({ length: 200 }, () => (random() < 0.5 ? 1 : 0));
      const found = rankingOf(
        Float64Array.from(y, (own) => 0.8 * own + normal()),
        y,
      );
      const [low, high] = aucInterval(found.auc, found);
      const [from, to] = averagePrecisionInterval(found);
      if (low > 0.7142 || high < 0.7142) missedAuc++; // Phi(0.8 / sqrt 2)
      if (from > 0.7037 || to < 0.7037) missedPrecision++; // by integration
    }
    for (const missed of [missedAuc, missedPrecision]) {
      expect(missed).toBeGreaterThan(3);
      expect(missed).toBeLessThan(42); // 400 draws at 6 %: less than 1 in 10,000
    }
    expect(aucInterval(1, { positives: 10, negatives: 30 })[0]).toBeLessThan(0.95);
    expect(aucInterval(1, { positives: 10, negatives: 30 })[1]).toBe(1);
  });
});

describe("thresholdsOfLabels()", () => {
  it("has the lowest threshold without a false alarm, with an exact bound on false alarms beyond the rows", () => {
    const spam = [0.9, 0.8, 0.7, 0.6, 0.2];
    const truth = Int32Array.of(1, 1, 0, 1, 0);
    const probabilities = Float64Array.from(spam.flatMap((p) => [1 - p, p]));
    const found = thresholdsOfLabels({ labels: ["ham", "spam"], probabilities, truth });
    expect(found["spam"].withoutFalseAlarm).toMatchObject({ threshold: 0.8, hits: 2, falseAlarms: 0, precision: 1 });
    expect(found["spam"].withoutFalseAlarm?.falseAlarmsBelow).toBeCloseTo(1 - Math.sqrt(0.05), 9);
    expect(found["spam"].at[0]).toMatchObject({ threshold: 0.5, predicted: 4, hits: 3, falseAlarmRate: 0.5 });
  });

  it("says null where there is nothing to be a share of, and where no row lies above all other ones", () => {
    const probabilities = Float64Array.of(0.1, 0.9, 0.2, 0.8);
    const found = thresholdsOfLabels({ labels: ["a", "b"], probabilities, truth: Int32Array.of(0, 0) });
    expect(found["b"]).toMatchObject({ positives: 0, averagePrecision: null, auc: null });
    expect(found["b"].withoutFalseAlarm).toMatchObject({ threshold: null, recall: null, precision: null });
    expect(found["a"].withoutFalseAlarm).toBeNull();
  });
});
