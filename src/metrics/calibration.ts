import { row, type Matrix } from "../math/matrix.js";

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
  /** Expected calibration error, `[0, 1]`: mean gap between confidence and accuracy over the bins, by rows. */
  readonly ece: number;
  /** Brier score, `[0, 2]`: mean squared distance between the probabilities and the truth as a one-hot row. */
  readonly brier: number;
  /** From the least to the most confident; at most as many as asked for. */
  readonly bins: readonly ReliabilityBin[];
}

export interface CalibrationOptions {
  /** Bins of near-equal size. @default 15 */
  readonly bins?: number;
}

const CALIBRATION_DEFAULTS = { bins: 15 } as const satisfies CalibrationOptions;

/**
 * How far probabilities can be taken at their word.
 *
 * Bins hold equally many rows, not equal widths of confidence: a head that is mostly sure would leave most widths
 * empty. Rows of equal confidence are never parted, so the order of the rows does not matter and a tie makes fewer,
 * larger bins. The predicted label is the first of the most probable ones. Without rows everything is 0.
 *
 * @param probabilities  `[n, classes]`, rows sum to 1
 * @param truth          class of each row
 * @throws RangeError when the lengths differ, a class is out of range or `bins` is below 1
 * @see Guo et al. 2017 (ECE): https://arxiv.org/abs/1706.04599; Nguyen & O'Connor 2015 (bins of equal mass):
 *   https://arxiv.org/abs/1508.05154; Brier 1950
 */
export function evaluateCalibration(
  probabilities: Matrix,
  truth: Int32Array,
  options: CalibrationOptions = {},
): Calibration {
  const { bins: wanted } = { ...CALIBRATION_DEFAULTS, ...options };
  if (probabilities.rows !== truth.length) {
    throw new RangeError(
      `Cannot compare ${truth.length} true classes with ${probabilities.rows} rows of probabilities`,
    );
  }
  if (!(wanted >= 1)) throw new RangeError(`Calibration needs at least one bin, not ${wanted}`);
  const n = truth.length;
  const bins = reliabilityBins(topLabels(probabilities, truth), wanted);
  const gaps = bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.confidence - bin.accuracy), 0);
  return { n, ece: n === 0 ? 0 : gaps / n, brier: brierScore(probabilities, truth), bins };
}

interface TopLabel {
  readonly confidence: number;
  readonly right: boolean;
}

function topLabels(probabilities: Matrix, truth: Int32Array): readonly TopLabel[] {
  return Array.from(truth, (t, r) => {
    if (!(t >= 0 && t < probabilities.cols)) {
      throw new RangeError(`Row ${r} has class ${t}, not one of 0 to ${probabilities.cols - 1}`);
    }
    const p = row(probabilities, r);
    let top = 0;
    for (let c = 1; c < p.length; c++) if (p[c] > p[top]) top = c;
    return { confidence: p[top], right: top === t };
  });
}

function reliabilityBins(rows: readonly TopLabel[], wanted: number): readonly ReliabilityBin[] {
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

function brierScore(probabilities: Matrix, truth: Int32Array): number {
  if (truth.length === 0) return 0;
  let sum = 0;
  for (let r = 0; r < truth.length; r++) {
    row(probabilities, r).forEach((p, c) => {
      sum += (p - (c === truth[r] ? 1 : 0)) ** 2;
    });
  }
  return sum / truth.length;
}
