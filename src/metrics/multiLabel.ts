import { HeadstartError } from "../errors.js";
import { bootstrapIntervals, type BootstrapOptions, type Interval } from "./bootstrap.js";
import type { LabelScore } from "./confusion.js";
import { ratio } from "./confusion.js";

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
  /** 95 % interval of the main metric: percentile bootstrap over the rows. */
  readonly interval95: Interval;
  readonly intervals95: { readonly exactMatch: Interval; readonly microF1: Interval; readonly macroF1: Interval };
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
  { labels, ...options }: BootstrapOptions & { readonly labels: readonly string[] },
): MultiLabelEvaluation {
  const k = labels.length;
  if (truth.length !== predicted.length || truth.length % k !== 0) {
    throw new RangeError(`Cannot compare ${truth.length} true marks with ${predicted.length} of ${k} labels`);
  }
  const n = truth.length / k;
  if (n === 0) throw new HeadstartError("E_NO_ROWS", "Cannot evaluate: there are no rows. Give at least one");
  const { counts, patterns } = patternsOf(truth, predicted, k);
  const statistics = (drawn: Int32Array): readonly number[] => scores(drawn, patterns, k);
  const [exactMatch, microF1, macroF1] = statistics(counts);
  const [exact, micro, macro] = bootstrapIntervals(counts, statistics, options);
  const perLabel = Object.create(null) as Record<string, LabelScore>;
  labels.forEach((label, c) => (perLabel[label] = labelScore(counts, patterns, c)));
  const marks = (of: Uint8Array): number => of.reduce((sum, mark) => sum + mark, 0) / n;
  return {
    n,
    exactMatch,
    microF1,
    macroF1,
    metric: "macroF1",
    interval95: macro,
    intervals95: { exactMatch: exact, microF1: micro, macroF1: macro },
    perLabel,
    labelsPerRow: { truth: marks(truth), predicted: marks(predicted) },
  };
}

/** True and predicted labels of rows that are alike in both. */
interface Pattern {
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** Distinct patterns and how many rows have each; rows alike are alike to every score. */
function patternsOf(
  truth: Uint8Array,
  predicted: Uint8Array,
  k: number,
): { readonly counts: Int32Array; readonly patterns: readonly Pattern[] } {
  const rows = new Map<string, { pattern: Pattern; count: number }>();
  for (let at = 0; at < truth.length; at += k) {
    const pattern = { truth: truth.subarray(at, at + k), predicted: predicted.subarray(at, at + k) };
    const key = `${pattern.truth.join("")} ${pattern.predicted.join("")}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { pattern, count: 1 });
    else known.count++;
  }
  // In the order of the keys, so that the same rows in another order give the same intervals.
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return { counts: Int32Array.from(sorted, ({ count }) => count), patterns: sorted.map(({ pattern }) => pattern) };
}

function scores(counts: Int32Array, patterns: readonly Pattern[], k: number): readonly number[] {
  const [hits, named, support] = [0, 1, 2].map(() => new Float64Array(k));
  let [exact, n] = [0, 0];
  patterns.forEach(({ truth, predicted }, i) => {
    if (counts[i] === 0) return;
    let same = true;
    for (let c = 0; c < k; c++) {
      if (truth[c] !== predicted[c]) same = false;
      hits[c] += counts[i] * truth[c] * predicted[c];
      named[c] += counts[i] * predicted[c];
      support[c] += counts[i] * truth[c];
    }
    n += counts[i];
    if (same) exact += counts[i];
  });
  const sum = (values: Float64Array): number => values.reduce((total, v) => total + v, 0);
  const occurring = [...hits.keys()].filter((c) => named[c] + support[c] > 0);
  const macro = occurring.reduce((total, c) => total + (2 * hits[c]) / (named[c] + support[c]), 0);
  return [ratio(exact, n), ratio(2 * sum(hits), sum(named) + sum(support)), ratio(macro, occurring.length)];
}

function labelScore(counts: Int32Array, patterns: readonly Pattern[], c: number): LabelScore {
  const total = (has: (pattern: Pattern) => number): number =>
    patterns.reduce((sum, pattern, i) => sum + counts[i] * has(pattern), 0);
  const hit = total(({ truth, predicted }) => truth[c] * predicted[c]);
  const named = total(({ predicted }) => predicted[c]);
  const support = total(({ truth }) => truth[c]);
  return { precision: ratio(hit, named), recall: ratio(hit, support), f1: ratio(2 * hit, named + support), support };
}
