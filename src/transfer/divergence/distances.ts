import type { Matrix } from "../../math/matrix.js";

/**
 * Squared Euclidean distances between all rows, `[rows, rows]`, row-major, symmetric.
 *
 * @param x  `[rows, width]`
 */
export function squaredDistances({ rows, cols, data }: Matrix): Float64Array {
  const norms = Float64Array.from({ length: rows }, (_, r) => product(data, r * cols, r * cols, cols));
  const result = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const distance = Math.max(0, norms[i] + norms[j] - 2 * product(data, i * cols, j * cols, cols));
      result[i * rows + j] = result[j * rows + i] = distance;
    }
  }
  return result;
}

function product(data: Float32Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += data[a + d] * data[b + d];
  return sum;
}
