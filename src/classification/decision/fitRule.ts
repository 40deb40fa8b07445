import { unreachable } from "../../errors.js";
import { chanceOfAtMost, trialsNeeded } from "../../metrics/intervals/exactBound.js";
import { pointAt, riskCoverage } from "../../metrics/riskCoverage.js";
import { claimOf, CONFIDENCE, type Claim } from "./claim.js";
import { applyDecisionRule, defaultRule, type DecisionRule } from "./decisionRule.js";
import { certify, justAbove, type Certified, type Scored } from "./fixedSequence.js";
import { costMatrix, goalWords, labelOf, type SelectiveGoal } from "./goal.js";

/** Labeled rows with their probabilities after scaling, in the labels that can be predicted. */
export interface CalibrationSet {
  readonly labels: readonly string[];
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
  /** True label of every row. */
  readonly truth: Int32Array;
  /** What a label is chosen by, where that is not its probability: see decisionScores(). */
  readonly scores?: Float64Array | undefined;
}

/** A rule for a goal. */
export interface FittedRule extends DecisionRule {
  /** The goal in words. */
  readonly words: string;
  /** What may be claimed of its predictions; none where the goal claims nothing. */
  readonly claims: readonly Claim[];
}

/** Chance that any claim of a rule is false, over draws of the dev rows. */
const ALPHA = 1 - CONFIDENCE;

/**
 * The rule for a goal, from the predictions on the calibration set.
 *
 * A precision, a risk or a share of false alarms is claimed by exact binomial tests at 95 % confidence, for all thresholds
 * and labels together, of texts drawn like the calibration set; the lowest threshold that passes is taken, and where none
 * does the label (for a risk: every label) is never predicted and the claim says what is missing. A coverage is that of the
 * calibration set, and nothing is claimed of it. Thresholds and costs need no calibration set.
 *
 * @throws HeadstartError E_USAGE where the goal names a label that there is not
 * @see fixedSequence.ts for the tests
 * @example
 * const rule = fitDecisionRule({ kind: "risk", most: 0.2 }, calibrationSetOf(trained)!);
 * console.log(predictVectors(trained.head, dev.vectors, { rule })[0]?.label, rule.claims[0]?.isGranted);
 */
export function fitDecisionRule(goal: SelectiveGoal, calibrationSet: CalibrationSet): FittedRule {
  const words = goalWords(goal);
  const { labels } = calibrationSet;
  const base = defaultRule(labels.length);
  const only = (thresholds: ReadonlyMap<number, number>): Float64Array =>
    Float64Array.from(labels, (_, k) => thresholds.get(k) ?? 0);
  const everywhere = (threshold: number): Float64Array => new Float64Array(labels.length).fill(threshold);
  switch (goal.kind) {
    case "precision": {
      if (goal.label === undefined) return { ...base, ...precisionOfEach(goal.least, calibrationSet), words };
      const label = labelOf(goal.label, labels);
      const found = precisionOf(goal.least, label, calibrationSet);
      const claims = [claimOf({ measure: "precision", label: goal.label, bound: goal.least }, found)];
      return { ...base, thresholds: only(new Map([[label, found.threshold]])), below: "others", words, claims };
    }
    case "risk": {
      const found = certify(chosen(calibrationSet), { share: goal.most, alpha: ALPHA });
      const claims = [claimOf({ measure: "risk", label: null, bound: goal.most }, found)];
      return { ...base, thresholds: everywhere(found.threshold), words, claims };
    }
    case "falseAlarms": {
      const label = labelOf(goal.label, labels);
      const found = certifyFalseAlarms(othersOf(calibrationSet, label), goal.most);
      const claims = [claimOf({ measure: "falseAlarms", label: goal.label, bound: goal.most }, found)];
      return { ...base, thresholds: only(new Map([[label, found.threshold]])), below: "others", words, claims };
    }
    case "threshold": {
      const from = new Map([...goal.from].map(([label, threshold]) => [labelOf(label, labels), threshold] as const));
      return { ...base, thresholds: only(from), below: "others", words, claims: [] };
    }
    case "coverage": {
      const { score, wrong } = chosen(calibrationSet);
      const { curve } = riskCoverage(
        score,
        wrong.map((isWrong) => 1 - isWrong),
      );
      return { ...base, thresholds: everywhere(pointAt(curve, goal.share)?.threshold ?? 0), words, claims: [] };
    }
    case "costs":
      return { ...base, costs: costMatrix(labels, goal), words, claims: [] };
    default:
      return unreachable(goal);
  }
}

