import { HeadstartError } from "../errors.js";
import type { GroupedOptions, Interval } from "./intervals/bootstrap.js";
import { ABSTAIN, confusionCounts, labelScore, macroScores, type LabelScore } from "./confusion.js";
import { confusionIntervals, type ConfusionIntervals } from "./confusionIntervals.js";
import { mcnemar } from "./mcnemar.js";
import { pairedBootstrap } from "./paired.js";

/** What a baseline reaches on the same rows. */
export interface Score {
  readonly accuracy: number;
  readonly macroF1: number;
}

/** Counts of (truth, predicted) pairs: `counts[t][p]` rows have truth `labels[t]` and prediction `labels[p]`. */
export interface Confusion {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /** Rows of each true label that were given none; absent where there are no such rows. */
  readonly abstained?: readonly number[] | undefined;
}

/** How well predictions match the truth, with intervals and baselines. Plain JSON. */
export interface Evaluation {
  /** Rows compared. */
  readonly n: number;
  /** Those without a prediction, which count as found for no label; absent where there are none. */
  readonly abstained?: number | undefined;
  readonly accuracy: number;
  /** Mean F1 of the labels that occur in the truth or in the predictions. */
  readonly macroF1: number;
  /** Mean recall of the labels that occur in the truth. */
  readonly macroRecall: number;
  /** Which of the numbers is the main one. */
  readonly metric: "macroF1";
  /** 95 % interval of the main metric. */
  readonly interval95: Interval;
  /**
   * Of the scores that the same head would have on infinitely many rows of the same kind, over all labels. They leave out
   * that other training rows would give another head.
   */
  readonly intervals95: ConfusionIntervals;
  /** Has no prototype, so a label may have any name. */
  readonly perLabel: Readonly<Record<string, LabelScore>>;
  readonly confusion: Confusion;
  /** Always predicting the most frequent label of these rows, which no other constant prediction beats. */
  readonly majority: Score;
  /** How much better the predictions are than that. */
  readonly overMajority?: Advantage | undefined;
  /** A linear model of word counts, fitted on the same training rows as the head; null when there is none. */
  readonly bagOfWords: Score | null;
  /** How much more the predictions are right than those of the bag of words on the same rows; absent without one. */
  readonly overBagOfWords?: Advantage | undefined;
  /** Expected calibration error of the probabilities; absent where the head was never calibrated. */
  readonly ece?: number | undefined;
  /** Labels that no row of the truth has: their recall is not measured, and macro-recall leaves them out. */
  readonly missing: readonly string[];
}

/** What one predictor has over another on the same rows. */
export interface Advantage {
  /** Difference in macro-F1. */
  readonly macroF1: number;
  /** Of it on infinitely many rows of the same kind. */
  readonly interval95: Interval;
  /** McNemar's exact test of equal accuracy. */
  readonly mcnemarP: number;
}

export interface EvaluationOptions extends GroupedOptions {
  /** What a bag of words predicts for the same rows: indices into `labels`. @default there is none */
  readonly bagOfWords?: Int32Array | undefined;
}

/**
 * Compares predicted labels with true ones.
 *
 * Macro-F1 averages over the labels that occur in the truth or in the predictions; macro-recall over the labels that
 * occur in the truth. A label of `labels` that no row has is listed in `missing`: it still lowers macro-F1 when it is
 * predicted. A precision or recall without a denominator is 0. The intervals are about averages over all of `labels`.
 *
 * A label that the truth has and the head does not know belongs into `labels` too, after the head's own; its recall
 * is 0.
 *
 * @param truth      index into `labels` of each row
 * @param predicted  same length; ABSTAIN where there is no prediction
 * @throws HeadstartError E_NO_ROWS when there are no rows
 * @throws RangeError when the lengths differ or an index is out of range
 * @see confusion.ts for the averages, confusionIntervals.ts for the intervals
 * @example
 * const { accuracy, confusion } = evaluateClassification(Int32Array.of(0, 1, 1), Int32Array.of(0, 1, 0), ["ham", "spam"]);
 * console.log(accuracy.toFixed(2), confusion.counts); // 0.67 [ [ 1, 0 ], [ 1, 1 ] ]
 */
