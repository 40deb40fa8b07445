import { describe, expect, it } from "vitest";
import {
  betaBinomialAtMost,
  chanceOfAtLeast,
  chanceOfAtMost,
  exactLowerBound,
  exactUpperBound,
  trialsNeeded,
} from "../../../src/metrics/intervals/exactBound.js";

/** By Pascal's triangle. */
function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result *= (n - k + i) / i;
  return result;
}

const sumTo = (last: number, term: (k: number) => number): number =>
  Array.from({ length: last + 1 }, (_, k) => term(k)).reduce((sum, x) => sum + x, 0);

describe("chanceOfAtMost()", () => {
  it.each([
    [0, 10, 0.1],
    [3, 10, 0.5],
    [9, 10, 0.99],
    [40, 50, 0.7],
    [1, 300, 0.001],
  ])("is the sum of the binomial terms: %i of %i at %d", (hits, n, p) => {
    const sum = sumTo(hits, (k) => choose(n, k) * p ** k * (1 - p) ** (n - k));
    expect(chanceOfAtMost(hits, n, p)).toBeCloseTo(sum, 12);
    expect(chanceOfAtLeast(hits + 1, n, p)).toBeCloseTo(1 - sum, 12);
  });

  it("is certain at all rows, and nothing below none", () => {
    expect([chanceOfAtMost(0, 0, 0.5), chanceOfAtMost(5, 5, 0.5), chanceOfAtMost(-1, 5, 0.5)]).toEqual([1, 1, 0]);
    expect([chanceOfAtLeast(0, 0, 0.5), chanceOfAtLeast(6, 5, 0.5)]).toEqual([1, 0]);
  });
});

describe("exactUpperBound()", () => {
  it("is the share at which so few hits have a chance of 5 %", () => {
    for (const [hits, n] of [
      [0, 4825],
      [3, 20],
      [90, 100],
      [4990, 5000],
    ])
      expect(chanceOfAtMost(hits, n, exactUpperBound(hits, n))).toBeCloseTo(0.05, 9);
    expect(exactUpperBound(0, 4825)).toBeCloseTo(1 - 0.05 ** (1 / 4825), 12);
    expect([exactUpperBound(0, 0), exactUpperBound(7, 7), exactLowerBound(0, 7), exactLowerBound(0, 0)]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it("leaves the true share out in at most 5 % of all draws, whatever the share", () => {
    for (const n of [5, 30, 200]) {
      for (let p = 0.005; p < 1; p += 0.0199) {
        const missed = sumTo(n, (k) =>
          exactUpperBound(k, n) < p ? chanceOfAtMost(k, n, p) - chanceOfAtMost(k - 1, n, p) : 0,
        );
        expect(missed).toBeLessThanOrEqual(0.05 + 1e-9);
      }
    }
  });
});

describe("trialsNeeded()", () => {
  it("is the least number that is enough", () => {
    expect(trialsNeeded(0, { share: 0.01, alpha: 0.05 })).toBe(299);
    expect(trialsNeeded(0, { share: 0.001, alpha: 0.05 })).toBe(2995);
    for (const mistakes of [0, 1, 7]) {
      const n = trialsNeeded(mistakes, { share: 0.1, alpha: 0.05 });
      expect(chanceOfAtMost(mistakes, n, 0.1)).toBeLessThanOrEqual(0.05);
      expect(chanceOfAtMost(mistakes, n - 1, 0.1)).toBeGreaterThan(0.05);
    }
  });
});

describe("betaBinomialAtMost()", () => {
  it("is k + 1 of n + 1 for a uniform share, and the binomial where the share hardly varies", () => {
    for (const k of [0, 3, 8]) expect(betaBinomialAtMost(k, 9, { a: 1, b: 1 })).toBeCloseTo((k + 1) / 10, 10);
    expect(betaBinomialAtMost(4, 12, { a: 3e7, b: 7e7 })).toBeCloseTo(chanceOfAtMost(4, 12, 0.3), 5);
    expect(betaBinomialAtMost(9, 9, { a: 2, b: 5 })).toBe(1);
  });
});
