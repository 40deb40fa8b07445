import { HeadstartError } from "../errors.js";
import { matrix, type Matrix } from "../math/matrix.js";

/** What brings every column to mean 0 and deviation 1: `(x - mean) * factor`. */
export interface Standardizer {
  readonly mean: Float32Array;
  /** 1 / deviation; 0 for a constant column, which then says nothing. */
  readonly factor: Float32Array;
}

/** Means and deviations of the columns of `x`, each row counted with its weight, in float64. */
export function fitStandardizer(x: Matrix, weights?: Float64Array): Standardizer {
  const sums = new Float64Array(x.cols);
  const squares = new Float64Array(x.cols);
  let total = 0;
  for (let r = 0; r < x.rows; r++) total += weights?.[r] ?? 1;
  for (let r = 0, at = 0; r < x.rows; r++) {
    const w = weights?.[r] ?? 1;
    for (let c = 0; c < x.cols; c++, at++) sums[c] += w * x.data[at];
  }
  for (let c = 0; c < x.cols; c++) sums[c] /= total;
  for (let r = 0, at = 0; r < x.rows; r++) {
    const w = weights?.[r] ?? 1;
    for (let c = 0; c < x.cols; c++, at++) squares[c] += w * (x.data[at] - sums[c]) ** 2;
  }
  const factor = Float32Array.from(squares, (s, c) => {
    const deviation = Math.sqrt(s / total);
    return deviation > 1e-7 * Math.max(1, Math.abs(sums[c])) ? 1 / deviation : 0;
  });
  return { mean: Float32Array.from(sums), factor };
}

/** The standardized rows, as a fresh matrix. */
export function standardize(x: Matrix, { mean, factor }: Standardizer): Matrix {
  const result = matrix(x.rows, x.cols);
  for (let r = 0, at = 0; r < x.rows; r++) {
    for (let c = 0; c < x.cols; c++, at++) result.data[at] = (x.data[at] - mean[c]) * factor[c];
  }
  return result;
}

/** @throws HeadstartError E_NOT_FINITE naming the first row and column with NaN or infinity (counted from 1) */
export function refuseNonFinite(x: Matrix, what: string): void {
  // A float64 sum of float32 numbers cannot overflow: it is finite when they all are, and faster than a test of each.
  let sum = 0;
  for (let at = 0; at < x.data.length; at++) sum += x.data[at];
  if (Number.isFinite(sum)) return;
  for (let at = 0; at < x.data.length; at++) {
    if (Number.isFinite(x.data[at])) continue;
    const [r, c] = [Math.floor(at / x.cols) + 1, (at % x.cols) + 1];
    throw new HeadstartError(
      "E_NOT_FINITE",
      `${what}: row ${r}, column ${c} is ${x.data[at]}. Remove or repair that row`,
    );
  }
}
