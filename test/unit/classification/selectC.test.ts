import { describe, expect, it } from "vitest";
import { chooseCandidate, isPastBest, meanLoss, type Candidate } from "../../../src/classification/selectC.js";
import { matrix } from "../../../src/math/matrix.js";

function tried(C: number, losses: readonly number[], macroF1: number): Candidate {
  const head = {
    kind: "logistic" as const,
    labels: ["a", "b"],
    standardizer: { mean: new Float32Array(1), factor: new Float32Array(1) },
    weights: matrix(1, 1),
    bias: new Float32Array(1),
  };
  const fitted = { head, C, objective: 0, iterations: 1, converged: true, history: [] };
  return { fitted, losses: Float64Array.from(losses), macroF1 };
}
const cOf = (c: Candidate): number => c.fitted.C;

describe("chooseCandidate()", () => {
  it("takes the first of those that log loss cannot tell from the best", () => {
    const near = [tried(1, [0.51, 0.49, 0.56, 0.46], 0.7), tried(2, [0.4, 0.6, 0.45, 0.55], 0.8)];
    expect(cOf(chooseCandidate(near))).toBe(1);
  });

  it("passes over those that are clearly worse, whatever their macro-F1", () => {
    const far = [
      tried(1, [0.9, 1.1, 1, 1], 0.99),
      tried(2, [0.5, 0.5, 0.5, 0.5], 0.7),
      tried(3, [0.5, 0.5, 0.5, 0.5], 0.8),
    ];
    expect(cOf(chooseCandidate(far))).toBe(2);
  });
});

describe("isPastBest()", () => {
  it("is true only after two in a row are clearly worse than the best", () => {
    const [good, bad] = [tried(1, [0.5, 0.5, 0.5], 0.7), tried(2, [1, 1.1, 1.2], 0.7)];
    expect(isPastBest([good])).toBe(false);
    expect(isPastBest([good, bad])).toBe(false);
    expect(isPastBest([good, bad, bad])).toBe(true);
    expect(isPastBest([bad, bad, good])).toBe(false);
  });
});

describe("meanLoss()", () => {
  it("averages over the rows", () => {
    expect(meanLoss(tried(1, [1, 2, 3], 0))).toBe(2);
  });
});
