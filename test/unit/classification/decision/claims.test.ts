import { describe, expect, it } from "vitest";
import { applyDecisionRule } from "../../../../src/classification/decision/decisionRule.js";
import { fitDecisionRule, type CalibrationSet } from "../../../../src/classification/decision/fitRule.js";
import { certify } from "../../../../src/classification/decision/fixedSequence.js";
import type { SelectiveGoal } from "../../../../src/classification/decision/goal.js";
import { seeded } from "../../../../src/math/random.js";
import { chanceOfAtLeast } from "../../../../src/metrics/intervals/exactBound.js";

/*
 * Small simulations with a known truth; scripts/simulate has the large ones. A row's probability p of "b" is uniform, and
 * "b" is true with the chance p ** 1.5: the head is overconfident of "b", so that its probabilities alone claim too much.
 */
const chanceOfB = (p: number): number => p ** 1.5;

function rows(n: number, random: () => number): CalibrationSet {
  const probabilities = Float64Array.from({ length: n }, random).reduce<number[]>((all, p) => [...all, 1 - p, p], []);
  const truth = Int32Array.from({ length: n }, (_, r) => (random() < chanceOfB(probabilities[2 * r + 1]) ? 1 : 0));
  return { labels: ["a", "b"], probabilities: Float64Array.from(probabilities), truth };
}

const GRID = Float64Array.from({ length: 2000 }, (_, i) => (i + 0.5) / 2000);
const POPULATION = Float64Array.from([...GRID].flatMap((p) => [1 - p, p]));

/** Share of mistakes that a claim is about, over the whole population. */
function trueMistakes(predicted: Int32Array, measure: "precision" | "risk" | "falseAlarms", label: number): number {
  let [wrong, all] = [0, 0];
  predicted.forEach((own, r) => {
    const isB = chanceOfB(GRID[r]);
    if (measure === "falseAlarms") {
      all += 1 - isB;
      if (own === label) wrong += 1 - isB;
    } else if (own >= 0 && (label < 0 || own === label)) {
      all++;
      wrong += own === 1 ? 1 - isB : isB;
    }
  });
  return all === 0 ? 0 : wrong / all;
}

const DRAWS = 500;
/** So many broken claims of 500 have a chance below 1 in 10,000 where each is broken in 5 %. */
const MOST_BROKEN = 46;

