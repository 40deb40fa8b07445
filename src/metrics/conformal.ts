import type { Interval } from "./intervals/bootstrap.js";
import { argmax } from "../math/argmax.js";
import { betaBinomialAtMost } from "./intervals/exactBound.js";

/**
 * The least probability of a label in a split conformal set: with sets of all labels that reach it, the true label of a
 * new row is in its set with a probability of at least `coverage`, if the row is drawn like those of `truth`.
 *
 * It is the k-th largest of the probabilities that `n` calibration rows gave to their true labels, k being
 * `ceil((n + 1) coverage)`; with too few rows to guarantee the coverage it is 0, and every label is in every set.
 *
 * @param ofTruth   probability of the true label of every calibration row
 * @param coverage  in (0, 1)
 * @throws RangeError when `coverage` is not between 0 and 1
 * @see Sadinle, Lei & Wasserman 2019 (least ambiguous sets): https://arxiv.org/abs/1609.00451; Angelopoulos & Bates 2021,
 *   section 1: https://arxiv.org/abs/2107.07511
 * @example
 * console.log(conformalThreshold(Float64Array.of(0.9, 0.8, 0.7, 0.6), 0.5)); // 0.7
 */
export function conformalThreshold(ofTruth: Float64Array, coverage: number): number {
  if (!(coverage > 0 && coverage < 1)) throw new RangeError(`coverage ${coverage} is not between 0 and 1`);
  const k = rankOf(ofTruth.length, coverage);
  return k > ofTruth.length ? 0 : ofTruth.toSorted()[ofTruth.length - k];
}

/** Of the probability that becomes the threshold, from the largest: (n + 1) coverage may be above a whole number by rounding. */
const rankOf = (n: number, coverage: number): number => Math.ceil((n + 1) * coverage - 1e-9);

/**
 * Indices of the labels of every row of probabilities `[rows, classes]` that reach the threshold; the most probable label is always among them, so that no set is empty.
 *
 * @example
 * console.log(predictionSets(Float64Array.of(0.5, 0.4, 0.1), 3, 0.3)); // [ [ 0, 1 ] ]
 */
export function predictionSets(probabilities: Float64Array, classes: number, threshold: number): number[][] {
  return Array.from(argmax(probabilities, classes), (top, r) =>
    Array.from({ length: classes }, (_, c) => c).filter(
      (c) => c === top || probabilities[r * classes + c] >= threshold,
    ),
  );
}

/** How prediction sets did on labeled rows. Plain JSON. */
export interface PredictionSetScore {
  /** Target coverage. */
  readonly target: number;
  /** Share of the rows whose true label is in its set. */
  readonly coverage: number;
  readonly interval95: Interval;
  /** Mean number of labels in a set. */
  readonly meanSize: number;
  /** Share of the rows with a single label in the set. */
  readonly single: number;
  /** Least probability of a label in a set. */
  readonly threshold: number;
  /** Chance of so low a coverage, or a lower one, on rows drawn like the calibration rows: beta-binomial. */
  readonly p: number;
}

/**
 * @param calibrationRows  how many rows the threshold was worked out from
 * @throws RangeError when there are no rows
 */
export function scorePredictionSets(
  sets: readonly (readonly number[])[],
  truth: Int32Array,
  {
    target,
    threshold,
    calibrationRows,
  }: { readonly target: number; readonly threshold: number; readonly calibrationRows: number },
): PredictionSetScore {
  const n = truth.length;
  if (sets.length !== n || n === 0) throw new RangeError(`${sets.length} sets for ${n} rows, one or more wanted each`);
  const share = (has: (set: readonly number[], r: number) => boolean): number => sets.filter(has).length / n;
  const hits = sets.filter((set, r) => set.includes(truth[r])).length;
  const coverage = hits / n;
  return {
    target,
    coverage,
    interval95: wilson(coverage, n),
    meanSize: sets.reduce((sum, set) => sum + set.length, 0) / n,
    single: share((set) => set.length === 1),
    threshold,
    p: chanceOfCoverage(hits, n, { target, calibrationRows }),
  };
}

/**
 * The coverage of split conformal sets over all texts is drawn from a beta distribution with the calibration rows, so that
 * `n` new rows are covered as a beta-binomial has it. Where every label is in every set it cannot be missed.
 *
 * @see Vovk 2012, Conditional validity of inductive conformal predictors: https://arxiv.org/abs/1209.2673
 */
function chanceOfCoverage(
  hits: number,
  n: number,
  { target, calibrationRows }: { readonly target: number; readonly calibrationRows: number },
): number {
  const k = rankOf(calibrationRows, target);
  return k > calibrationRows ? 1 : betaBinomialAtMost(hits, n, { a: k, b: calibrationRows + 1 - k });
}

/** Chance of a false alarm over all the sets that are shown. */
const FALSE_ALARM = 0.05;

/**
 * Whether prediction sets miss their target coverage by more than rows like the calibration rows would: said wrongly of at
 * most 5 % of such rows, for all target coverages together (Bonferroni).
 */
export const missesCoverage = (scores: readonly Pick<PredictionSetScore, "p">[]): boolean =>
  scores.some(({ p }) => p <= FALSE_ALARM / scores.length);

/** Wilson's 95 % interval of a share. */
export function wilson(p: number, n: number): Interval {
  const z = 1.959963984540054;
  const middle = p + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n));
  const scale = 1 + z ** 2 / n;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}
