import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDecisionRule, defaultRule } from "../../../../src/classification/decision/decisionRule.js";
import { costMatrix } from "../../../../src/classification/decision/goal.js";
import { argmax } from "../../../../src/math/argmax.js";
import { ABSTAIN } from "../../../../src/metrics/confusion.js";

const LABELS = ["ham", "promo", "spam"];
const row = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((weights) => weights.map((w) => w / weights.reduce((sum, x) => sum + x, 0)));
const apply = (p: readonly number[], rule: Partial<ReturnType<typeof defaultRule>>): number =>
  applyDecisionRule(Float64Array.from(p), { ...defaultRule(3), ...rule })[0];

describe("applyDecisionRule()", () => {
  it("is the argmax by default, ties included, of the scores where there are any", () => {
    fc.assert(fc.property(row, (p) => apply(p, {}) === argmax(Float64Array.from(p), 3)[0]));
    expect(apply([0.4, 0.4, 0.2], {})).toBe(0);
    const scores = Float64Array.of(0.2, 0.3, 0.5);
    expect([...applyDecisionRule(Float64Array.of(0.6, 0.3, 0.1), defaultRule(3), scores)]).toEqual([2]);
  });

  it("predicts a label with a threshold of its own from there on, and below it the most probable of the others", () => {
    fc.assert(
      fc.property(row, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (p, t) => {
        const predicted = apply(p, { thresholds: Float64Array.of(0, 0, t), below: "others" });
        return predicted === (p[2] >= t ? 2 : p[1] > p[0] ? 1 : 0);
      }),
    );
  });

  it("abstains under own thresholds only where every label has one and none is reached", () => {
    const rule = { thresholds: Float64Array.of(0.9, 0.9, 0.3), below: "others" } as const;
    expect(apply([0.5, 0.3, 0.2], rule)).toBe(ABSTAIN);
    expect(apply([0.6, 0.05, 0.35], rule)).toBe(2);
    expect(apply([0.95, 0.03, 0.02], rule)).toBe(0);
    const never = { thresholds: Float64Array.of(0, 0, Infinity), below: "others" } as const;
    expect(apply([0.01, 0.005, 0.985], never)).toBe(0);
  });

  it("abstains where the label of least cost does not reach its threshold", () => {
    const rule = { thresholds: Float64Array.of(0.8, 0.5, 0), below: "abstain" } as const;
    expect([apply([0.7, 0.2, 0.1], rule), apply([0.3, 0.5, 0.2], rule), apply([0.1, 0.3, 0.6], rule)]).toEqual([
      ABSTAIN,
      1,
      2,
    ]);
  });

  it("predicts a label whose expected cost is least, whatever the matrix", () => {
    const cost = fc.double({ min: 0, max: 20, noNaN: true });
    fc.assert(
      fc.property(row, fc.array(cost, { minLength: 9, maxLength: 9 }), (p, costs) => {
        const expected = (j: number): number => p.reduce((sum, own, t) => sum + own * costs[t * 3 + j], 0);
        const predicted = apply(p, { costs: Float64Array.from(costs) });
        return [0, 1, 2].every((j) => expected(predicted) <= expected(j) + 1e-12);
      }),
    );
  });
});

describe("costMatrix()", () => {
  it("has what a wrong prediction of a label costs in its column, single mistakes in their cell, 1 elsewhere", () => {
    const goal = {
      kind: "costs",
      costs: new Map([["ham", 3]]),
      pairs: [{ truth: "ham", predicted: "spam", cost: 10 }],
    } as const;
    expect([...costMatrix(LABELS, goal)]).toEqual([0, 1, 10, 3, 0, 1, 3, 1, 0]);
    const own = { ...goal, pairs: [{ truth: "spam", predicted: "ham", cost: 0.5 }] };
    expect([...costMatrix(LABELS, own)]).toEqual([0, 1, 1, 3, 0, 1, 0.5, 1, 0]);
    expect(() => costMatrix(LABELS, { kind: "costs", costs: new Map([["eggs", 1]]) })).toThrow(/"eggs" is not a label/);
  });
});
