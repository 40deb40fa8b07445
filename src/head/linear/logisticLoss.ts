import { sigmoid, softplus } from "../../math/softmax.js";

/** Rows with their labels, as the loss sees them. */
export interface Targets {
  /** Label index of every row. */
  readonly y: Int32Array;
  /** Weight of every row. */
  readonly weights: Float64Array;
  /** Number of labels; two labels have a single logit. */
  readonly classes: number;
}

export const logitCount = (classes: number): number => (classes === 2 ? 1 : classes);

/**
 * Weighted log loss of logits `[rows, k]`, summed over the rows, in float64; exact for any finite logits: a
 * log-sum-exp whose exponentials serve the derivative too.
 *
 * Writes its derivative, weight times (probability - truth), into `residuals` `[rows, k]`.
 */
export function logLossInto(
  residuals: Float32Array | Float64Array,
  logits: Float32Array | Float64Array,
  { y, weights, classes }: Targets,
): number {
  const k = logitCount(classes);
  const shares = new Float64Array(k);
  let loss = 0;
  for (let r = 0; r < y.length; r++) {
    const w = weights[r];
    if (k === 1) {
      const z = logits[r];
      loss += w * softplus(y[r] === 1 ? -z : z);
      residuals[r] = w * (sigmoid(z) - y[r]);
      continue;
    }
    const at = r * k;
    let top = -Infinity;
    for (let c = 0; c < k; c++) if (logits[at + c] > top) top = logits[at + c];
    let sum = 0;
    for (let c = 0; c < k; c++) sum += shares[c] = Math.exp(logits[at + c] - top);
    loss += w * (top + Math.log(sum) - logits[at + y[r]]);
    for (let c = 0; c < k; c++) residuals[at + c] = w * (shares[c] / sum - (c === y[r] ? 1 : 0));
  }
  return loss;
}

/**
 * Weight of every row so that each label weighs the same in total, and all weigh as much as before: the row's own weight
 * times `total / (labels * total of its label)`.
 */
export function balancedWeights(y: Int32Array, own: Float64Array, classes: number): Float64Array {
  const totals = new Float64Array(classes);
  y.forEach((label, r) => (totals[label] += own[r]));
  const total = own.reduce((sum, w) => sum + w, 0);
  return own.map((w, r) => (w * total) / (classes * totals[y[r]]));
}
