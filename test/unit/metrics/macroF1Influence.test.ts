import { describe, expect, it } from "vitest";
import { macroF1Influence } from "../../../src/metrics/macroF1Influence.js";
import { confusionCounts, macroScores } from "../../../src/metrics/confusion.js";
import { bootstrapIntervals } from "../../../src/metrics/bootstrap.js";
import { seeded } from "../../../src/math/random.js";

const random = seeded(3);
const truth = Int32Array.from({ length: 400 }, () => Math.floor(3 * random() ** 2));
const predicted = truth.map((t) => (random() < 0.7 ? t : Math.floor(3 * random())));

describe("macroF1Influence()", () => {
  it("is the change of macro-F1 with the weight of each row", () => {
    const influence = macroF1Influence(truth, predicted, 3);
    const COPIES = 1000; // so that one row more weighs little
    const counts = confusionCounts(truth, predicted, 3).map((n) => n * COPIES);
    const before = macroScores(counts, 3).macroF1;
    for (const r of [0, 7, 100, 399]) {
      const more = counts.slice();
      more[truth[r] * 3 + predicted[r]]++;
      expect((macroScores(more, 3).macroF1 - before) * COPIES).toBeCloseTo(influence[r], 5);
    }
  });

  it("sums to nothing, and is nothing where all is right", () => {
    expect(macroF1Influence(truth, predicted, 3).reduce((sum, u) => sum + u, 0)).toBeCloseTo(0, 12);
    expect([...macroF1Influence(truth, truth, 3)]).toEqual(Array.from(truth, () => 0));
    expect(macroF1Influence(truth, predicted, 5)).toEqual(macroF1Influence(truth, predicted, 3));
  });

  it("gives the standard error that the bootstrap has", () => {
    const squares = macroF1Influence(truth, predicted, 3).reduce((sum, u) => sum + u * u, 0);
    const cells = confusionCounts(truth, predicted, 3);
    const [[low, high]] = bootstrapIntervals(cells, (counts) => [macroScores(counts, 3).macroF1], { resamples: 4000 });
    expect((high - low) / (2 * 1.96 * Math.sqrt(squares))).toBeCloseTo(1, 1);
  });
});
