import type { Floats } from "../../onnx/runtime/gemm.js";
import type { SparseRows } from "./sparseRows.js";

/** Logits `[rows, k]` without biases, for weights `[cols, k]`. */
export function sparseLogits({ starts, columns, values }: SparseRows, weights: Floats, k: number): Float64Array {
  const rows = starts.length - 1;
  const logits = new Float64Array(rows * k);
  for (let r = 0; r < rows; r++) {
    const end = starts[r + 1];
    for (let i = starts[r]; i < end; i++) {
      const value = values[i];
      for (let at = r * k, from = columns[i] * k, c = 0; c < k; c++) logits[at + c] += value * weights[from + c];
    }
  }
  return logits;
}

/** Gradients of the weights, `[cols, k]`, from residuals `[rows, k]`. */
export function sparseGradients(
  { cols, starts, columns, values }: SparseRows,
  residuals: Floats,
  k: number,
): Float64Array {
  const gradients = new Float64Array(k * cols);
  for (let r = 0; r < starts.length - 1; r++) {
    const end = starts[r + 1];
    for (let i = starts[r]; i < end; i++) {
      const value = values[i];
      for (let at = r * k, to = columns[i] * k, c = 0; c < k; c++) gradients[to + c] += value * residuals[at + c];
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
