import { HeadstartError } from "../errors.js";
import type { GroupedOptions, Interval } from "./bootstrap.js";
import { confusionCounts, labelScore, macroScores, type LabelScore } from "./confusion.js";
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
}

/** How well predictions match the truth, with intervals and baselines. Plain JSON. */
export interface Evaluation {
  /** Rows compared. */
  readonly n: number;
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
  /** Always predicting one label. */
  readonly majority: Score;
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
  /** What simpler models reach on the same rows. */
  readonly baselines?:
    | {
        /** @default always predicting the majority class of the truth, the best that any constant prediction can do */
        readonly majority?: Score | undefined;
        /** @default null */
        readonly bagOfWords?: Score | null | undefined;
      }
    | undefined;
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
 * @param predicted  same length
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
  const counts = confusionCounts(truth, predicted, classes);
  if (truth.length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot evaluate: no row has both a text and a label. Give at least one row");
  }
  const { seed, resamples, groups } = options;
  const intervals95 = confusionIntervals(truth, predicted, { classes, seed, resamples, groups });
  const perLabel = labels.map((_, c) => labelScore(counts, classes, c));
  return {
    n: truth.length,
    ...macroScores(counts, classes),
    metric: "macroF1",
    interval95: intervals95.macroF1,
    intervals95,
    perLabel: byName(labels, perLabel),
    confusion: { labels: [...labels], counts: toRows(counts, classes) },
    majority: options.baselines?.majority ?? majorityScore(truth, majorityIndex(truth, classes), classes),
    bagOfWords: options.baselines?.bagOfWords ?? null,
    missing: labels.filter((_, c) => perLabel[c].support === 0),
  };
}

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

/** Scores of predicting `label` for every row; `label` is best the majority class of the training rows. */
export function majorityScore(truth: Int32Array, label: number, classes: number): Score {
  return scorePredictions(truth, new Int32Array(truth.length).fill(label), classes);
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
