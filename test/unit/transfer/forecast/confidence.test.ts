import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import {
  accuracyOf,
  averageConfidence,
  averageThresholdedConfidence,
  differenceOfConfidences,
  type JudgedPredictions,
} from "../../../../src/transfer/forecast/confidence.js";

/** Predictions of two labels, more often right the more confident they are; `steps` makes many of them equally confident. */
function judged(n: number, seed: number, steps = Infinity): JudgedPredictions {
  const random = seeded(seed);
  const confidence = Float64Array.from({ length: n }, () => {
    const c = 0.5 + random() / 2;
    return steps === Infinity ? c : Math.round(c * steps) / steps;
  });
  const truth = Int32Array.from({ length: n }, () => Number(random() < 0.5));
  return { confidence, truth, predicted: truth.map((label, r) => (random() < confidence[r] ? label : 1 - label)) };
}

describe("averageThresholdedConfidence()", () => {
  it.each([Infinity, 20, 4, 2])("is the accuracy on the held-out rows themselves, ties or not (%s steps)", (steps) => {
    for (let seed = 1; seed <= 20; seed++) {
      const held = judged(50 + seed, seed, steps);
      expect(averageThresholdedConfidence(held, held)).toBeCloseTo(accuracyOf(held), 12);
    }
  });

  it("does not rise when target rows become less confident, and uses only the order of the confidences", () => {
    const [held, target] = [judged(300, 1), judged(400, 2)];
    const less = { confidence: target.confidence.map((c) => c - 0.05) };
    expect(averageThresholdedConfidence(held, less)).toBeLessThan(averageThresholdedConfidence(held, target));
    const cubed = ({ confidence }: { readonly confidence: Float64Array }) => confidence.map((c) => c ** 3);
    expect(averageThresholdedConfidence({ ...held, confidence: cubed(held) }, { confidence: cubed(target) })).toBe(
      averageThresholdedConfidence(held, target),
    );
  });

  it("is 0 for a head that is never right, and 1 only for rows as confident as some held-out row", () => {
    const held = judged(40, 3);
    const wrong = { ...held, predicted: held.truth.map((label) => 1 - label) };
    expect(averageThresholdedConfidence(wrong, held)).toBe(0);
    const right = { ...held, predicted: held.truth };
    expect(averageThresholdedConfidence(right, held)).toBe(1);
    expect(averageThresholdedConfidence(right, { confidence: Float64Array.of(0.4, 0.9) })).toBe(0.5);
  });
});

describe("differenceOfConfidences()", () => {
  it("is the accuracy on the held-out rows themselves, moves with the mean confidence and stays a share", () => {
    const held = judged(200, 4);
    expect(differenceOfConfidences(held, held)).toBeCloseTo(accuracyOf(held), 12);
    const less = { confidence: held.confidence.map((c) => c - 0.1) };
    expect(differenceOfConfidences(held, less)).toBeCloseTo(accuracyOf(held) - 0.1, 12);
    const sure = { ...held, predicted: held.truth };
    expect(differenceOfConfidences(sure, { confidence: new Float64Array(9).fill(1) })).toBe(1);
  });
});

describe("averageConfidence()", () => {
  it("comes near the accuracy of calibrated predictions", () => {
    const target = judged(20_000, 5);
    expect(averageConfidence(target)).toBeCloseTo(accuracyOf(target), 1);
  });
});
