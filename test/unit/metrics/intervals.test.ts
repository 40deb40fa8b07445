import { describe, expect, it } from "vitest";
import { seeded, shuffled, type Random } from "../../../src/math/random.js";
import { confusionIntervals } from "../../../src/metrics/confusionIntervals.js";
import { macroScores } from "../../../src/metrics/confusion.js";
import { entityScore, type EntityCounts } from "../../../src/metrics/entities.js";
import { entityInterval } from "../../../src/metrics/entityIntervals.js";
import { evaluateMultiLabel } from "../../../src/metrics/multiLabel.js";
import { pairedBootstrap } from "../../../src/metrics/paired.js";
import { proportionInterval } from "../../../src/metrics/intervals/binomial.js";

/** How often out of `draws` an interval contains the truth. */
function coverage(draws: number, contains: (random: Random, draw: number) => boolean): number {
  const random = seeded(17);
  return Array.from({ length: draws }, (_, d) => contains(random, d)).filter(Boolean).length / draws;
}

const within = ([low, high]: readonly [number, number], truth: number): boolean => low <= truth && truth <= high;

/** Predictions that are right with the chance of their label, and otherwise any other label. */
const predicted = (truth: Int32Array, right: readonly number[], random: Random): Int32Array =>
  truth.map((c) => (random() < right[c] ? c : (c + 1 + Math.floor(random() * (right.length - 1))) % right.length));

/** Labels with these shares. */
const labels = (n: number, shares: readonly number[], random: Random): Int32Array =>
  Int32Array.from({ length: n }, () => {
    let left = random();
    return Math.max(
      0,
      shares.findIndex((share) => (left -= share) < 0),
    );
  });

// 200 draws of a true coverage of 0.93 are below 0.86 less than once in 10,000; percentile intervals reach 0.4 to 0.8.
describe("confusionIntervals()", () => {
  const cases = [
    { n: 12, shares: [0.5, 0.5], right: [0.9, 0.9] },
    { n: 20, shares: [0.49, 0.49, 0.02], right: [0.95, 0.95, 0.5] },
    { n: 50, shares: [0.49, 0.49, 0.02], right: [0.95, 0.95, 0.5] },
  ];
  it.each(cases)("contain the true macro-F1 of rare labels and few rows: %j", ({ n, shares, right }) => {
    const joint = Float64Array.from({ length: shares.length ** 2 }, (_, cell) => {
      const [t, p] = [Math.floor(cell / shares.length), cell % shares.length];
      return shares[t] * (t === p ? right[t] : (1 - right[t]) / (shares.length - 1));
    });
    const { macroF1 } = macroScores(joint, shares.length);
    const share = coverage(200, (random, seed) => {
      const truth = labels(n, shares, random);
      const options = { classes: shares.length, seed, resamples: 200 };
      return within(confusionIntervals(truth, predicted(truth, right, random), options).macroF1, macroF1);
    });
    expect(share).toBeGreaterThan(0.86);
  });

  it("say as much of every text five times as of every text once", () => {
    const random = seeded(4);
    const truth = labels(40, [0.5, 0.5], random);
    const found = predicted(truth, [0.8, 0.8], random);
    const five = (all: Int32Array): Int32Array => Int32Array.from({ length: 200 }, (_, r) => all[r % 40]);
    const groups = Int32Array.from({ length: 200 }, (_, r) => r % 40);
    const once = confusionIntervals(truth, found, { classes: 2, resamples: 3000 });
    const again = confusionIntervals(five(truth), five(found), { classes: 2, resamples: 3000, groups });
    expect(again.accuracy[0]).toBeCloseTo(once.accuracy[0], 12);
    for (const end of [0, 1]) expect(Math.abs(again.macroF1[end] - once.macroF1[end])).toBeLessThan(0.02);
    const alone = confusionIntervals(five(truth), five(found), { classes: 2 });
    expect(alone.macroF1[1] - alone.macroF1[0]).toBeLessThan(0.6 * (once.macroF1[1] - once.macroF1[0]));
  });

  it("do not depend on the order of the rows, with groups or without", () => {
    const random = seeded(5);
    const truth = labels(60, [0.6, 0.4], random);
    const found = predicted(truth, [0.8, 0.7], random);
    const groups = Int32Array.from({ length: 60 }, (_, r) => Math.floor(r / 2));
    const order = shuffled(60, seeded(2));
    const moved = (all: Int32Array): Int32Array => order.map((r) => all[r]);
    const options = { classes: 2, resamples: 50 };
    expect(confusionIntervals(moved(truth), moved(found), options)).toEqual(confusionIntervals(truth, found, options));
    expect(confusionIntervals(moved(truth), moved(found), { ...options, groups: moved(groups) })).toEqual(
      confusionIntervals(truth, found, { ...options, groups }),
    );
  });

  it("leave room for a label that few rows do not have, and none after many", () => {
    const width = (n: number): number => {
      const truth = Int32Array.from({ length: n }, (_, r) => r % 2);
      const [low, high] = confusionIntervals(truth, truth, { classes: 3 }).macroF1;
      return high - low;
    };
    expect(width(30)).toBeGreaterThan(0.25);
    expect(width(1000)).toBeLessThan(0.02);
  });

  it("refuse more groups than rows", () => {
    const one = Int32Array.of(0);
    expect(() => confusionIntervals(one, one, { classes: 2, groups: Int32Array.of(0, 1) })).toThrow(RangeError);
  });
});

