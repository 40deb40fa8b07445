import { unreachable } from "../errors.js";
import { argmax } from "../math/argmax.js";
import { lowerBound, pointAt, riskCoverage } from "../metrics/riskCoverage.js";

/** Labeled rows with their probabilities after scaling, in the labels that can be predicted. */
export interface CalibrationSet {
  readonly labels: readonly string[];
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
  /** True label of every row. */
  readonly truth: Int32Array;
}

/** What the predictions that are made must fulfill; on the other texts the head abstains. */
export type SelectiveGoal =
  /** Least precision of each label. */
  | { readonly kind: "precision"; readonly least: number }
  /** Highest error rate of all predictions together. */
  | { readonly kind: "risk"; readonly most: number }
  /** Share of the texts that get a prediction, the most confident ones. */
  | { readonly kind: "coverage"; readonly share: number }
  /** Cost of each label where it is predicted wrongly; 1 where a label is not named. */
  | { readonly kind: "costs"; readonly costs: ReadonlyMap<string, number> };

/** When a head predicts, and what: the label of least expected cost, if it is probable enough. */
export interface DecisionRule {
  /** Probability from which each label is predicted; Infinity where it never is. */
  readonly thresholds: Float64Array;
  /** Cost of each label where it is predicted wrongly. */
  readonly costs: Float64Array;
  /** The goal in words. */
  readonly words: string;
}

/**
 * Stands for a label where a rule abstains.
 *
 * @example
 * const rule = fitDecisionRule({ kind: "coverage", share: 0.5 }, calibrationSetOf(trained)!);
 * const predicted = applyDecisionRule(predictProbabilities(trained.head, dev.vectors), rule);
 * console.log(predicted.filter((label) => label === ABSTAIN).length);
 */
export const ABSTAIN = -1;

/**
 * The rule that fulfills a goal on the calibration set.
 *
 * A precision counts as reached where the lower end of Wilson's one-sided 95 % interval reaches it, so that it mostly
 * holds on rows like those; the same goes for a risk. The lowest such threshold is taken, and where there is none the
 * label (for a risk: every label) is never predicted. A coverage is that of the calibration set. Costs need only the
 * scaling: the label of least `cost * (1 - probability)` is predicted.
 *
 * @see Chow 1970; Elkan 2001 (costs); El-Yaniv & Wiener 2010 (risk and coverage)
 * @example
 * const rule = fitDecisionRule({ kind: "risk", most: 0.2 }, calibrationSetOf(trained)!);
 * console.log(predictVectors(trained.head, dev.vectors, { rule })[0]?.label);
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
        words: `a precision of at least ${percent(goal.least)} for each label`,
      };
    case "risk":
      return {
        thresholds: everywhere(thresholdFor(1 - goal.most, topPredictions(calibrationSet))),
        costs: even,
        words: `at most ${percent(goal.most)} of the predictions wrong`,
      };
    case "coverage": {
      const { confidence, right } = topPredictions(calibrationSet);
      const { curve } = riskCoverage(confidence, right);
      return {
        thresholds: everywhere(pointAt(curve, goal.share)?.threshold ?? 0),
        costs: even,
        words: `a prediction for the most confident ${percent(goal.share)} of the texts`,
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

/**
 * Index of the predicted label for every row of probabilities `[rows, classes]`, or ABSTAIN.
 *
 * @example
 * const rule = fitDecisionRule({ kind: "precision", least: 0.8 }, calibrationSetOf(trained)!);
 * const predicted = applyDecisionRule(predictProbabilities(trained.head, dev.vectors), rule);
 * console.log(predicted.length === dev.vectors.rows); // true
 */
export function applyDecisionRule(probabilities: Float64Array, { thresholds, costs }: DecisionRule): Int32Array {
  const classes = thresholds.length;
  return Int32Array.from({ length: probabilities.length / classes }, (_, r) => {
    let best = 0;
    const cost = (k: number): number => costs[k] * (1 - probabilities[r * classes + k]);
    for (let k = 1; k < classes; k++) if (cost(k) < cost(best)) best = k;
    return probabilities[r * classes + best] >= thresholds[best] ? best : ABSTAIN;
  });
}

interface TopPredictions {
  readonly confidence: Float64Array;
  readonly right: Uint8Array;
}

/** Confidence and correctness of the most probable labels; only where this is `label`, if it is given. */
export function topPredictions({ labels, probabilities, truth }: CalibrationSet, label?: number): TopPredictions {
  const predictions = argmax(probabilities, labels.length);
  const rows = [...predictions.keys()].filter((r) => label === undefined || predictions[r] === label);
  return {
    confidence: Float64Array.from(rows, (r) => probabilities[r * labels.length + predictions[r]]),
    right: Uint8Array.from(rows, (r) => (predictions[r] === truth[r] ? 1 : 0)),
  };
}

/** The least confidence from which on predictions are right often enough, or Infinity. */
function thresholdFor(precision: number, { confidence, right }: TopPredictions): number {
  const { n, curve } = riskCoverage(confidence, right);
  const good = curve.findLast(({ coverage, risk }) => {
    const predicted = Math.round(coverage * n);
    return lowerBound(Math.round((1 - risk) * predicted), predicted) >= precision;
  });
  return good?.threshold ?? Infinity;
}
