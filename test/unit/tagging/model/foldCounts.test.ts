import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { bestOf, countsByFold, crossFittedF1, entityF1Of } from "../../../../src/tagging/model/foldCounts.js";

const SENTENCES = 40;
const folds = Int32Array.from({ length: SENTENCES }, (_, s) => s % 10);

/** Candidates that find each of two entities of every sentence with the same probability: none is better than another. */
function alike(n: number, seed: number) {
  const random = seeded(seed);
  return Array.from({ length: n }, () =>
    countsByFold(
      Array.from({ length: SENTENCES }, () => {
        const correct = [0, 0].filter(() => random() < 0.6).length;
        return { gold: 2, predicted: 2, correct };
      }),
      folds,
    ),
  );
}

describe("crossFittedF1()", () => {
  it("is the F1 itself where there is one candidate", () => {
    const [one] = alike(1, 1);
    expect(crossFittedF1([one])).toBeCloseTo(entityF1Of(one), 12);
  });

  it("is the true F1 on average where all candidates are alike, and that of the best one is above it", () => {
    const runs = Array.from({ length: 200 }, (_, r) => alike(30, r + 1));
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    // One run has a standard deviation of 0.06 or so, the mean of 200 one below 0.005.
    expect(Math.abs(mean(runs.map(crossFittedF1)) - 0.6)).toBeLessThan(0.02);
    expect(mean(runs.map((candidates) => entityF1Of(candidates[bestOf(candidates)])))).toBeGreaterThan(0.67);
  });

  it("is the best one's F1 where one is best in every fold", () => {
    const [good] = [
      countsByFold(
        Array.from({ length: SENTENCES }, () => ({ gold: 2, predicted: 2, correct: 2 })),
        folds,
      ),
    ];
    expect(crossFittedF1([...alike(5, 3), good])).toBe(1);
  });
});

describe("bestOf()", () => {
  it("takes the first of equally good candidates", () => {
    const [one] = alike(1, 1);
    expect(bestOf([one, one, one])).toBe(0);
  });
});
