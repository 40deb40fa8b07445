import { describe, expect, it } from "vitest";
import { evaluateClassification } from "../../../../src/metrics/classification.js";
import { seeded } from "../../../../src/math/random.js";
import type { Evaluated } from "../../../../src/classification/evaluate.js";
import { targetErrors } from "../../../../src/transfer/experiment/mistakes.js";

const LABELS = ["no", "yes"];

/** Rows of which a head gives each the probability 0.8 of its label, and is right with that of `right`. */
function scored(right: number, n = 400): Evaluated {
  const random = seeded(3);
  const predicted = Int32Array.from({ length: n }, (_, r) => r % 2);
  const truth = predicted.map((label) => (random() < right ? label : 1 - label));
  const probabilities = Float64Array.from([...predicted].flatMap((label) => (label === 0 ? [0.8, 0.2] : [0.2, 0.8])));
  return {
    evaluation: evaluateClassification(truth, predicted, LABELS),
    labels: LABELS,
    truth,
    predicted,
    probabilities,
  };
}

const texts = Array.from({ length: 400 }, (_, r) => `text ${r}`);

describe("targetErrors()", () => {
  it("shows that probabilities are off where they are, and not where they hold", () => {
    const off = targetErrors(scored(0.6), texts, 1).calibration!;
    expect(off.ece).toBeGreaterThan(0.1);
    expect(off.p).toBeLessThan(0.02);
    expect(off.interval95[0]).toBeLessThanOrEqual(off.ece);
    expect(off.bins.reduce((sum, { count }) => sum + count, 0)).toBe(off.n);
    expect(targetErrors(scored(0.8), texts, 1).calibration!.p).toBeGreaterThan(0.05);
  });

  it("lists mistakes alone, with their texts, and nothing without labels", () => {
    const { mistakes } = targetErrors(scored(0.6), texts, 1);
    expect(mistakes.length).toBeGreaterThan(10);
    for (const { text, truth, predicted } of mistakes) {
      expect(truth).not.toBe(predicted);
      expect(predicted).toBe(LABELS[Number(text.slice(5)) % 2]);
    }
    expect(targetErrors(null, texts, 1)).toEqual({ mistakes: [] });
  });
});
