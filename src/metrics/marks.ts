import { ratio, type LabelScore } from "./confusion.js";

/** Marks of rows that may have several labels: for every label its hits, misses and false alarms, `[classes * 3]`. */
export type MarkCounts = Float64Array;

/** How a label's mark turns out: a hit, a miss, a false alarm; -1 where the label is neither true nor predicted. */
export const markTurn = (isTrue: number, isPredicted: number): number =>
  isTrue === 1 ? (isPredicted === 1 ? 0 : 1) : isPredicted === 1 ? 2 : -1;

/**
 * Counts the marks of rows.
 *
 * @param truth      `[rows, classes]`, 1 where the row has the label
 * @param predicted  the same
 */
export function countMarks(truth: Uint8Array, predicted: Uint8Array, classes: number): MarkCounts {
  const counts = new Float64Array(3 * classes);
  for (let i = 0; i < truth.length; i++) {
    const turn = markTurn(truth[i], predicted[i]);
    if (turn >= 0) counts[3 * (i % classes) + turn]++;
  }
  return counts;
}

/** Precision, recall, F1 and support of label `c`. A ratio without denominator is 0. */
export function markScore(counts: MarkCounts, c: number): LabelScore {
  const [hits, misses, alarms] = counts.subarray(3 * c, 3 * c + 3);
  return {
    precision: ratio(hits, hits + alarms),
    recall: ratio(hits, hits + misses),
    f1: f1Of(hits, misses + alarms),
    support: hits + misses,
  };
}

/** F1 over all marks of all labels, and the mean F1 of the labels that occur. */
export function markScores(
  counts: MarkCounts,
  classes: number,
): { readonly microF1: number; readonly macroF1: number } {
  let [hits, wrong, sum, occurring] = [0, 0, 0, 0];
  for (let c = 0; c < classes; c++) {
    const own = counts[3 * c];
    const ownWrong = counts[3 * c + 1] + counts[3 * c + 2];
    hits += own;
    wrong += ownWrong;
    if (own + ownWrong === 0) continue;
    sum += f1Of(own, ownWrong);
    occurring++;
  }
  return { microF1: f1Of(hits, wrong), macroF1: ratio(sum, occurring) };
}

/** F1 of hits and of misses and false alarms together. */
export const f1Of = (hits: number, wrong: number): number => ratio(2 * hits, 2 * hits + wrong);
