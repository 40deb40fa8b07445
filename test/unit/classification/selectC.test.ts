import { describe, expect, it } from "vitest";
import { bestCandidate, isPastBest, valuesOfC } from "../../../src/classification/choice/selectC.js";

describe("bestCandidate()", () => {
  it("takes the least log loss among those whose macro-F1 is near the highest", () => {
    const scores = [
      { logLoss: 0.4, macroF1: 0.7 },
      { logLoss: 0.6, macroF1: 0.795 },
      { logLoss: 0.5, macroF1: 0.792 },
      { logLoss: 0.9, macroF1: 0.8 },
    ];
    expect(bestCandidate(scores)).toBe(2);
  });

  it("takes the first of equal ones, which is the most regularized", () => {
    const same = { logLoss: 0.5, macroF1: 0.8 };
    expect(bestCandidate([same, same, same])).toBe(0);
  });

  it("does not prefer a head that predicts one label alone, however low its log loss", () => {
    expect(
      bestCandidate([
        { logLoss: 0.3, macroF1: 0.48 },
        { logLoss: 0.5, macroF1: 0.6 },
      ]),
    ).toBe(1);
  });
});

describe("valuesOfC()", () => {
  const labels = (...counts: readonly number[]): string[] => counts.flatMap((n, k) => Array<string>(n).fill(`${k}`));

  it("leaves out penalties that are too strong for the rows of the rarest label", () => {
    expect(valuesOfC(labels(500, 16))).toEqual([0.1, 0.3, 1, 3]);
    expect(valuesOfC(labels(500, 100))).toEqual([0.01, 0.03, 0.1, 0.3, 1, 3]);
    expect(valuesOfC(labels(20_000, 30_000))).toHaveLength(10);
  });

  it("has some to choose from however rare a label is", () => {
    expect(valuesOfC(labels(500, 1))).toEqual([1, 3]);
  });
});

describe("isPastBest()", () => {
  const [good, bad] = [
    { logLoss: 0.5, macroF1: 0.8 },
    { logLoss: 0.6, macroF1: 0.79 },
  ];
  it("is true only after two in a row are worse than the best in both scores", () => {
    expect(isPastBest([good, bad])).toBe(false);
    expect(isPastBest([good, bad, bad])).toBe(true);
    expect(isPastBest([good, bad, { ...bad, macroF1: 0.8 }])).toBe(false);
    expect(isPastBest([bad, bad, good])).toBe(false);
  });
});