describe("pairedBootstrap()", () => {
  it("contains no difference between predictors that are equally good, and its p-value holds its level", () => {
    let rejected = 0;
    const share = coverage(200, (random, seed) => {
      const truth = labels(20, [0.5, 0.5], random);
      const both = [0, 1].map(() => predicted(truth, [0.8, 0.8], random)) as [Int32Array, Int32Array];
      const { interval95, p } = pairedBootstrap(truth, both, { classes: 2, seed, resamples: 200 });
      if (p <= 0.05) rejected++;
      return interval95[0] < interval95[1] && within(interval95, 0);
    });
    expect(share).toBeGreaterThan(0.86);
    expect(rejected).toBeLessThan(24);
  });
});

describe("entityInterval()", () => {
  const f1 = ([own]: readonly EntityCounts[]): number => entityScore(own).f1;
  const sentence = (random: Random, recall: number): EntityCounts => {
    const gold = Math.floor(random() * 4);
    const correct = Array.from({ length: gold }, () => random() < recall).filter(Boolean).length;
    return { gold, predicted: correct, correct };
  };

  it.each([0.6, 0.95])("contains the true F1 of a few sentences with a recall of %f", (recall) => {
    const share = coverage(200, (random, seed) => {
      const counts = Array.from({ length: 12 }, () => sentence(random, recall));
      return within(entityInterval([counts], f1, { seed, resamples: 200 }), (2 * recall) / (1 + recall));
    });
    expect(share).toBeGreaterThan(0.86);
  });

  it("has a width where all entities, none, and no difference are found", () => {
    const found = Array.from({ length: 8 }, () => ({ gold: 2, predicted: 2, correct: 2 }));
    const lost = found.map(() => ({ gold: 2, predicted: 1, correct: 0 }));
    const empty = found.map(() => ({ gold: 0, predicted: 0, correct: 0 }));
    const [low, high] = entityInterval([found], f1);
    expect(high).toBe(1);
    expect(low).toBeGreaterThan(0.6);
    expect(low).toBeLessThan(0.99);
    expect(entityInterval([lost], f1)[0]).toBe(0);
    expect(entityInterval([lost], f1)[1]).toBeGreaterThan(0.01);
    expect(entityInterval([empty], f1)[1]).toBeGreaterThan(0.9);
    const [below, above] = entityInterval([found, found], ([a, b]) => entityScore(a).f1 - entityScore(b).f1);
    expect(below).toBeLessThan(0);
    expect(above).toBeGreaterThan(0);
  });

  it("weights sentences of the same text together", () => {
    const random = seeded(8);
    const once = Array.from({ length: 40 }, () => sentence(random, 0.7));
    const five = Array.from({ length: 200 }, (_, s) => once[s % 40]);
    const groups = Int32Array.from({ length: 200 }, (_, s) => s % 40);
    const [low, high] = entityInterval([once], f1, { resamples: 3000 });
    const [least, most] = entityInterval([five], f1, { resamples: 3000, groups });
    expect(Math.abs(low - least)).toBeLessThan(0.03);
    expect(Math.abs(high - most)).toBeLessThan(0.03);
  });
});

describe("evaluateMultiLabel()", () => {
  it("has intervals that contain the true scores of a few rows, and none without a width", () => {
    const [classes, share, recall, n] = [4, 0.4, 0.8, 15];
    const alarm = (share * (1 - recall)) / (1 - share);
    const names = ["a", "b", "c", "d"];
    const hits = coverage(200, (random, seed) => {
      const truth = Uint8Array.from({ length: n * classes }, () => (random() < share ? 1 : 0));
      const found = truth.map((mark) => (random() < (mark === 1 ? recall : alarm) ? 1 : 0));
      const { intervals95 } = evaluateMultiLabel(truth, found, { labels: names, seed, resamples: 200 });
      return within(intervals95.macroF1, recall) && within(intervals95.microF1, recall);
    });
    expect(hits).toBeGreaterThan(0.83);
    const right = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
    for (const [low, high] of Object.values(evaluateMultiLabel(right, right, { labels: names }).intervals95)) {
      expect(high).toBe(1);
      expect(low).toBeLessThan(0.99);
    }
  });
});

describe("proportionInterval()", () => {
  it("contains the share at least as often as 0.92, for any share from 10 rows on", () => {
    for (const n of [10, 30]) {
      for (let share = 0.5; share < 1; share += 0.01) {
        let [covered, chance] = [0, (1 - share) ** n];
        for (let k = 0; k <= n; k++) {
          if (within(proportionInterval(k / n, n), share)) covered += chance;
          chance *= (((n - k) / (k + 1)) * share) / (1 - share);
        }
        expect(covered).toBeGreaterThan(0.92);
      }
    }
  });
});
