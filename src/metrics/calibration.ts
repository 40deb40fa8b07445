import { argmax } from "../math/argmax.js";

/** Rows of similar confidence: how sure the head was and how often it was right. */
export interface ReliabilityBin {
  /** Smallest and largest confidence among the rows. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability of the predicted label. */
  readonly confidence: number;
  /** Share of rows whose predicted label is right. */
  readonly accuracy: number;
}

export interface Calibration {
  readonly n: number;
  /**
   * Expected calibration error, `[0, 1]`: mean gap between confidence and accuracy over the bins, by rows. As measured, which
   * is above 0 for calibrated probabilities too; see calibrationTest.ts.
   */
  readonly ece: number;
  /** Brier score, `[0, 2]`: mean squared distance between the probabilities and the truth as a one-hot row. */
  readonly brier: number;
  /** From the least to the most confident; at most as many as asked for. */
  readonly bins: readonly ReliabilityBin[];
}

interface BinOptions {
  /** Columns of the probabilities. */
  readonly classes: number;
  /** Bins of near-equal size. @default 15 */
  readonly bins?: number | undefined;
}

/**
 * How well probabilities are calibrated.
 *
 * Bins hold equally many rows, not equal widths of confidence: a head that is mostly sure would leave most widths
 * empty. Rows of equal confidence are never parted, so the order of the rows does not matter and a tie makes fewer,
 * larger bins. The predicted label is the first of the most probable ones. Without rows everything is 0.
 *
 * @param probabilities  `[n, labels]`, rows sum to 1
 * @param truth          label of each row
 * @throws RangeError when the lengths differ, a label is out of range or `bins` is below 1
 * @see Guo et al. 2017 (ECE): https://arxiv.org/abs/1706.04599; Nguyen & O'Connor 2015 (bins of equal mass):
 *   https://arxiv.org/abs/1508.05154; Brier 1950
 */
export function evaluateCalibration(
  probabilities: Float64Array,
  truth: Int32Array,
  { classes, bins: wanted = 15 }: BinOptions,
): Calibration {
  const n = truth.length;
  checkRows(probabilities, truth, classes);
  if (!(wanted >= 1)) throw new RangeError(`Calibration needs at least one bin, not ${wanted}`);
  const bins = reliabilityBins(topLabels(probabilities, truth, classes), wanted);
  const gaps = bins.reduce((sum, bin) => sum + bin.count * Math.abs(gapOf(bin)), 0);
  const brier = brierScores(probabilities, truth, classes).reduce((sum, score) => sum + score, 0) / Math.max(1, n);
  return { n, ece: gaps / Math.max(1, n), brier, bins };
}

/** @throws RangeError when the lengths differ or a label is out of range */
export function checkRows(probabilities: Float64Array, truth: Int32Array, classes: number): void {
  const n = truth.length;
  if (probabilities.length !== n * classes) {
    throw new RangeError(`Cannot compare ${n} true labels with ${probabilities.length} probabilities of ${classes}`);
  }
  truth.forEach((label, r) => {
    if (!(label >= 0 && label < classes)) throw new RangeError(`Row ${r} has label ${label}, not one of ${classes}`);
  });
}

/** How far the mean probability of a bin is above the share that is right. */
export const gapOf = ({ confidence, accuracy }: ReliabilityBin): number => confidence - accuracy;

/** The most probable label of a row: how probable it is, and whether it is the true one. */
export interface TopLabel {
  readonly confidence: number;
  readonly right: boolean;
}

export function topLabels(probabilities: Float64Array, truth: Int32Array, classes: number): readonly TopLabel[] {
  const tops = argmax(probabilities, classes);
  return Array.from(truth, (label, r) => ({
    confidence: probabilities[r * classes + tops[r]],
    right: tops[r] === label,
  }));
}

/** Brier score of every row. */
export function brierScores(probabilities: Float64Array, truth: Int32Array, classes: number): Float64Array {
  return Float64Array.from(truth, (label, r) => {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += (probabilities[r * classes + c] - (c === label ? 1 : 0)) ** 2;
    return sum;
  });
}

/** Rows in at most `wanted` bins of equal mass; rows of equal confidence are in one. */
export function reliabilityBins(rows: readonly TopLabel[], wanted: number): readonly ReliabilityBin[] {
  const sorted = rows.toSorted((a, b) => a.confidence - b.confidence);
  const bins: ReliabilityBin[] = [];
  let start = 0;
  for (let b = 1; b <= wanted; b++) {
    let end = Math.max(start, Math.round((b * sorted.length) / wanted));
    while (end > start && end < sorted.length && sorted[end].confidence === sorted[end - 1].confidence) end++;
    if (end > start) bins.push(reliabilityBin(sorted.slice(start, end)));
    start = end;
  }
  return bins;
}

function reliabilityBin(rows: readonly TopLabel[]): ReliabilityBin {
  let [confidence, right] = [0, 0];
  for (const top of rows) {
    confidence += top.confidence;
    if (top.right) right++;
  }
  return {
    low: rows[0].confidence,
    high: rows[rows.length - 1].confidence,
    count: rows.length,
    confidence: confidence / rows.length,
    accuracy: right / rows.length,
  };
}
