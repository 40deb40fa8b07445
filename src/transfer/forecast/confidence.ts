/** Predictions of rows. */
export interface Predictions {
  /** Index of the predicted label of every row. */
  readonly predicted: Int32Array;
  /** Probability of that label, `[rows]`. */
  readonly confidence: Float64Array;
}

/** Predictions of rows that the head was not trained on, with their true labels. */
export interface JudgedPredictions extends Predictions {
  readonly truth: Int32Array;
}

/** With fewer held-out predictions of a label its own threshold would be chance. */
const LEAST_OF_LABEL = 20;

/** Share of the rows that are right. */
export const accuracyOf = ({ predicted, truth }: Pick<JudgedPredictions, "predicted" | "truth">): number =>
  meanOf(truth.map((label, r) => Number(label === predicted[r])));

/** Accuracy on the target, if every prediction there is right as often as its probability says. */
export const averageConfidence = (target: Predictions): number => meanOf(target.confidence);

/**
 * Accuracy on the target, if it falls by as much as the mean confidence does: accuracy on the held-out rows minus the
 * difference of the mean confidences.
 *
 * @see Guillory et al. 2021 (DoC): https://arxiv.org/abs/2107.03315
 */
export function differenceOfConfidences(held: JudgedPredictions, target: Predictions): number {
  const accuracy = accuracyOf(held) - (meanOf(held.confidence) - meanOf(target.confidence));
  return Math.min(1, Math.max(0, accuracy));
}

/**
 * Share of the target rows whose confidence reaches a threshold: the one that as many of the held-out rows reach as are right.
 * Rows just at it count by the share that is counted of the held-out rows just at it, so that on these rows themselves the
 * forecast is their accuracy.
 *
 * @see Garg et al. 2022 (ATC): https://arxiv.org/abs/2201.04234
 */
export const averageThresholdedConfidence = (held: JudgedPredictions, target: Predictions): number =>
  meanOf(countedRows(held, target.confidence));

/**
 * The same with a threshold for each predicted label, so that it still holds where a label is more or less frequent on the
 * target. A label that was predicted for fewer than 20 held-out rows has the threshold of all labels.
 */
export function averageThresholdedConfidenceByLabel(held: JudgedPredictions, target: Predictions): number {
  const labels = [...new Set(target.predicted)];
  const counted = labels.map((label) => {
    const own = ofLabel(held, label);
    const enough = own.length >= LEAST_OF_LABEL ? pick(held, own) : held;
    const rows = ofLabel(target, label);
    return countedRows(
      enough,
      Float64Array.from(rows, (r) => target.confidence[r]),
    ).reduce(sum, 0);
  });
  return counted.reduce(sum, 0) / target.predicted.length;
}

/** What each confidence counts: 1 above the threshold, 0 below it. */
function countedRows({ predicted, truth, confidence }: JudgedPredictions, of: Float64Array): Float64Array {
  const right = truth.reduce((n, label, r) => n + Number(label === predicted[r]), 0);
  if (right === 0) return new Float64Array(of.length);
  const threshold = confidence.toSorted()[confidence.length - right];
  const [above, at] = [confidence.filter((c) => c > threshold), confidence.filter((c) => c === threshold)];
  const share = (right - above.length) / at.length;
  return of.map((c) => (c > threshold ? 1 : c === threshold ? share : 0));
}

const ofLabel = ({ predicted }: Predictions, label: number): Int32Array =>
  Int32Array.from(predicted.keys()).filter((r) => predicted[r] === label);

const pick = ({ predicted, confidence, truth }: JudgedPredictions, rows: Int32Array): JudgedPredictions => ({
  predicted: rows.map((r) => predicted[r]),
  confidence: Float64Array.from(rows, (r) => confidence[r]),
  truth: rows.map((r) => truth[r]),
});

const sum = (a: number, b: number): number => a + b;

const meanOf = (values: Float64Array | Int32Array): number => (values as Float64Array).reduce(sum, 0) / values.length;