describe("fitDecisionRule()", () => {
  it("allows for no more broken claims than a chance of 5 % explains", () => {
    expect(chanceOfAtLeast(MOST_BROKEN + 1, DRAWS, 0.05)).toBeLessThan(1e-4);
  });

  const goals: readonly (readonly [SelectiveGoal, number])[] = [
    [{ kind: "precision", least: 0.8 }, 300],
    [{ kind: "precision", least: 0.8, label: "b" }, 300],
    [{ kind: "risk", most: 0.2 }, 300],
    [{ kind: "falseAlarms", most: 0.05, label: "b" }, 300],
  ];
  it.each(goals)("keeps what it claims in 95 % of draws of the dev rows: %j", (goal, n) => {
    const random = seeded(11);
    let [granted, broken] = [0, 0];
    for (let d = 0; d < DRAWS; d++) {
      const rule = fitDecisionRule(goal, rows(n, random));
      const predicted = applyDecisionRule(POPULATION, rule);
      const own = rule.claims.filter(({ isGranted }) => isGranted);
      if (own.length > 0) granted++;
      const isBroken = own.some(({ measure, label, bound }) => {
        const most = measure === "precision" ? 1 - bound : bound;
        return trueMistakes(predicted, measure, label === null ? -1 : label === "a" ? 0 : 1) > most;
      });
      if (isBroken) broken++;
    }
    expect(granted).toBeGreaterThan(DRAWS * 0.4);
    expect(broken).toBeLessThanOrEqual(MOST_BROKEN);
  });

  it("would break such claims far more often by what the dev rows have alone", () => {
    const random = seeded(11);
    let broken = 0;
    for (let d = 0; d < DRAWS; d++) {
      const { probabilities, truth } = rows(300, random);
      const b = [...truth.keys()].map((r) => [probabilities[2 * r + 1], truth[r]] as const).sort((x, y) => y[0] - x[0]);
      let [hits, threshold] = [0, 1];
      b.forEach(([p, own], i) => {
        hits += own;
        if (hits / (i + 1) >= 0.8) threshold = p;
      });
      const predicted = Int32Array.from(GRID, (p) => (p >= threshold ? 1 : 0));
      if (trueMistakes(predicted, "precision", 1) > 0.2) broken++;
    }
    expect(broken).toBeGreaterThan(2 * MOST_BROKEN);
  });

  it("says what is missing where it cannot claim, and never predicts the label then", () => {
    const set = rows(120, seeded(2));
    const strict = fitDecisionRule({ kind: "precision", least: 0.99, label: "b" }, set);
    expect(strict.claims[0]).toMatchObject({ isGranted: false, label: "b", needed: { rows: 299, mistakes: 0 } });
    expect(strict.claims[0].why).toMatch(
      /^a precision of "b" of 99 % at 95 % confidence needs 299 predictions of "b" without a mistake; there are \d+ on the held-out rows, \d+ of them mistakes$/,
    );
    expect(applyDecisionRule(POPULATION, strict).includes(1)).toBe(false);
    const alarms = fitDecisionRule({ kind: "falseAlarms", most: 0.001, label: "b" }, set);
    expect(alarms.claims[0].why).toMatch(/needs 2,995 rows of other labels without a false alarm; there are \d+ on/);
    const hard = fitDecisionRule({ kind: "risk", most: 0.02 }, rows(2000, seeded(3)));
    expect(hard.claims[0].why).toMatch(
      /needs [\d,]+ predictions with no more than \d+ mistakes?; on the held-out rows so many/,
    );
    const none = fitDecisionRule({ kind: "risk", most: 0.1 }, rows(0, seeded(3)));
    expect(none.claims[0].why).toMatch(/needs 29 predictions without a mistake; there are 0 on the held-out rows$/);
  });

  it("takes thresholds and costs as they are, without dev rows, and claims nothing of them", () => {
    const empty = rows(0, seeded(1));
    const given = fitDecisionRule({ kind: "threshold", from: new Map([["b", 0.7]]) }, empty);
    expect([[...given.thresholds], given.below, given.claims]).toEqual([[0, 0.7], "others", []]);
    const costs = fitDecisionRule({ kind: "costs", costs: new Map([["b", 9]]) }, empty);
    expect([...applyDecisionRule(Float64Array.of(0.11, 0.89, 0.09, 0.91), costs)]).toEqual([0, 1]);
  });
});

describe("certify()", () => {
  const scored = (wrong: readonly number[]) => ({
    score: Float64Array.from(wrong, (_, i) => 1 - i / 10_000),
    wrong: Uint8Array.from(wrong),
  });
  const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);

  it("claims from so many rows without a mistake on, and from one less nothing", () => {
    const options = { share: 0.01, alpha: 0.05 };
    expect(certify(scored(zeros(299)), options)).toMatchObject({ threshold: 0, needed: null, left: 0.05 });
    expect(certify(scored(zeros(298)), options)).toMatchObject({
      threshold: Infinity,
      rows: 298,
      needed: { rows: 299, mistakes: 0 },
    });
  });

  it("ends above the rows that are wrong, and keeps rows of equal score together", () => {
    const {
      threshold,
      rows: kept,
      mistakes,
    } = certify(scored([...zeros(60), 1, 1, 1, 1, 1, 1]), { share: 0.05, alpha: 0.05 });
    expect(kept).toBeGreaterThanOrEqual(59);
    expect(mistakes).toBe(0);
    expect(threshold).toBeGreaterThan(1 - kept / 10_000);
    const tied = { score: new Float64Array(100).fill(0.5), wrong: Uint8Array.from([...zeros(99), 1]) };
    expect(certify(tied, { share: 0.05, alpha: 0.05 })).toMatchObject({ rows: 100, mistakes: 1, threshold: 0 });
  });
});
