import { predictProbabilities, type Head } from "../../head/head.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import type { Matrix } from "../../math/matrix.js";

/*
 * Rows outside of a fold, or drawn from others, may lack a label that the rest has. A head is then fitted with the labels
 * that are there, and predicts the others with probability 0.
 */

/** Those of `labels` that rows have, in the order of `labels`. */
export function presentLabels(labels: readonly string[], rowLabels: readonly string[]): readonly string[] {
  const present = new Set(rowLabels);
  return labels.filter((label) => present.has(label));
}

/** Vectors `[rows, width]` -> probabilities `[rows, labels]`. */
export type Predict = (vectors: Matrix) => Float64Array;

/**
 * Fits heads on rows that may lack some of `labels`; what each predicts is over all of them.
 *
 * @param fit  fits heads with the labels that it is given, each of which has rows
 */
export async function* fitOnPresent(
  train: Pick<LabeledVectors, "labels">,
  {
    labels,
    fit,
  }: {
    readonly labels: readonly string[];
    readonly fit: (own: readonly string[]) => AsyncIterable<{ readonly head: Head }>;
  },
): AsyncGenerator<Predict> {
  const own = presentLabels(labels, train.labels);
  for await (const { head } of fit(own)) {
    yield (vectors) => overLabels(predictProbabilities(head, vectors), own, labels);
  }
}

/** Probabilities `[rows, own]` as `[rows, labels]`: 0 for a label that is not among `own`. */
export function overLabels(
  probabilities: Float64Array,
  own: readonly string[],
  labels: readonly string[],
): Float64Array {
  if (own.length === labels.length) return probabilities;
  const place = own.map((label) => labels.indexOf(label));
  const rows = probabilities.length / own.length;
  const result = new Float64Array(rows * labels.length);
  for (let r = 0; r < rows; r++) {
    place.forEach((at, k) => (result[r * labels.length + at] = probabilities[r * own.length + k]));
  }
  return result;
}
