import { argmax } from "../math/argmax.js";
import type { GroupedOptions, Interval } from "./intervals/bootstrap.js";
import {
  brierScores,
  checkRows,
  reliabilityBins,
  topLabels,
  type ReliabilityBin,
  type TopLabel,
} from "./calibration.js";
import { binsFor, calibrationError, calibrationInterval, type CalibrationError } from "./calibrationTest.js";
import { logLosses } from "./logLoss.js";
import { meanLossInterval } from "./intervals/lossInterval.js";
import { groupRows } from "./intervals/rowGroups.js";

/** How well probabilities are calibrated, with intervals. Plain JSON. */
export interface CalibrationScore extends CalibrationError {
  readonly n: number;
  /** Mean -log probability of the truth. */
  readonly logLoss: number;
  readonly brier: number;
  /** The raw error over 15 bins of equal width, as most papers report it. */
  readonly eceEqualWidth: number;
  /** Of each label's own probability against whether a row has the label, in the order of the labels. */
  readonly perLabel: readonly CalibrationError[];
  /** On infinitely many rows of the same kind. */
  readonly intervals95: { readonly ece: Interval; readonly brier: Interval; readonly logLoss: Interval };
  /** The bins of `eceRaw`, from the least to the most confident. */
  readonly bins: readonly ReliabilityBin[];
}

export type CalibrationOptions = GroupedOptions & { readonly classes: number };

const EQUAL_WIDTH_BINS = 15;
/** Resamples for a single label, of which there may be many. */
const LABEL_RESAMPLES = 200;

/**
 * Calibration of probabilities `[rows, classes]` against the truth: log loss, Brier score, and the calibration error of
 * the predicted label and of every label, each with a test of calibration.
 *
 * @throws RangeError when lengths differ or a label is out of range
 * @see calibrationTest.ts for the error, calibration.ts for the bins; Guo et al. 2017, section 2:
 *   https://arxiv.org/abs/1706.04599
 * @example
 * const { ece, brier } = scoreCalibration(Float64Array.of(1, 0, 0, 1), Int32Array.of(0, 1), { classes: 2 });
 * console.log(ece, brier); // 0 0
 */
export function scoreCalibration(
  probabilities: Float64Array,
  truth: Int32Array,
  options: CalibrationOptions,
): CalibrationScore {
  const { classes, seed } = options;
  checkRows(probabilities, truth, classes);
  const { resamples = LABEL_RESAMPLES } = options;
  const top = topLabels(probabilities, truth, classes);
  const unit = unitOf(truth, options);
  const [losses, errors] = [logLosses(probabilities, truth, classes), brierScores(probabilities, truth, classes)];
  const forLabel = { seed, unit, resamples: Math.min(resamples, LABEL_RESAMPLES) };
  return {
    n: truth.length,
    logLoss: meanOf(losses),
    brier: meanOf(errors),
    ...topCalibration(probabilities, truth, options),
    eceEqualWidth: gapOver(top, (t) => Math.min(EQUAL_WIDTH_BINS - 1, Math.floor(t.confidence * EQUAL_WIDTH_BINS))),
    perLabel: Array.from({ length: classes }, (_, c) =>
      calibrationError(ofLabel(probabilities, truth, { classes, c }), forLabel),
    ),
    intervals95: {
      ece: calibrationInterval(top, { seed, unit }),
      brier: meanLossInterval(errors, { unit, most: 2, ...momentsOf(probabilities, classes, brierScores) }),
      logLoss: meanLossInterval(losses, { unit, most: Infinity, ...momentsOf(probabilities, classes, logLosses) }),
    },
    bins: reliabilityBins(top, binsFor(truth.length / unit)),
  };
}

/**
 * Calibration error of the probability of the predicted label; see `scoreCalibration`.
 *
 * @throws RangeError when there are more or fewer groups than rows
 */
export const topCalibration = (
  probabilities: Float64Array,
  truth: Int32Array,
  options: CalibrationOptions,
): CalibrationError =>
  calibrationError(topLabels(probabilities, truth, options.classes), {
    seed: options.seed,
    resamples: options.resamples,
    unit: unitOf(truth, options),
  });

const unitOf = (truth: Int32Array, { groups }: CalibrationOptions): number => groupRows(truth, groups).rowsPerGroup;

const meanOf = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);

const ofLabel = (
  probabilities: Float64Array,
  truth: Int32Array,
  { classes, c }: { readonly classes: number; readonly c: number },
): readonly TopLabel[] =>
  Array.from(truth, (label, r) => ({ confidence: probabilities[r * classes + c], right: label === c }));

/** Mean and mean square of every row's loss over labels that are drawn from its probabilities. */
function momentsOf(
  probabilities: Float64Array,
  classes: number,
  lossOf: (probabilities: Float64Array, truth: Int32Array, classes: number) => Float64Array,
): { readonly expected: Float64Array; readonly expectedSquare: Float64Array } {
  const n = argmax(probabilities, classes).length;
  const [expected, expectedSquare] = [new Float64Array(n), new Float64Array(n)];
  for (let c = 0; c < classes; c++) {
    lossOf(probabilities, new Int32Array(n).fill(c), classes).forEach((loss, r) => {
      expected[r] += probabilities[r * classes + c] * loss;
      expectedSquare[r] += probabilities[r * classes + c] * loss ** 2;
    });
  }
  return { expected, expectedSquare };
}

function gapOver(top: readonly TopLabel[], binOf: (row: TopLabel) => number): number {
  const gaps = new Map<number, number>();
  for (const row of top) gaps.set(binOf(row), (gaps.get(binOf(row)) ?? 0) + row.confidence - Number(row.right));
  return [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, top.length);
}
