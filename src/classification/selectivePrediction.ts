import { unreachable } from "../errors.js";
import { argmax } from "../math/argmax.js";
import { lowerBound, pointAt, riskCoverage } from "../metrics/riskCoverage.js";

/** Dev rows as later answers are given: their probabilities after scaling, in the labels that can be answered. */
export interface CalibrationSet {
  readonly labels: readonly string[];
  /** `[rows, labels]` */
  readonly probabilities: Float64Array;
  /** True label of every row. */
  readonly truth: Int32Array;
}

/** What the user wants of the answers that are given. */
export type SelectiveGoal =
  /** Answers of each label are right at least so often. */
  | { readonly kind: "precision"; readonly least: number }
  /** All answers together are wrong at most so often. */
  | { readonly kind: "risk"; readonly most: number }
  /** The surest share of the texts is answered. */
  | { readonly kind: "coverage"; readonly share: number }
  /** What a wrong answer of each label costs; 1 where a label is not named. */
  | { readonly kind: "costs"; readonly costs: ReadonlyMap<string, number> };

/** When a head answers, and with what: the label of least expected cost, if it is probable enough. */
export interface DecisionRule {
  /** Least probability of each label as an answer; Infinity where it is never given. */
  readonly thresholds: Float64Array;
  /** Cost of each label as a wrong answer. */
  readonly costs: Float64Array;
  /** What was wished, in words. */
  readonly words: string;
}

/** The answer where a rule gives none. */
export const ABSTAIN = -1;

/**
 * The rule that grants a wish on the dev rows.
 *
 * A precision or risk counts as reached where the lower end of Wilson's one-sided 95 % interval on the dev rows reaches
 * it, so that it is mostly kept on rows like those; the lowest such threshold is taken, and where there is none the
 * label (for a risk: every label) is not answered. A coverage is that of the dev rows. Costs need no dev rows but the
 * scaling: the label of least `cost * (1 - probability)` is answered.
 *
 * @see Chow 1970; Elkan 2001 (costs); El-Yaniv & Wiener 2010 (risk and coverage)
 */
export function fitDecisionRule(goal: SelectiveGoal, calibrationSet: CalibrationSet): DecisionRule {
  const { labels } = calibrationSet;
  const even = new Float64Array(labels.length).fill(1);
  const everywhere = (threshold: number): Float64Array => new Float64Array(labels.length).fill(threshold);
  switch (goal.kind) {
    case "precision":
      return {
        thresholds: Float64Array.from(labels, (_, label) =>
          thresholdFor(goal.least, topPredictions(calibrationSet, label)),
        ),
        costs: even,
        words: `each label right in at least ${percent(goal.least)} of its answers`,
      };
    case "risk":
      return {
        thresholds: everywhere(thresholdFor(1 - goal.most, topPredictions(calibrationSet))),
        costs: even,
        words: `at most ${percent(goal.most)} of the answers wrong`,
      };
    case "coverage": {
      const { confidence, right } = topPredictions(calibrationSet);
      const { curve } = riskCoverage(confidence, right);
      return {
        thresholds: everywhere(pointAt(curve, goal.share)?.threshold ?? 0),
        costs: even,
        words: `the surest ${percent(goal.share)} of the texts answered`,
      };
    }
    case "costs":
      return {
        thresholds: everywhere(0),
        costs: Float64Array.from(labels, (label) => goal.costs.get(label) ?? 1),
        words: `least expected cost, a wrong ${labels.map((l) => `"${l}" costing ${goal.costs.get(l) ?? 1}`).join(", ")}`,
      };
    default:
      return unreachable(goal);
  }
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** Index of the answer for every row of probabilities `[rows, labels]`, or ABSTAIN. */
export function applyDecisionRule(probabilities: Float64Array, { thresholds, costs }: DecisionRule): Int32Array {
  const labels = thresholds.length;
  return Int32Array.from({ length: probabilities.length / labels }, (_, r) => {
    let best = 0;
    const cost = (k: number): number => costs[k] * (1 - probabilities[r * labels + k]);
    for (let k = 1; k < labels; k++) if (cost(k) < cost(best)) best = k;
    return probabilities[r * labels + best] >= thresholds[best] ? best : ABSTAIN;
  });
}

interface TopPredictions {
  readonly confidence: Float64Array;
  readonly right: Uint8Array;
}

/** Confidence and correctness of the likeliest labels; of one label's answers alone where it is named. */
export function topPredictions({ labels, probabilities, truth }: CalibrationSet, label?: number): TopPredictions {
  const predictions = argmax(probabilities, labels.length);
  const rows = [...predictions.keys()].filter((r) => label === undefined || predictions[r] === label);
  return {
    confidence: Float64Array.from(rows, (r) => probabilities[r * labels.length + predictions[r]]),
    right: Uint8Array.from(rows, (r) => (predictions[r] === truth[r] ? 1 : 0)),
  };
}

/** The least confidence from which on answers are right often enough, or Infinity. */
function thresholdFor(precision: number, { confidence, right }: TopPredictions): number {
  const { n, curve } = riskCoverage(confidence, right);
  const good = curve.findLast(({ coverage, risk }) => {
    const answered = Math.round(coverage * n);
    return lowerBound(Math.round((1 - risk) * answered), answered) >= precision;
  });
  return good?.threshold ?? Infinity;
}
