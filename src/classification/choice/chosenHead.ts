import type { Complete } from "../../defaults.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { SearchRecord } from "../../head/file/schema.js";
import { argmax, predictProbabilities, type Head } from "../../head/head.js";
import { balancedWeights } from "../../head/linear/logisticLoss.js";
import type { MlpSettings } from "../../head/mlp/mlp.js";
import { scorePredictions } from "../../metrics/classification.js";
import { logLosses } from "../../metrics/logLoss.js";
import { counted } from "../../text/numbers.js";
import type { FitOptions, FittedHead } from "./fit.js";
import type { HeldOutPlan } from "./heldOut.js";
import type { HeldOutScore } from "./selectC.js";

/** One value of C that was tried. */
export interface Trial {
  readonly C: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log loss on rows that the fit has not seen, the labels weighed as in the fit. */
  readonly devLogLoss: number;
  readonly devMacroF1: number;
}

/** Predictions of rows that the heads behind them were not fitted on. */
export interface HeldOutPredictions {
  /** The rows that were predicted. */
  readonly rows: LabeledVectors;
  /** `[rows, labels]`, not calibrated. */
  readonly probabilities: Float64Array;
  /** How the rows were held out; undefined where dev rows were given, which the head itself has predicted. */
  readonly plan: HeldOutPlan | undefined;
  /** Where the rows come from, in words. */
  readonly from: string;
}

/** A head as it was chosen, before it is calibrated; fitted on all training rows. */
export interface ChosenHead extends FittedHead {
  /** Null where the kind has none. */
  readonly C: number | null;
  readonly mlp: Complete<MlpSettings> | undefined;
  readonly trials: readonly Trial[];
  readonly search: SearchRecord | undefined;
  readonly heldOut: HeldOutPredictions;
  /** What was chosen, and on which rows, in words. */
  readonly choice: string;
}

/** Rows to fit on, and those to score on, where they are given. */
export interface Given {
  readonly train: LabeledVectors;
  readonly dev: LabeledVectors | undefined;
}

export const NOT_SEARCHED = { mlp: undefined, trials: [], search: undefined } as const;

/** A head's own predictions of dev rows. */
export const onDev = (head: Head, dev: LabeledVectors): HeldOutPredictions => ({
  rows: dev,
  probabilities: predictProbabilities(head, dev.vectors),
  plan: undefined,
  from: `${counted(dev.texts.length, "row")} given for it`,
});

/** Predictions of training rows that were held out. */
export const onHeldRows = (
  train: LabeledVectors,
  plan: HeldOutPlan,
  probabilities: Float64Array,
): HeldOutPredictions => ({ rows: pickRows(train, plan.rows), probabilities, plan, from: plan.how });

/** Scores of probabilities `[rows, labels]`; the log loss weighs the labels as the fit does. */
export function heldOutScore(
  probabilities: Float64Array,
  { labels: rowLabels }: Pick<LabeledVectors, "labels">,
  { labels, classWeights }: Pick<FitOptions, "labels" | "classWeights">,
): HeldOutScore {
  const k = labels.length;
  const y = labelIndices(labels, rowLabels, "the rows to choose on");
  const even = new Float64Array(y.length).fill(1);
  const weights = classWeights === "balanced" ? balancedWeights(y, even, k) : even;
  const losses = logLosses(probabilities, y, k);
  return {
    logLoss: losses.reduce((sum, loss, r) => sum + weights[r] * loss, 0) / weights.reduce((sum, w) => sum + w, 0),
    macroF1: scorePredictions(y, argmax(probabilities, k), k).macroF1,
  };
}