/** Labels with more predictions come first, and what their tests leave of the chance goes to the next. */
function precisionOfEach(least: number, calibrationSet: CalibrationSet): Pick<FittedRule, "thresholds" | "claims"> {
  const { labels } = calibrationSet;
  const own = labels.map((_, k) => chosen(calibrationSet, k));
  const order = [...labels.keys()].sort((a, b) => own[b].score.length - own[a].score.length || a - b);
  const thresholds = new Float64Array(labels.length);
  const claims: Claim[] = [];
  let left = 0;
  for (const k of order) {
    const found = certify(own[k], { share: 1 - least, alpha: ALPHA / labels.length + left });
    thresholds[k] = found.threshold;
    claims[k] = claimOf({ measure: "precision", label: labels[k], bound: least }, found);
    ({ left } = found);
  }
  return { thresholds, claims };
}

/** The lowest probability from which on a label may be predicted, whatever the others have. */
function precisionOf(least: number, label: number, calibrationSet: CalibrationSet): Certified {
  const { labels, probabilities, truth } = calibrationSet;
  const scored: Scored = {
    score: Float64Array.from(truth, (_, r) => probabilities[r * labels.length + label]),
    wrong: Uint8Array.from(truth, (own) => (own === label ? 0 : 1)),
  };
  const likely = chosen(calibrationSet, label).score.length;
  return certify(scored, { share: 1 - least, alpha: ALPHA, likely });
}

/** Predictions of a rule that never abstains, by their probability; only those of `label`, if it is given. */
export function chosen({ labels, probabilities, truth, scores }: CalibrationSet, label?: number): Scored {
  const predicted = applyDecisionRule(probabilities, defaultRule(labels.length), scores);
  const rows = [...truth.keys()].filter((r) => label === undefined || predicted[r] === label);
  return {
    score: Float64Array.from(rows, (r) => probabilities[r * labels.length + predicted[r]]),
    wrong: Uint8Array.from(rows, (r) => (predicted[r] === truth[r] ? 0 : 1)),
  };
}

/** Probabilities of a label on the rows of the others. */
const othersOf = ({ labels, probabilities, truth }: CalibrationSet, label: number): Float64Array =>
  Float64Array.from(
    [...truth.keys()].filter((r) => truth[r] !== label),
    (r) => probabilities[r * labels.length + label],
  );

/**
 * The lowest threshold that at most `share` of the rows of other labels reach: just above the highest score that may not
 * be a false alarm. The number of false alarms at a fixed threshold is binomial, and lower thresholds only have more, so
 * the one test at which it ends is all that can be wrong.
 */
function certifyFalseAlarms(scores: Float64Array, share: number): Certified {
  const rows = scores.length;
  let allowed = -1;
  while (allowed < rows && chanceOfAtMost(allowed + 1, rows, share) <= ALPHA) allowed++;
  const needed = { rows: trialsNeeded(0, { share, alpha: ALPHA }), mistakes: 0 };
  if (allowed < 0) return { threshold: Infinity, rows, mistakes: 0, needed, left: 0 };
  const threshold = justAbove(scores.toSorted()[rows - 1 - allowed]);
  const mistakes = scores.reduce((sum, score) => sum + (score >= threshold ? 1 : 0), 0);
  return { threshold, rows, mistakes, needed: null, left: 0 };
}
