import { HeadstartError } from "../errors.js";
import type { GroupedOptions, Interval } from "./intervals/bootstrap.js";
import { confusionCounts, macroScores } from "./confusion.js";
import { confusionIntervals } from "./confusionIntervals.js";
import { addEntityCounts, entityScore, type EntityCounts } from "./entities.js";
import { entityInterval } from "./entityIntervals.js";
import { mcnemar, type McNemar } from "./mcnemar.js";
import { pairedBootstrap, type ConfusionStatistic } from "./paired.js";
import { entityRandomizationP } from "./randomization.js";

/** A difference between two predictors on the same rows, the first minus the second. */
export interface Difference {
  readonly difference: number;
  /** Paired bootstrap over the rows. It does not contain what another training of the predictors would give. */
  readonly interval95: Interval;
}

/** A number of one predictor. */
export interface Measured {
  readonly value: number;
  readonly interval95: Interval;
}

/** How often two predictors are right on the same rows. */
export interface Agreement {
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neitherRight: number;
}

/** Which of two predictors is better: "unknown" where the rows do not tell. */
export type ComparisonCall = "first" | "second" | "unknown";

/** How two predictors compare on the same rows. Plain JSON. */
export interface PredictionComparison extends Difference {
  readonly n: number;
  /** What `difference` is of. */
  readonly metric: "macroF1";
  readonly call: ComparisonCall;
  /** Approximate randomization test of equal macro-F1. */
  readonly randomizationP: number;
  readonly accuracyDifference: Difference;
  /** McNemar's exact test of equal accuracy. */
  readonly mcnemar: McNemar;
  readonly macroF1: readonly [first: Measured, second: Measured];
  readonly accuracy: readonly [first: Measured, second: Measured];
  readonly agreement: Agreement;
  /** Of the rows of each label; has no prototype, so a label may have any name. */
  readonly perLabel: Readonly<Record<string, Agreement>>;
  /** Rows for which the two predict different labels. */
  readonly differing: number;
}

/** Below it a p-value calls two predictors different. */
const LEVEL = 0.05;

/**
 * Which is better: a call needs the interval to lie on one side of zero, and the randomization test to agree, which holds
 * where rows are too few for the interval.
 */
export function comparisonCall([low, high]: Interval, p: number): ComparisonCall {
  if (p >= LEVEL) return "unknown";
  return low > 0 ? "first" : high < 0 ? "second" : "unknown";
}

/**
 * Compares two predictors on the same rows: macro-F1, accuracy, and where they differ.
 *
 * @param truth        index into `labels` of each row
 * @param predictions  of the first and the second predictor, each as long as `truth`
 * @throws HeadstartError E_NO_ROWS when there are no rows
 * @throws RangeError when the lengths differ or an index is out of range
 * @example
 * const truth = Int32Array.of(0, 1, 0, 1);
 * const other = Int32Array.of(0, 0, 0, 0);
 * const { difference, call, agreement } = comparePredictions(truth, [truth, other], ["ham", "spam"]);
 * console.log(difference.toFixed(3), call, agreement.onlyFirst); // 0.667 unknown 2
 */
export function comparePredictions(
  truth: Int32Array,
  predictions: readonly [first: Int32Array, second: Int32Array],
  labels: readonly string[],
  options: GroupedOptions = {},
): PredictionComparison {
  if (truth.length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot compare: no row has both a text and a label. Give at least one row");
  }
  const classes = labels.length;
  const { difference, interval95, p } = pairedBootstrap(truth, predictions, { ...options, classes });
  const statistic: ConfusionStatistic = (counts) => macroScores(counts, classes).accuracy;
  const ofAccuracy = pairedBootstrap(truth, predictions, { ...options, classes, statistic });
  const [first, second] = predictions.map((own) => measured(truth, own, { ...options, classes }));
  const perLabel: Record<string, Agreement> = Object.create(null) as Record<string, Agreement>;
  labels.forEach((label, c) => {
    const rows = Int32Array.from(truth.keys()).filter((r) => truth[r] === c);
    if (rows.length > 0) perLabel[label] = agreementOn(truth, predictions, rows);
  });
  return {
    n: truth.length,
    metric: "macroF1",
    difference,
    interval95,
    call: comparisonCall(interval95, p),
    randomizationP: p,
    accuracyDifference: { difference: ofAccuracy.difference, interval95: ofAccuracy.interval95 },
    mcnemar: mcnemar(truth, predictions),
    macroF1: [first.macroF1, second.macroF1],
    accuracy: [first.accuracy, second.accuracy],
    agreement: agreementOn(truth, predictions, Int32Array.from(truth.keys())),
    perLabel,
    differing: predictions[0].filter((label, r) => label !== predictions[1][r]).length,
  };
}

function measured(
  truth: Int32Array,
  predicted: Int32Array,
  { classes, ...options }: GroupedOptions & { readonly classes: number },
): { readonly macroF1: Measured; readonly accuracy: Measured } {
  const { macroF1, accuracy } = macroScores(confusionCounts(truth, predicted, classes), classes);
  const intervals = confusionIntervals(truth, predicted, { ...options, classes });
  return {
    macroF1: { value: macroF1, interval95: intervals.macroF1 },
    accuracy: { value: accuracy, interval95: intervals.accuracy },
  };
}

function agreementOn(
  truth: Int32Array,
  [first, second]: readonly [Int32Array, Int32Array],
  rows: Int32Array,
): Agreement {
  const pairs = Array.from(rows, (r) => [first[r] === truth[r], second[r] === truth[r]] as const);
  return agreementOf(pairs);
}

/** Counts of what is right by the first and by the second. */
export function agreementOf(pairs: readonly (readonly [first: boolean, second: boolean])[]): Agreement {
  const count = (a: boolean, b: boolean): number => pairs.filter(([x, y]) => x === a && y === b).length;
  return {
    bothRight: count(true, true),
    onlyFirst: count(true, false),
    onlySecond: count(false, true),
    neitherRight: count(false, false),
  };
}

/** How two taggers compare on the same sentences, in strict entity F1. Plain JSON. */
export interface EntityComparison extends Difference {
  /** Sentences. */
  readonly n: number;
  readonly metric: "entityF1";
  readonly call: ComparisonCall;
  /** Approximate randomization test of equal entity F1. */
  readonly randomizationP: number;
  readonly entityF1: readonly [first: Measured, second: Measured];
}

/**
 * The same of two taggers.
 *
 * @param counts  of every sentence by the first and by the second
 * @throws HeadstartError E_NO_ROWS when there are no sentences
 */
export function compareEntities(
  counts: readonly [first: readonly EntityCounts[], second: readonly EntityCounts[]],
  options: GroupedOptions = {},
): EntityComparison {
  if (counts[0].length === 0) {
    throw new HeadstartError("E_NO_ROWS", "Cannot compare: there are no sentences. Give at least one");
  }
  const f1 = (own: readonly EntityCounts[]): number => entityScore(addEntityCounts(own)).f1;
  const interval95 = entityInterval(counts, ([a, b]) => entityScore(a).f1 - entityScore(b).f1, options);
  const p = entityRandomizationP(counts, options);
  const measure = (own: readonly EntityCounts[]): Measured => ({
    value: f1(own),
    interval95: entityInterval([own], ([sum]) => entityScore(sum).f1, options),
  });
  return {
    n: counts[0].length,
    metric: "entityF1",
    difference: f1(counts[0]) - f1(counts[1]),
    interval95,
    call: comparisonCall(interval95, p),
    randomizationP: p,
    entityF1: [measure(counts[0]), measure(counts[1])],
  };
}
