import { HeadstartError } from "../errors.js";
import type { GroupedOptions, Interval } from "./intervals/bootstrap.js";
import type { LabelScore } from "./confusion.js";
import { countMarks, markIntervals, markScore, markScores, type MarkIntervals } from "./marks.js";

/** How well the predicted labels of each row match its true ones. Plain JSON. */
export interface MultiLabelEvaluation {
  readonly n: number;
  /** Share of the rows with exactly the true labels. */
  readonly exactMatch: number;
  /** F1 over all marks of all labels. */
  readonly microF1: number;
  /** Mean F1 of the labels that occur in the truth or in the predictions. */
  readonly macroF1: number;
  readonly metric: "macroF1";
  /** 95 % interval of the main metric. */
  readonly interval95: Interval;
  /** Of the scores on infinitely many rows of the same kind, over all labels; see `Evaluation`. */
  readonly intervals95: MarkIntervals;
  /** Has no prototype, so a label may have any name. */
  readonly perLabel: Readonly<Record<string, LabelScore>>;
  /** Mean number of labels of a row. */
  readonly labelsPerRow: { readonly truth: number; readonly predicted: number };
}

/**
 * Compares the predicted labels of each row with its true ones. A row with no label that is given none is an exact match; a ratio without denominator is 0.
 *
 * @param truth      `[rows, classes]`, 1 where the row has the label
 * @param predicted  the same
 * @throws HeadstartError E_NO_ROWS when there are no rows
 * @throws RangeError when the lengths differ
 * @see scikit-learn, `f1_score(average="micro" | "macro")` and `accuracy_score` of indicator matrices; its macro average
 *   counts labels that occur nowhere as 0, this one leaves them out
 * @example
 * // Two rows, two labels; the second row lacks one of its labels.
 * const { microF1 } = evaluateMultiLabel(Uint8Array.of(1, 0, 1, 1), Uint8Array.of(1, 0, 1, 0), { labels: ["a", "b"] });
 * console.log(microF1); // 0.8
 */
export function evaluateMultiLabel(
  truth: Uint8Array,
  predicted: Uint8Array,
  { labels, ...options }: GroupedOptions & { readonly labels: readonly string[] },
): MultiLabelEvaluation {
  const k = labels.length;
  if (truth.length !== predicted.length || truth.length % k !== 0) {
    throw new RangeError(`Cannot compare ${truth.length} true marks with ${predicted.length} of ${k} labels`);
  }
  const n = truth.length / k;
  if (n === 0) throw new HeadstartError("E_NO_ROWS", "Cannot evaluate: there are no rows. Give at least one");
  const marks = countMarks(truth, predicted, k);
  const exactMatch = exactMatches(truth, predicted, k) / n;
  const { microF1, macroF1 } = markScores(marks, k);
  const intervals95 = markIntervals(truth, predicted, { exactMatch, classes: k, ...options });
  const perLabel = Object.create(null) as Record<string, LabelScore>;
  labels.forEach((label, c) => (perLabel[label] = markScore(marks, c)));
  const perRow = (of: Uint8Array): number => of.reduce((sum, mark) => sum + mark, 0) / n;
  return {
    n,
    exactMatch,
    microF1,
    macroF1,
    metric: "macroF1",
    interval95: intervals95.macroF1,
    intervals95,
    perLabel,
    labelsPerRow: { truth: perRow(truth), predicted: perRow(predicted) },
  };
}

function exactMatches(truth: Uint8Array, predicted: Uint8Array, k: number): number {
  let exact = 0;
  for (let at = 0; at < truth.length; at += k) {
    let c = 0;
    while (c < k && truth[at + c] === predicted[at + c]) c++;
    if (c === k) exact++;
  }
  return exact;
}
