import { describe, expect, it } from "vitest";
import { logSumExp, sigmoid, softmax, softplus } from "../../../src/math/softmax.js";

const sum = (numbers: Float64Array): number => numbers.reduce((a, b) => a + b, 0);

describe("softmax", () => {
  it("logSumExp() is exact at logits of ±10,000 [D03]", () => {
    expect(logSumExp([1e4, -1e4], 0, 2)).toBe(1e4);
    expect(logSumExp([-1e4, -1e4], 0, 2)).toBeCloseTo(-1e4 + Math.LN2, 11);
    expect(logSumExp([1e4, 1e4, 1e4], 0, 3)).toBeCloseTo(1e4 + Math.log(3), 11);
    expect(logSumExp([0, Math.log(2), Math.log(3)], 0, 3)).toBeCloseTo(Math.log(6), 14);
  });

  it("logSumExp() and softmax() read only their own stretch", () => {
    const logits = [999, 1, 2, 999];
    expect(logSumExp(logits, 1, 2)).toBeCloseTo(Math.log(Math.E + Math.E ** 2), 14);
    expect(softmax(logits, 1, 2)).toEqual(softmax([1, 2], 0, 2));
  });

  it("softmax() sums to 1 and has no NaN at logits of ±10,000 [D03]", () => {
    expect([...softmax([1e4, -1e4, 0], 0, 3)]).toEqual([1, 0, 0]);
    expect([...softmax([-1e4, -1e4], 0, 2)]).toEqual([0.5, 0.5]);
    const p = softmax([0.3, -2, 1.7, 5], 0, 4);
    expect(sum(p)).toBeCloseTo(1, 15);
    expect(p[3] / p[2]).toBeCloseTo(Math.exp(3.3), 10);
  });

  it("softplus() and sigmoid() are finite at ±10,000 and meet their identities", () => {
    expect([softplus(1e4), softplus(-1e4), sigmoid(1e4), sigmoid(-1e4)]).toEqual([1e4, 0, 1, 0]);
    for (const x of [-30, -1, -1e-9, 0, 1e-9, 0.5, 3, 30]) {
      expect(softplus(x) - softplus(-x)).toBeCloseTo(x, 12);
      expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 15);
      expect(Math.exp(-softplus(-x))).toBeCloseTo(sigmoid(x), 15);
    }
  });
});
