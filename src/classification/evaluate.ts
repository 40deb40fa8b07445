import type { LabelMap } from "../dataset/labelMap.js";
import { predictBagOfWords, type BagOfWords } from "../head/linear/bagOfWords.js";
import { argmax, decisionScores, predictProbabilities, type Head } from "../head/head.js";
import { evaluateCalibration } from "../metrics/calibration.js";
import {
  advantageOver,
  evaluateClassification,
  majorityScore,
  scorePredictions,
  type Evaluation,
} from "../metrics/classification.js";
import { countOf, labelCounts } from "../dataset/labeledCorpus.js";
import { labelIndices, labelSpace, project } from "../dataset/mapLabels.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";

/** What evaluation needs of a trained head. */
export interface EvaluatedHead {
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  readonly labelCounts: Readonly<Record<string, number>>;
}

export interface EvaluateOptions {
  /** Applied to the head's labels too: dropped ones are never predicted, renamed ones merge. */
  readonly map?: LabelMap | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** Named in messages. */
  readonly file?: string | undefined;
}

/** An evaluation with the predictions that it counts. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly labels: readonly string[];
  /** Index into `labels` of every row. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
}

/**
 * Evaluates a head on labeled vectors, with the baselines that were fitted on its training rows beside it.
 *
 * @throws HeadstartError E_LABEL_MAP when the rows have labels that the head does not know
 * @example
 * const { evaluation } = evaluateHead(trained, dev);
 * console.log(evaluation.macroF1, evaluation.interval95, evaluation.majority.macroF1);
 */
export function evaluateHead(trained: EvaluatedHead, data: LabeledVectors, options: EvaluateOptions = {}): Evaluated {
  const probabilities = predictProbabilities(trained.head, data.vectors);
  const words = predictBagOfWords(trained.bagOfWords, data.texts);
  return evaluatePredictions(trained, { probabilities, words, labels: data.labels }, options);
}

/** Predictions of labeled rows. */
export interface PredictedRows {
  /** `[rows, head labels]`, calibrated. */
  readonly probabilities: Float64Array;
  /** The same by the bag of words. */
  readonly words: Float64Array;
  /** The true labels. */
  readonly labels: readonly string[];
}

/** Evaluates predictions of a head, or of heads like it on rows that these have not seen. */
export function evaluatePredictions(
  trained: Pick<EvaluatedHead, "head" | "labelCounts">,
  rows: PredictedRows,
  options: EvaluateOptions = {},
): Evaluated {
  const { map, seed = 1, file = "the corpus" } = options;
  const { head } = trained;
  const space = labelSpace(head.labels, map);
  const { labels } = space;
  const classes = labels.length;
  const truth = labelIndices(labels, rows.labels, file);
  const probabilities = project(rows.probabilities, space);
  const predicted = argmax(project(decisionScores(head, rows.probabilities), space), classes);
  const words = argmax(project(rows.words, space), classes);
  const scored = evaluateClassification(truth, predicted, labels, {
    seed,
    baselines: {
      majority: majorityScore(truth, majorityClass(labels, countsIn(trained, space)), classes),
      bagOfWords: scorePredictions(truth, words, classes),
    },
  });
  const isCalibrated = head.temperature !== undefined;
  const evaluation: Evaluation = {
    ...scored,
    overBagOfWords: advantageOver(truth, [predicted, words], { classes, seed }),
    ...(isCalibrated ? { ece: evaluateCalibration(probabilities, truth, { classes }).ece } : {}),
  };
  return { evaluation, labels, truth, predicted, probabilities };
}

function countsIn(
  { head, labelCounts: counts }: Pick<EvaluatedHead, "head" | "labelCounts">,
  { labels, target }: ReturnType<typeof labelSpace>,
): Record<string, number> {
  const result = labelCounts([]);
  head.labels.forEach((label, k) => {
    if (target[k] < 0) return;
    const name = labels[target[k]];
    result[name] = countOf(result, name) + countOf(counts, label);
  });
  return result;
}

/** Rows that were predicted wrongly, as indices, the most confident first. */
export function mistakesOf({ truth, predicted, probabilities, labels }: Evaluated): number[] {
  const confidence = (r: number): number => probabilities[r * labels.length + predicted[r]];
  return Array.from(truth.keys())
    .filter((r) => truth[r] !== predicted[r])
    .sort((a, b) => confidence(b) - confidence(a) || a - b);
}

/** Index of the label with the most training rows. */
export function majorityClass(labels: readonly string[], counts: Readonly<Record<string, number>>): number {
  let best = 0;
  labels.forEach((label, i) => {
    if (countOf(counts, label) > countOf(counts, labels[best])) best = i;
  });
  return best;
}
