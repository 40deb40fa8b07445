import { describe, expect, it } from "vitest";
import { scoreChoice } from "../../../../src/classification/decision/choice.js";
import { applyDecisionRule } from "../../../../src/classification/decision/decisionRule.js";
import { fitDecisionRule, type CalibrationSet } from "../../../../src/classification/decision/fitRule.js";
import { seeded } from "../../../../src/math/random.js";
import { ABSTAIN } from "../../../../src/metrics/confusion.js";

/** Two labels; the head says p of "a" and is right as often as it says. */
function calibrationSet(n: number, seed: number): CalibrationSet {
  const random = seeded(seed);
  const probabilities = new Float64Array(2 * n);
  const truth = new Int32Array(n);
  for (let r = 0; r < n; r++) {
    const p = random();
    probabilities.set([p, 1 - p], 2 * r);
    truth[r] = random() < p ? 0 : 1;
  }
  return { labels: ["a", "b"], probabilities, truth };
}

const dev = calibrationSet(3000, 1);
const test = calibrationSet(3000, 2);

describe("fitDecisionRule()", () => {
  it("keeps the target precision of every label on new rows", () => {
    const choice = scoreChoice(test, fitDecisionRule({ kind: "precision", least: 0.9 }, dev));
    expect(choice.precision["a"]).toBeGreaterThan(0.89);
    expect(choice.precision["b"]).toBeGreaterThan(0.89);
    expect(choice.coverage).toBeGreaterThan(0.25);
    expect(choice.coverage).toBeLessThan(0.5);
  });

  it("keeps the target risk and coverage on new rows", () => {
    const risk = scoreChoice(test, fitDecisionRule({ kind: "risk", most: 0.15 }, dev));
    expect(risk.accuracy).toBeGreaterThan(0.85 - 0.01);
    expect(risk.coverage).toBeGreaterThan(0.4);
    const half = scoreChoice(test, fitDecisionRule({ kind: "coverage", share: 0.5 }, dev));
    expect(half.coverage).toBeCloseTo(0.5, 1);
    expect(half.accuracy).toBeGreaterThan(
      scoreChoice(test, fitDecisionRule({ kind: "coverage", share: 0.9 }, dev)).accuracy!,
    );
  });

  it("abstains from everything where no threshold reaches the goal", () => {
    const fewShot: CalibrationSet = {
      labels: ["a", "b"],
      probabilities: Float64Array.of(0.9, 0.1),
      truth: Int32Array.of(0),
    };
    const rule = fitDecisionRule({ kind: "precision", least: 0.9 }, fewShot);
    expect([...rule.thresholds]).toEqual([Infinity, Infinity]);
    expect(applyDecisionRule(Float64Array.of(0.999, 0.001), rule)[0]).toBe(ABSTAIN);
    expect(scoreChoice(fewShot, rule)).toMatchObject({ coverage: 0, accuracy: null, interval95: null, cost: 0 });
  });

  it("predicts the label of least expected cost: with costs of 9 to 1, from a probability of 0.9 on", () => {
    const rule = fitDecisionRule({ kind: "costs", costs: new Map([["a", 9]]) }, dev);
    expect([...applyDecisionRule(Float64Array.of(0.91, 0.09, 0.89, 0.11), rule)]).toEqual([0, 1]);
    const cheap = scoreChoice(test, rule).cost;
    const plain = applyDecisionRule(test.probabilities, fitDecisionRule({ kind: "costs", costs: new Map() }, dev));
    const plainCost = plain.reduce((sum, a, r) => sum + (a === test.truth[r] ? 0 : a === 0 ? 9 : 1), 0) / plain.length;
    expect(cheap).toBeLessThan(plainCost);
  });
});
