import type { Floats } from "../../onnx/runtime/gemm.js";
import type { SparseRows } from "./sparseRows.js";

/** Logits that the loops below take at a time, in variables of their own: twice as fast as one loop over all of them. */
const BLOCK = 3;

/** Logits `[rows, k]` without biases, for weights `[cols, k]`; k is 1, or 3 and more. */
export function sparseLogits(matrix: SparseRows, weights: Floats, k: number): Float64Array {
  const { starts, columns, values } = matrix;
  const logits = new Float64Array((starts.length - 1) * k);
  for (let r = 0; r < starts.length - 1; r++) {
    const [start, end] = [starts[r], starts[r + 1]];
    if (k === 1) for (let i = start; i < end; i++) logits[r] += values[i] * weights[columns[i]];
    else
      for (let c = 0; c < k; c += BLOCK) {
        // The last block may overlap the one before.
        const from = Math.min(c, k - BLOCK);
        let [first, second, third] = [0, 0, 0];
        for (let i = start; i < end; i++) {
          const value = values[i];
          const at = columns[i] * k + from;
          first += value * weights[at];
          second += value * weights[at + 1];
          third += value * weights[at + 2];
        }
        logits[r * k + from] = first;
        logits[r * k + from + 1] = second;
        logits[r * k + from + 2] = third;
      }
  }
  return logits;
}

/** Gradients of the weights, `[cols, k]`, from residuals `[rows, k]`; k is 1, or 3 and more. */
export function sparseGradients(matrix: SparseRows, residuals: Floats, k: number): Float64Array {
  const { cols, starts, columns, values } = matrix;
  const gradients = new Float64Array(k * cols);
  for (let r = 0; r < starts.length - 1; r++) {
    const [start, end] = [starts[r], starts[r + 1]];
    if (k === 1) for (let i = start; i < end; i++) gradients[columns[i]] += values[i] * residuals[r];
    else
      for (let c = 0; c < k; c += BLOCK) {
        const from = Math.min(c, k - BLOCK);
        // What overlaps counts once.
        const first = from < c ? 0 : residuals[r * k + from];
        const second = from + 1 < c ? 0 : residuals[r * k + from + 1];
        const third = residuals[r * k + from + 2];
        for (let i = start; i < end; i++) {
          const value = values[i];
          const at = columns[i] * k + from;
          gradients[at] += value * first;
          gradients[at + 1] += value * second;
          gradients[at + 2] += value * third;
        }
      }
  }
  return gradients;
}

/** Mean and variance of each column, zeros counted, over rows with these weights. */
export function columnMoments(
  { cols, starts, columns, values }: SparseRows,
  weights: Float64Array,
): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const [mean, square] = [new Float64Array(cols), new Float64Array(cols)];
  let total = 0;
  weights.forEach((weight, r) => {
    total += weight;
    for (let i = starts[r]; i < starts[r + 1]; i++) {
      mean[columns[i]] += weight * values[i];
      square[columns[i]] += weight * values[i] ** 2;
    }
  });
  for (let c = 0; c < cols; c++) mean[c] /= total;
  return { mean, variance: square.map((s, c) => Math.max(0, s / total - mean[c] ** 2)) };
}

/** What `mean` adds to the logits, for weights `[cols, k]`. */
export function meanLogits(mean: Float64Array, weights: Floats, k: number): Float64Array {
  const logits = new Float64Array(k);
  for (let j = 0, at = 0; j < mean.length; j++) for (let c = 0; c < k; c++, at++) logits[c] += mean[j] * weights[at];
  return logits;
}
