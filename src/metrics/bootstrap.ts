import { withDefaults, type Complete } from "../defaults.js";
import { seeded, type Random } from "../math/random.js";
import { drawBinomial } from "./binomial.js";
import { macroScores } from "./confusion.js";

/** `[low, high]`, both ends belong to it. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** Source of all randomness. @default 1 */
  readonly seed?: number | undefined;
  /** How many times the rows are drawn anew. @default 1000 */
  readonly resamples?: number | undefined;
}

export const BOOTSTRAP_DEFAULTS = { seed: 1, resamples: 1000 } as const satisfies Complete<BootstrapOptions>;

export interface PairedOptions extends BootstrapOptions {
  /** Number of classes; every class is in `[0, classes)`. */
  readonly classes: number;
  /** What is compared, from one predictor's confusion matrix. @default macro-F1 */
  readonly statistic?: ((counts: Int32Array, classes: number) => number) | undefined;
}

/** Difference of a statistic between two predictors on the same rows: the first minus the second. */
export interface PairedDifference {
  readonly n: number;
  readonly difference: number;
  readonly interval95: Interval;
  /** Two-sided; never below `2 / (resamples + 1)`. */
  readonly p: number;
  readonly resamples: number;
}

/**
 * Draws as many rows as there are, with replacement, and writes how often each cell came up to `out`.
 *
 * Rows in one cell are alike to every statistic of the counts, so the counts of a resample are multinomial; they are
 * drawn as a sequence of binomials, which is the same distribution as picking row after row, at a cost that does not
 * depend on the number of rows.
 *
 * @param cells  rows per cell; not written to
 * @param out    same length, overwritten; may not be `cells`
 */
export function redrawInto(out: Int32Array, cells: Int32Array, random: Random): void {
  let rowsLeft = 0;
  for (const count of cells) rowsLeft += count;
  let weightLeft = rowsLeft;
  for (let i = 0; i < cells.length; i++) {
    out[i] = cells[i] === 0 ? 0 : drawBinomial(rowsLeft, cells[i] / weightLeft, random);
    rowsLeft -= out[i];
    weightLeft -= cells[i];
  }
}

/**
 * 95 % percentile intervals of several statistics of cell counts, all from the same resamples of the rows.
 *
 * A statistic is computed afresh on every resample, including which classes occur in it. With no rows every interval
 * is what the statistic says of zero counts.
 *
 * @param cells       rows per cell
 * @param statistics  counts -> one number per statistic, always the same number of them
 * @returns           one interval per statistic, in that order
 * @throws RangeError when `resamples` is below 1
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3
 */
export function bootstrapIntervals(
  cells: Int32Array,
  statistics: (counts: Int32Array) => readonly number[],
  options: BootstrapOptions = {},
): readonly Interval[] {
  const draws = resample(cells, statistics, options);
  return draws.map((values) => percentileInterval(values));
}

/**
 * Compares two predictors on the same rows: rows are drawn with their truth and both predictions.
 *
 * The p-value is twice the share of resamples whose difference lies on the other side of zero (or on it), with one
 * added above and below, so that equal predictors get 1.
 *
 * @param truth        class of each row
 * @param predictions  of the first and the second predictor, each as long as `truth`
 * @throws RangeError when lengths differ or a class is out of range
 * @see Dror et al. 2018, section 3.2 (paired bootstrap): https://aclanthology.org/P18-1128
 * @example
 * const truth = Int32Array.of(0, 1, 0, 1);
 * const { difference, interval95, p } = pairedBootstrap(truth, [truth, Int32Array.of(0, 0, 0, 0)], { classes: 2 });
 * console.log(difference > 0, interval95.length, p <= 1); // true 2 true
 */
export function pairedBootstrap(
  truth: Int32Array,
  predictions: readonly [first: Int32Array, second: Int32Array],
  options: PairedOptions,
): PairedDifference {
  const { classes, statistic = (counts, c) => macroScores(counts, c).macroF1 } = options;
  const triples = countTriples(truth, predictions, classes);
  const [first, second] = [new Int32Array(classes * classes), new Int32Array(classes * classes)];
  const difference = (counts: Int32Array): number => {
    first.fill(0);
    second.fill(0);
    for (let i = 0; i < counts.length; i++) {
      first[triples.first[i]] += counts[i];
      second[triples.second[i]] += counts[i];
    }
    return statistic(first, classes) - statistic(second, classes);
  };
  const [values] = resample(triples.counts, (counts) => [difference(counts)], options);
  const beyond = Math.min(values.filter((d) => d <= 0).length, values.filter((d) => d >= 0).length);
  return {
    n: truth.length,
    difference: difference(triples.counts),
    interval95: percentileInterval(values),
    p: Math.min(1, (2 * (beyond + 1)) / (values.length + 1)),
    resamples: values.length,
  };
}

/**
 * The middle 95 % of `values`, interpolated linearly between neighbors.
 *
 * @throws RangeError when there are none
 */
export function percentileInterval(values: Float64Array): Interval {
  if (values.length === 0) throw new RangeError("An interval needs at least one resample");
  const sorted = values.toSorted();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** One array of `resamples` values per statistic. */
function resample(
  cells: Int32Array,
  statistics: (counts: Int32Array) => readonly number[],
  options: BootstrapOptions,
): readonly Float64Array[] {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  if (!(resamples >= 1)) throw new RangeError(`A bootstrap needs at least one resample, not ${resamples}`);
  const random = seeded(seed);
  // Empty cells stay empty; leaving them out keeps the sequence short where there are many classes.
  const occupied = Int32Array.from(cells.keys()).filter((i) => cells[i] > 0);
  const weights = occupied.map((i) => cells[i]);
  const drawn = new Int32Array(occupied.length);
  const counts = new Int32Array(cells.length);
  const values = statistics(counts).map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    redrawInto(drawn, weights, random);
    for (let i = 0; i < occupied.length; i++) counts[occupied[i]] = drawn[i];
    statistics(counts).forEach((value, s) => (values[s][r] = value));
  }
  return values;
}

/** Distinct (truth, first, second) triples: their rows and their cell in each predictor's confusion matrix. */
interface Triples {
  readonly counts: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

function countTriples(truth: Int32Array, predictions: readonly [Int32Array, Int32Array], classes: number): Triples {
  const [a, b] = predictions;
  if (a.length !== truth.length || b.length !== truth.length) {
    throw new RangeError(`Cannot compare ${truth.length} true classes with ${a.length} and ${b.length} predictions`);
  }
  const rows = new Map<number, number>();
  for (let i = 0; i < truth.length; i++) {
    for (const c of [truth[i], a[i], b[i]]) {
      if (!(c >= 0 && c < classes)) throw new RangeError(`Row ${i} has class ${c}, not one of 0 to ${classes - 1}`);
    }
    const key = (truth[i] * classes + a[i]) * classes + b[i];
    rows.set(key, (rows.get(key) ?? 0) + 1);
  }
  // In the order of the keys, so that the same rows in another order give the same interval.
  const keys = [...rows.keys()].sort((x, y) => x - y);
  return {
    counts: Int32Array.from(keys, (key) => rows.get(key) ?? 0),
    first: Int32Array.from(keys, (key) => Math.floor(key / classes)),
    second: Int32Array.from(keys, (key) => Math.floor(key / (classes * classes)) * classes + (key % classes)),
  };
}
