import { withDefaults } from "../defaults.js";
import { seeded, type Random } from "../math/random.js";
import { BOOTSTRAP_DEFAULTS, resampledIntervals, type GroupedOptions, type Interval } from "./intervals/bootstrap.js";
import { macroScores } from "./confusion.js";
import { drawGamma } from "../math/gamma.js";
import { drawCounted, drawLabelPrior, otherLabel } from "./intervals/labelPrior.js";
import { groupRows, halveInto, weighInto } from "./intervals/rowGroups.js";

/** A statistic of one predictor's confusion matrix, `[classes * classes]`; the counts need not be whole numbers. */
export type ConfusionStatistic = (
  counts: Float64Array,
  classes: number,
  /** Whether a macro average counts a label. @default those that occur */
  isCounted?: readonly boolean[],
) => number;

export interface PairedOptions extends GroupedOptions {
  /** Number of classes; every class is in `[0, classes)`. */
  readonly classes: number;
  /** What is compared, from one predictor's confusion matrix. @default macro-F1 */
  readonly statistic?: ConfusionStatistic | undefined;
}

/** Difference of a statistic between two predictors on the same rows: the first minus the second. */
export interface PairedDifference {
  readonly n: number;
  readonly difference: number;
  /** Of the difference on infinitely many rows of the same kind; never without width. */
  readonly interval95: Interval;
  /** Two-sided, of the predictors being interchangeable; never below `1 / (resamples + 1)`. */
  readonly p: number;
  readonly resamples: number;
}

/** Turns in which one predictor alone is right: each gets a row more, as where two shares are compared. */
const ONE_ALONE = [1, 2];

const macroF1: ConfusionStatistic = (counts, classes, isCounted) => macroScores(counts, classes, isCounted).macroF1;

/**
 * Compares two predictors on the same rows.
 *
 * The interval weights rows anew with their truth and both predictions, and the groups of equal texts together. The
 * p-value is that of approximate randomization: predictions change places in a random half of the rows (all rows of one
 * text together), and it is the share of such draws whose difference is at least as large, one added above and below.
 * The interval and the p-value are of two methods, so near 0.05 they may disagree.
 *
 * @param truth        class of each row
 * @param predictions  of the first and the second predictor, each as long as `truth`
 * @throws RangeError when lengths differ or a class is out of range
 * @see Bonett & Price 2012 for the row that is added each way: https://doi.org/10.3102/1076998611411915; Dror et al. 2018, section 3.2 (approximate randomization): https://aclanthology.org/P18-1128
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
  const { classes, statistic = macroF1, groups, ...rest } = options;
  const triples = triplesOf(truth, predictions, classes);
  const rows = groupRows(triples.ofRow, groups);
  const [first, second] = [new Float64Array(classes * classes), new Float64Array(classes * classes)];
  const both = [first, second] as const;
  const counts = new Float64Array(triples.first.length);
  for (const t of triples.ofRow) counts[t]++;
  spread(counts, triples, both);
  const difference = statistic(first, classes) - statistic(second, classes);
  const isSeen = Array.from({ length: classes }, (_, c) => [truth, ...predictions].some((all) => all.includes(c)));
  const drawnOnce = (random: Random): readonly number[] => {
    weighInto(counts, rows, random);
    spread(counts, triples, both);
    const isCounted = drawCounted(isSeen, rows.size, random);
    const draw = drawLabelPrior(turnsOf(counts, triples, classes), { classes, unit: rows.rowsPerGroup, random });
    isCounted.forEach((counted, c) => {
      if (!counted) return;
      const added = draw();
      for (const turn of ONE_ALONE) added[turn] += rows.rowsPerGroup * drawGamma(1 / classes, random);
      addPrior(both, c, { classes, rows: added, other: otherLabel(c, classes, random) });
    });
    return [statistic(first, classes, isCounted) - statistic(second, classes, isCounted)];
  };
  const { resamples } = withDefaults(BOOTSTRAP_DEFAULTS, rest);
  const [interval95] = resampledIntervals([difference], drawnOnce, rest);
  const moved = new Float64Array(counts.length);
  const swappedOnce = (random: Random): number => {
    halveInto([counts, moved], rows, random);
    spread(counts, triples, both);
    add(moved, triples, [second, first]);
    return statistic(first, classes) - statistic(second, classes);
  };
  return { n: truth.length, difference, interval95, p: pValue(difference, swappedOnce, rest), resamples };
}

/** Share of the draws that are at least as far from 0, one added above and below. */
function pValue(difference: number, drawnOnce: (random: Random) => number, options: GroupedOptions): number {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  const random = seeded(seed);
  let beyond = 0;
  for (let r = 0; r < resamples; r++) if (Math.abs(drawnOnce(random)) >= Math.abs(difference) - 1e-12) beyond++;
  return (beyond + 1) / (resamples + 1);
}

/** Distinct (truth, first, second) triples, in ascending order: their cell in each predictor's confusion matrix. */
interface Triples {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Of each row. */
  readonly ofRow: Int32Array;
}

function triplesOf(truth: Int32Array, [a, b]: readonly [Int32Array, Int32Array], classes: number): Triples {
  if (a.length !== truth.length || b.length !== truth.length) {
    throw new RangeError(`Cannot compare ${truth.length} true classes with ${a.length} and ${b.length} predictions`);
  }
  const keys = Array.from(truth, (label, r) => {
    for (const c of [label, a[r], b[r]]) {
      if (!(c >= 0 && c < classes)) throw new RangeError(`Row ${r} has class ${c}, not one of 0 to ${classes - 1}`);
    }
    return (label * classes + a[r]) * classes + b[r];
  });
  const distinct = [...new Set(keys)].sort((x, y) => x - y);
  const place = new Map(distinct.map((key, i) => [key, i]));
  return {
    first: Int32Array.from(distinct, (key) => Math.floor(key / classes)),
    second: Int32Array.from(distinct, (key) => Math.floor(key / (classes * classes)) * classes + (key % classes)),
    ofRow: Int32Array.from(keys, (key) => place.get(key)!),
  };
}

/** Both confusion matrices of rows in each triple. */
function spread(counts: Float64Array, triples: Triples, both: readonly [Float64Array, Float64Array]): void {
  for (const matrix of both) matrix.fill(0);
  add(counts, triples, both);
}

function add(counts: Float64Array, triples: Triples, [first, second]: readonly [Float64Array, Float64Array]): void {
  for (let i = 0; i < counts.length; i++) {
    first[triples.first[i]] += counts[i];
    second[triples.second[i]] += counts[i];
  }
}

/** Rows that both get right, only the first, only the second, and neither. */
function turnsOf(counts: Float64Array, { first, second }: Triples, classes: number): readonly number[] {
  const turns = [0, 0, 0, 0];
  const isRight = (cell: number): boolean => cell % (classes + 1) === 0;
  for (let i = 0; i < counts.length; i++) {
    turns[(isRight(first[i]) ? 0 : 2) + (isRight(second[i]) ? 0 : 1)] += counts[i];
  }
  return turns;
}

function addPrior(
  [first, second]: readonly [Float64Array, Float64Array],
  c: number,
  { classes, rows, other }: { readonly classes: number; readonly rows: Float64Array; readonly other: number },
): void {
  const right = c * classes + c;
  const wrong = c * classes + other;
  rows.forEach((mass, turn) => {
    first[turn < 2 ? right : wrong] += mass;
    second[turn % 2 === 0 ? right : wrong] += mass;
  });
}
