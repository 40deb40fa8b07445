/** Predictions of rows. */
export interface Predictions {
  /** Index of the label that is predicted for every row. */
  readonly predicted: Int32Array;
  /** Its probability. */
  readonly confidence: Float64Array;
}

/** Predictions of rows that the head was not trained on, whose labels are known. */
export interface JudgedPredictions extends Predictions {
  /** Index of the true label of every row. */
  readonly truth: Int32Array;
}

/** Share of the rows that are right. */
export const accuracyOf = ({ predicted, truth }: Pick<JudgedPredictions, "predicted" | "truth">): number =>
  meanOf(Float64Array.from(truth, (label, r) => Number(label === predicted[r])));

/** Accuracy on the target, if every prediction there is right as often as its probability says. */
export const averageConfidence = (target: Pick<Predictions, "confidence">): number => meanOf(target.confidence);

/**
 * Accuracy on the target, if it falls by as much as the mean confidence does: accuracy on the held-out rows minus the
 * difference of the mean confidences.
 *
 * @see Guillory et al. 2021 (DoC): https://arxiv.org/abs/2107.03315
 */
export function differenceOfConfidences(held: JudgedPredictions, target: Pick<Predictions, "confidence">): number {
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
export function averageThresholdedConfidence(held: JudgedPredictions, target: Pick<Predictions, "confidence">): number {
  const { predicted, truth, confidence } = held;
  const right = truth.reduce((n, label, r) => n + Number(label === predicted[r]), 0);
  if (right === 0) return 0;
  const threshold = confidence.toSorted()[confidence.length - right];
  const [above, at] = [confidence.filter((c) => c > threshold), confidence.filter((c) => c === threshold)];
  const share = (right - above.length) / at.length;
  return meanOf(target.confidence.map((c) => (c > threshold ? 1 : c === threshold ? share : 0)));
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
