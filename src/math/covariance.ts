import type { Matrix } from "./matrix.js";

/** Mean of the rows. */
export function columnMeans(m: Matrix): Float64Array {
  const means = new Float64Array(m.cols);
  for (let at = 0; at < m.data.length; at++) means[at % m.cols] += m.data[at];
  return means.map((sum) => sum / m.rows);
}

/** Covariance of the columns `[cols, cols]`, over `rows` (not `rows - 1`). */
export function covariance(m: Matrix, means: Float64Array = columnMeans(m)): Float64Array {
  const { rows, cols, data } = m;
  const sums = new Float64Array(cols * cols);
  const centered = new Float64Array(cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) centered[c] = data[r * cols + c] - means[c];
    for (let a = 0; a < cols; a++) {
      const [value, start] = [centered[a], a * cols];
      for (let b = 0; b <= a; b++) sums[start + b] += value * centered[b];
    }
  }
  for (let a = 0; a < cols; a++) {
    for (let b = 0; b <= a; b++) {
      sums[a * cols + b] /= rows;
      sums[b * cols + a] = sums[a * cols + b];
    }
  }
  return sums;
}
