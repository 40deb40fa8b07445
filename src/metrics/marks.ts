import type { Random } from "../math/random.js";
import { resampledIntervals, type GroupedOptions, type Interval } from "./intervals/bootstrap.js";
import { drawGamma } from "../math/gamma.js";
import { drawCounted, drawLabelPrior } from "./intervals/labelPrior.js";
import { ratio, type LabelScore } from "./confusion.js";
import { proportionInterval } from "./intervals/binomial.js";
import { groupRows, weighInto } from "./intervals/rowGroups.js";

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

/** 95 % intervals of the scores of rows that may have several labels. */
export interface MarkIntervals {
  readonly exactMatch: Interval;
  readonly microF1: Interval;
  readonly macroF1: Interval;
}

/**
 * 95 % intervals of the share of exact matches, micro-F1 and macro-F1, by the same resamples as a confusion matrix's (see
 * confusionIntervals.ts).
 *
 * @param truth      `[rows, classes]`, 1 where the row has the label
 * @param predicted  the same
 */
export function markIntervals(
  truth: Uint8Array,
  predicted: Uint8Array,
  options: GroupedOptions & { readonly classes: number; readonly exactMatch: number },
): MarkIntervals {
  const { classes, exactMatch, groups, ...rest } = options;
  const patterns = patternsOf(truth, predicted, classes);
  const rows = groupRows(patterns.ofRow, groups);
  const weights = new Float64Array(patterns.marks.length);
  const counts = new Float64Array(3 * classes);
  const isSeen = Array.from({ length: classes }, (_, c) => patterns.marks.some((own) => own.some(([l]) => l === c)));
  const measured = markScores(countMarks(truth, predicted, classes), classes);
  const marksPerRow = clustered(patterns);
  const drawnOnce = (random: Random): readonly number[] => {
    weighInto(weights, rows, random);
    counts.fill(0);
    patterns.marks.forEach((own, i) => own.forEach(([label, turn]) => (counts[3 * label + turn] += weights[i])));
    const [right, wrong] = sums(counts);
    const unit = rows.rowsPerGroup;
    const micro = [right, wrong].map((sum) => sum + unit * marksPerRow * drawGamma(0.5, random));
    const draw = drawLabelPrior([right, wrong], { classes, unit, random });
    drawCounted(isSeen, rows.size, random).forEach((counted, c) => {
      if (!counted) return;
      const [hits, others] = draw();
      counts[3 * c] += hits;
      counts[3 * c + (random() < 0.5 ? 1 : 2)] += others;
    });
    return [f1Of(micro[0], micro[1]), markScores(counts, classes).macroF1];
  };
  const [microF1, macroF1] = resampledIntervals([measured.microF1, measured.macroF1], drawnOnce, rest);
  return {
    exactMatch: proportionInterval(exactMatch, patterns.ofRow.length / rows.rowsPerGroup),
    microF1,
    macroF1,
  };
}

/** Rows that are alike in their true and their predicted labels. */
interface Patterns {
  /** Of each row. */
  readonly ofRow: Int32Array;
  /** Labels of each pattern and how their marks turn out. */
  readonly marks: readonly (readonly (readonly [label: number, turn: number])[])[];
}

/** Patterns in the order of what they are, so that the same rows in another order give the same resamples. */
function patternsOf(truth: Uint8Array, predicted: Uint8Array, classes: number): Patterns {
  const keys = Array.from({ length: truth.length / classes }, (_, r) => {
    const turns = Array.from({ length: classes }, (__, c) =>
      markTurn(truth[r * classes + c], predicted[r * classes + c]),
    );
    return turns.flatMap((turn, label) => (turn < 0 ? [] : [`${label}:${turn}`])).join(" ");
  });
  const distinct = [...new Set(keys)].sort();
  const place = new Map(distinct.map((key, i) => [key, i]));
  return {
    ofRow: Int32Array.from(keys, (key) => place.get(key)!),
    marks: distinct.map((key) =>
      key === "" ? [] : key.split(" ").map((mark) => mark.split(":").map(Number) as [number, number]),
    ),
  };
}

/** Mean number of marks in the row of a mark; at least 1. */
function clustered({ ofRow, marks }: Patterns): number {
  let [sum, squares] = [0, 0];
  for (const pattern of ofRow) {
    sum += marks[pattern].length;
    squares += marks[pattern].length ** 2;
  }
  return sum === 0 ? 1 : squares / sum;
}

/** Marks that are right and marks that are wrong, over all labels. */
function sums(counts: MarkCounts): readonly [right: number, wrong: number] {
  let [right, wrong] = [0, 0];
  counts.forEach((rows, i) => {
    if (i % 3 === 0) right += rows;
    else wrong += rows;
  });
  return [right, wrong];
}
