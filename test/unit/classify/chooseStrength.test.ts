import { describe, expect, it } from "vitest";
import { chooseCandidate, isPastBest, meanLoss, type Candidate } from "../../../src/classify/chooseStrength.js";
import { matrix } from "../../../src/math/matrix.js";

function tried(strength: number, losses: readonly number[], macroF1: number): Candidate {
  const head = {
    kind: "logistic" as const,
    labels: ["a", "b"],
    standardizer: { mean: new Float32Array(1), factor: new Float32Array(1) },
    weights: matrix(1, 1),
    bias: new Float32Array(1),
  };
  const fitted = { head, strength, objective: 0, iterations: 1, converged: true, history: [] };
  return { fitted, losses: Float64Array.from(losses), macroF1 };
}
const strengthOf = (c: Candidate): number => c.fitted.strength;

describe("chooseCandidate()", () => {
  it("lets macro-F1 decide among those that log loss cannot tell apart", () => {
    const near = [tried(1, [0.5, 0.5, 0.5, 0.5], 0.7), tried(2, [0.4, 0.6, 0.45, 0.56], 0.8)];
    expect(strengthOf(chooseCandidate(near))).toBe(2);
  });

  it("keeps one that is clearly worse in log loss out, whatever its macro-F1", () => {
    const far = [tried(1, [0.5, 0.5, 0.5, 0.5], 0.7), tried(2, [0.9, 1.1, 1, 1], 0.99)];
    expect(strengthOf(chooseCandidate(far))).toBe(1);
  });

  it("takes the strongest regularisation on a tie", () => {
    const same = [0.5, 0.4, 0.6, 0.5];
    expect(strengthOf(chooseCandidate([tried(1, same, 0.7), tried(2, same, 0.7)]))).toBe(1);
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
