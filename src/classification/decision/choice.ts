import { thresholdText } from "../../text/numbers.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { wilson } from "../../metrics/conformal.js";
import { ABSTAIN } from "../../metrics/confusion.js";
import type { Claim } from "./claim.js";
import { applyDecisionRule } from "./decisionRule.js";
import type { CalibrationSet, FittedRule } from "./fitRule.js";

/** Scores of a head under a decision rule. Plain JSON. */
export interface ChoiceScore {
  readonly goal: string;
  /** What is claimed of texts like the dev rows, or cannot be. */
  readonly claims: readonly Claim[];
  /** Probability from which each label is predicted, null where it never is. Has no prototype. */
  readonly thresholds: Readonly<Record<string, number | null>>;
  /** Below a threshold no label is predicted ("abstain"), or the least costly of the others ("others"). */
  readonly below: "abstain" | "others";
  /** Coverage: the share of the rows on which the head does not abstain. */
  readonly coverage: number;
  /** Accuracy on these rows, null where there are none; and its 95 % interval (Wilson). */
  readonly accuracy: number | null;
  readonly interval95: Interval | null;
  /** Precision of each label, null where it is never predicted. Has no prototype. */
  readonly precision: Readonly<Record<string, number | null>>;
  /** What each mistake costs, `[true][predicted]`; null where all cost the same. */
  readonly costs: { readonly labels: readonly string[]; readonly matrix: readonly (readonly number[])[] } | null;
  /** Mean cost of a row, that of an abstention being 0. */
  readonly cost: number;
}

/** Scores of the predictions under a rule, on labeled rows. */
export function scoreChoice({ labels, probabilities, truth, scores }: CalibrationSet, rule: FittedRule): ChoiceScore {
  const predictions = applyDecisionRule(probabilities, rule, scores);
  const given = [...predictions.keys()].filter((r) => predictions[r] !== ABSTAIN);
  const isRight = (r: number): boolean => predictions[r] === truth[r];
  const hits = given.filter(isRight).length;
  const accuracy = given.length === 0 ? null : hits / given.length;
  const thresholds = Object.create(null) as Record<string, number | null>;
  const precision = Object.create(null) as Record<string, number | null>;
  labels.forEach((label, k) => {
    const own = given.filter((r) => predictions[r] === k);
    thresholds[label] = rule.thresholds[k] === Infinity ? null : rule.thresholds[k];
    precision[label] = own.length === 0 ? null : own.filter(isRight).length / own.length;
  });
  return {
    goal: rule.words,
    claims: rule.claims,
    thresholds,
    below: rule.below,
    coverage: given.length / truth.length,
    accuracy,
    interval95: accuracy === null ? null : wilson(accuracy, given.length),
    precision,
    costs: rule.costs === undefined ? null : { labels, matrix: costRows(rule.costs, labels.length) },
    cost: given.reduce((sum, r) => sum + costOf(rule, truth[r], predictions[r]), 0) / truth.length,
  };
}

export const costRows = (costs: Float64Array, classes: number): readonly (readonly number[])[] =>
  Array.from({ length: classes }, (_, t) => [...costs.subarray(t * classes, (t + 1) * classes)]);

function costOf({ costs, thresholds }: FittedRule, truth: number, predicted: number): number {
  if (costs !== undefined) return costs[truth * thresholds.length + predicted];
  return truth === predicted ? 0 : 1;
}

/** From which probability on a rule predicts a label. */
export function thresholdWords(
  { thresholds, below, costs }: Pick<ChoiceScore, "thresholds" | "below" | "costs">,
  label: string,
): string {
  const threshold = thresholds[label];
  if (threshold === null) return "never";
  if (threshold > 0) return thresholdText(threshold);
  if (costs !== null) return "least cost";
  return below === "others" ? "otherwise" : "any";
}
