import { predictProbabilities, argmax, decisionScores, type Head } from "../head/head.js";
import type { Matrix } from "../math/matrix.js";
import { predictionSets } from "../metrics/conformal.js";
import { applyDecisionRule, ABSTAIN, type DecisionRule } from "./selectivePrediction.js";

/** What a head predicts for one text, or abstains from. */
export interface SelectivePrediction {
  /** Null where the decision rule abstains. */
  readonly label: string | null;
  /** Of the label; of the most probable one where the rule abstains. */
  readonly probability: number;
  /** Of every label; they sum to 1. Has no prototype, so a label may have any name. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Prediction set: labels that contain the true one at the target coverage; absent unless asked for. */
  readonly set?: readonly string[] | undefined;
  /** Of a multi-label head: the labels that `label` joins. */
  readonly labels?: readonly string[] | undefined;
}

/** What a head predicts for one text. */
export interface Prediction extends SelectivePrediction {
  readonly label: string;
}

export interface PredictOptions {
  /** When to predict, and what. @default the most probable label, always */
  readonly rule?: DecisionRule | undefined;
  /** Least probability of a label in a prediction set (see conformal.ts). @default no sets */
  readonly predictionSetThreshold?: number | undefined;
}

/**
 * Predictions for rows of vectors `[texts, width]`, in their order; with a rule the label is null where it abstains.
 *
 * @throws HeadstartError E_SHAPE when the rows are not as wide as those that the head was trained on; E_NOT_FINITE
 * @example
 * const { vectors } = await embedTexts(encoder, ["I loved it"]);
 * const [prediction] = predictVectors(trained.head, vectors);
 * console.log(prediction?.label, prediction?.probability);
 */
export function predictVectors(
  head: Head,
  vectors: Matrix,
  options?: PredictOptions & { readonly rule?: undefined },
): Prediction[];
export function predictVectors(head: Head, vectors: Matrix, options?: PredictOptions): SelectivePrediction[];
export function predictVectors(head: Head, vectors: Matrix, options: PredictOptions = {}): SelectivePrediction[] {
  const { rule, predictionSetThreshold } = options;
  const { labels } = head;
  const probabilities = predictProbabilities(head, vectors);
  const tops = argmax(decisionScores(head, probabilities), labels.length);
  const predictions = rule === undefined ? tops : applyDecisionRule(probabilities, rule);
  const sets =
    predictionSetThreshold === undefined
      ? undefined
      : predictionSets(probabilities, labels.length, predictionSetThreshold);
  return Array.from(predictions, (predicted, r) => {
    const named = Object.create(null) as Record<string, number>;
    labels.forEach((label, k) => (named[label] = probabilities[r * labels.length + k]));
    return {
      label: predicted === ABSTAIN ? null : labels[predicted],
      probability: probabilities[r * labels.length + (predicted === ABSTAIN ? tops[r] : predicted)],
      probabilities: named,
      ...(sets === undefined ? {} : { set: sets[r].map((k) => labels[k]) }),
    };
  });
}
