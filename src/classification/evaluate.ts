import { duplicateGroups } from "../dataset/duplicates.js";
import type { LabelMap } from "../dataset/labelMap.js";
import { predictBagOfWords, type BagOfWords } from "../head/linear/bagOfWords.js";
import { argmax, decisionScores, predictProbabilities, type Head } from "../head/head.js";
import { topCalibration } from "../metrics/calibrationScore.js";
import { evaluateClassification, type Evaluation } from "../metrics/classification.js";
import { ABSTAIN } from "../metrics/confusion.js";
import { labelIndices, labelSpace, project } from "../dataset/mapLabels.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";
import { applyDecisionRule, defaultRule, type DecisionRule } from "./decision/decisionRule.js";

/** What evaluation needs of a trained head. */
export interface EvaluatedHead {
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
}

export interface EvaluateOptions {
  /** Applied to the head's labels too: dropped ones are never predicted, renamed ones merge. */
  readonly map?: LabelMap | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** In the labels that the map leaves. @default that of the head, which never abstains */
  readonly rule?: DecisionRule | undefined;
  /** Named in messages. */
  readonly file?: string | undefined;
}

/** An evaluation with the predictions that it counts. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly labels: readonly string[];
  /** Index into `labels` of every row. */
  readonly truth: Int32Array;
  /** The same, or ABSTAIN where the rule abstains. */
  readonly predicted: Int32Array;
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
  /** What a label is chosen by, where that is not its probability: see decisionScores(). */
  readonly scores?: Float64Array | undefined;
  /** Group of every row, equal texts in one; see `duplicateGroups`. */
  readonly groups?: Int32Array | undefined;
}

/**
 * Evaluates a head on labeled vectors, with baselines beside it: the best constant prediction, and the bag of words
 * that was fitted on its training rows. Rows on which a rule abstains count as found for no label, and as predictions of none.
 *
 * @throws HeadstartError E_LABEL_MAP when the rows have labels that the head does not know
 * @example
 * const { evaluation } = evaluateHead(trained, dev);
 * console.log(evaluation.macroF1, evaluation.interval95, evaluation.majority.macroF1);
 */
export function evaluateHead(trained: EvaluatedHead, data: LabeledVectors, options: EvaluateOptions = {}): Evaluated {
  const probabilities = predictProbabilities(trained.head, data.vectors);
  const words = predictBagOfWords(trained.bagOfWords, data.texts);
  return evaluatePredictions(
    trained,
    { probabilities, words, labels: data.labels, groups: duplicateGroups(data.texts) },
    options,
  );
}

/** Predictions of labeled rows. */
export interface PredictedRows {
  /** `[rows, head labels]`, calibrated. */
  readonly probabilities: Float64Array;
  /** The same by the bag of words. */
  readonly words: Float64Array;
  /** The true labels. */
  readonly labels: readonly string[];
  /** Group of every row, equal texts in one; see `duplicateGroups`. */
  readonly groups: Int32Array;
}

/** Evaluates predictions of a head, or of heads like it on rows that these have not seen. */
export function evaluatePredictions(
  { head }: Pick<EvaluatedHead, "head">,
  rows: PredictedRows,
  options: EvaluateOptions = {},
): Evaluated {
  const { map, seed = 1, file = "the corpus", rule } = options;
  const space = labelSpace(head.labels, map);
  const { labels } = space;
  const classes = labels.length;
  const truth = labelIndices(labels, rows.labels, file);
  const probabilities = project(rows.probabilities, space);
  const scores = head.priorShift && project(decisionScores(head, rows.probabilities), space);
  const predicted = applyDecisionRule(probabilities, rule ?? defaultRule(classes), scores);
  const words = argmax(project(rows.words, space), classes);
  const { groups } = rows;
  const scored = evaluateClassification(truth, predicted, labels, {
    seed,
    bagOfWords: words,
    groups,
  });
  const isCalibrated = head.temperature !== undefined;
  const evaluation: Evaluation = {
    ...scored,
    ...(isCalibrated ? { ece: topCalibration(probabilities, truth, { classes, seed, groups }).ece } : {}),
  };
  return { evaluation, labels, truth, predicted, probabilities, scores, groups };
}

/** Rows that were predicted wrongly, as indices, the most confident first; those without a prediction are none. */
export function mistakesOf({ truth, predicted, probabilities, labels }: Evaluated): number[] {
  const confidence = (r: number): number => probabilities[r * labels.length + predicted[r]];
  return Array.from(truth.keys())
    .filter((r) => predicted[r] !== ABSTAIN && truth[r] !== predicted[r])
    .sort((a, b) => confidence(b) - confidence(a) || a - b);
}