export function evaluateClassification(
  truth: Int32Array,
  predicted: Int32Array,
  labels: readonly string[],
  options: EvaluationOptions = {},
): Evaluation {
  const classes = labels.length;
  // Rows without a prediction have a column of their own, and none of the averages.
  const columns = predicted.includes(ABSTAIN) ? classes + 1 : classes;
  const counts = confusionCounts(truth, placed(predicted, classes), columns);
  if (truth.length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot evaluate: no row has both a text and a label. Give at least one row");
  }
  const { seed, resamples, groups } = options;
  const isCounted = Array.from({ length: columns }, (_, c) => c < classes);
  const columnsOf = { classes: columns, isCounted, seed, resamples, groups };
  const intervals95 = confusionIntervals(truth, placed(predicted, classes), columnsOf);
  const perLabel = labels.map((_, c) => labelScore(counts, columns, c));
  const table = toRows(counts, columns).slice(0, classes);
  const abstained = columns > classes ? table.map((cells) => cells[classes]) : undefined;
  return {
    n: truth.length,
    ...(abstained === undefined ? {} : { abstained: abstained.reduce((sum, rows) => sum + rows, 0) }),
    ...macroScores(counts, columns, isCounted),
    metric: "macroF1",
    interval95: intervals95.macroF1,
    intervals95,
    perLabel: byName(labels, perLabel),
    confusion: {
      labels: [...labels],
      counts: table.map((cells) => cells.slice(0, classes)),
      ...(abstained === undefined ? {} : { abstained }),
    },
    ...baselines(truth, predicted, { ...options, classes }),
    missing: labels.filter((_, c) => perLabel[c].support === 0),
  };
}

/** What simpler predictions reach on the same rows, and what the predictions have over them. */
function baselines(
  truth: Int32Array,
  predicted: Int32Array,
  { bagOfWords, classes, ...options }: EvaluationOptions & { readonly classes: number },
): Pick<Evaluation, "majority" | "overMajority" | "bagOfWords" | "overBagOfWords"> {
  const over = (other: Int32Array): Advantage => advantageOver(truth, [predicted, other], { ...options, classes });
  // Which abstain from none of the rows, so that there is nothing to compare where the predictions do.
  const isComparable = !predicted.includes(ABSTAIN);
  const constant = new Int32Array(truth.length).fill(majorityIndex(truth, classes));
  return {
    majority: scorePredictions(truth, constant, classes),
    ...(isComparable ? { overMajority: over(constant) } : {}),
    bagOfWords: bagOfWords === undefined ? null : scorePredictions(truth, bagOfWords, classes),
    ...(isComparable && bagOfWords !== undefined ? { overBagOfWords: over(bagOfWords) } : {}),
  };
}

const placed = (predicted: Int32Array, classes: number): Int32Array =>
  predicted.map((label) => (label === ABSTAIN ? classes : label));

/** What `first` has over `second`. @throws RangeError like `evaluateClassification` */
export function advantageOver(
  truth: Int32Array,
  predictions: readonly [first: Int32Array, second: Int32Array],
  options: GroupedOptions & { readonly classes: number },
): Advantage {
  const { difference, interval95 } = pairedBootstrap(truth, predictions, options);
  return { macroF1: difference, interval95, mcnemarP: mcnemar(truth, predictions).p };
}

/** Accuracy and macro-F1 alone, for a baseline. @throws RangeError like `evaluateClassification` */
export function scorePredictions(truth: Int32Array, predicted: Int32Array, classes: number): Score {
  const { accuracy, macroF1 } = macroScores(confusionCounts(truth, predicted, classes), classes);
  return { accuracy, macroF1 };
}

/** Index of the class with the most rows; the first of several. */
export function majorityIndex(truth: Int32Array, classes: number): number {
  const rows = new Int32Array(classes);
  for (const c of truth) rows[c]++;
  return rows.indexOf(rows.reduce((most, count) => Math.max(most, count), 0));
}

/** Without a prototype `__proto__` is a name like any other. */
function byName(labels: readonly string[], scores: readonly LabelScore[]): Record<string, LabelScore> {
  const named: Record<string, LabelScore> = Object.create(null);
  labels.forEach((label, c) => (named[label] = scores[c]));
  return named;
}

const toRows = (counts: Int32Array, classes: number): number[][] =>
  Array.from({ length: classes }, (_, t) => Array.from(counts.subarray(t * classes, (t + 1) * classes)));
