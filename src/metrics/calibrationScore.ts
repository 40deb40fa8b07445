import { withDefaults } from "../defaults.js";
import { logLosses } from "./logLoss.js";
import { seeded } from "../math/random.js";
import { BOOTSTRAP_DEFAULTS, percentileInterval, type BootstrapOptions, type Interval } from "./bootstrap.js";
import { brierScores, evaluateCalibration, topLabels, type ReliabilityBin, type TopLabel } from "./calibration.js";

/** How well probabilities are calibrated, with intervals. Plain JSON. */
export interface CalibrationScore {
  readonly n: number;
  /** Expected calibration error over 15 bins of equally many rows. */
  readonly ece: number;
  /** The same over 15 bins of equal width, as most papers report it. */
  readonly eceEqualWidth: number;
  readonly brier: number;
  /** Mean -log probability of the truth. */
  readonly logLoss: number;
  /** 95 % percentile bootstrap over the rows, the bins kept. */
  readonly intervals95: { readonly ece: Interval; readonly brier: Interval; readonly logLoss: Interval };
  /** The bins of `ece`, from the least to the most confident. */
  readonly bins: readonly ReliabilityBin[];
}

const BINS = 15;

/**
 * Calibration of probabilities `[rows, classes]` against the truth, by bins of equal mass (see calibration.ts) and of
 * equal width, with Brier score and log loss.
 *
 * Resampled errors of calibration are biased upwards, the more so the fewer the rows; the interval is that of the
 * resamples.
 *
 * @see Guo et al. 2017, section 2: https://arxiv.org/abs/1706.04599
 * @example
 * const { ece, brier } = scoreCalibration(Float64Array.of(1, 0, 0, 1), Int32Array.of(0, 1), { classes: 2 });
 * console.log(ece, brier); // 0 0
 */
export function scoreCalibration(
  probabilities: Float64Array,
  truth: Int32Array,
  options: BootstrapOptions & { readonly classes: number },
): CalibrationScore {
  const { classes } = options;
  const { n, ece, brier, bins } = evaluateCalibration(probabilities, truth, { classes, bins: BINS });
  const top = topLabels(probabilities, truth, classes);
  const losses = logLosses(probabilities, truth, classes);
  const errors = brierScores(probabilities, truth, classes);
  const binOf = top.map(({ confidence }) => bins.findIndex(({ high }) => confidence <= high));
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / Math.max(1, n);
  return {
    n,
    ece,
    eceEqualWidth: gapOver(top, (t) => Math.min(BINS - 1, Math.floor(t.confidence * BINS))),
    brier,
    logLoss: mean(losses),
    intervals95: intervalsOf({ top, losses, errors, binOf }, options),
    bins,
  };
}

function gapOver(top: readonly TopLabel[], binOf: (row: TopLabel) => number): number {
  const gaps = new Map<number, number>();
  for (const row of top) gaps.set(binOf(row), (gaps.get(binOf(row)) ?? 0) + row.confidence - Number(row.right));
  return [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, top.length);
}

interface Measured {
  readonly top: readonly TopLabel[];
  readonly losses: Float64Array;
  readonly errors: Float64Array;
  readonly binOf: readonly number[];
}

function intervalsOf(
  { top, losses, errors, binOf }: Measured,
  options: BootstrapOptions,
): CalibrationScore["intervals95"] {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  const n = top.length;
  if (n === 0) return { ece: [0, 0], brier: [0, 0], logLoss: [0, 0] };
  const random = seeded(seed);
  const [eces, briers, logs] = [0, 1, 2].map(() => new Float64Array(resamples));
  const gaps = new Float64Array(BINS);
  for (let s = 0; s < resamples; s++) {
    gaps.fill(0);
    for (let i = 0; i < n; i++) {
      const r = Math.floor(random() * n);
      gaps[binOf[r]] += top[r].confidence - Number(top[r].right);
      briers[s] += errors[r] / n;
      logs[s] += losses[r] / n;
    }
    for (const gap of gaps) eces[s] += Math.abs(gap) / n;
  }
  return { ece: percentileInterval(eces), brier: percentileInterval(briers), logLoss: percentileInterval(logs) };
}
