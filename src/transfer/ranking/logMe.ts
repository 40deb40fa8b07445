import { row, type Matrix } from "../../math/matrix.js";
import { principalAxes } from "../../math/pca.js";

const MOST_ROUNDS = 100;
const CLOSE = 1e-8;

/**
 * LogME: the logarithm of the evidence of a linear model from the vectors to each label against the rest, maximized over its two
 * precisions, a row, mean over the labels. The higher the better the vectors serve.
 *
 * @param y  label of each row, `0..classes - 1`
 * @see You et al. 2021, LogME: https://arxiv.org/abs/2102.11005
 */
export function logMe(x: Matrix, y: Int32Array, classes: number): number {
  const { axes, variances } = principalAxes(gram(x), x.cols);
  let total = 0;
  for (let label = 0; label < classes; label++) {
    const projected = projections(x, y, { label, axes });
    const squares = y.reduce((n, value) => n + (value === label ? 1 : 0), 0);
    total += evidence({ eigenvalues: variances, projected, squares, n: x.rows });
  }
  return total / classes / x.rows;
}

interface OneAgainstRest {
  readonly eigenvalues: Float64Array;
  /** `X'y` along each eigenvector of `X'X`. */
  readonly projected: Float64Array;
  /** `y'y`. */
  readonly squares: number;
  readonly n: number;
}

function evidence({ eigenvalues, projected, squares, n }: OneAgainstRest): number {
  let [alpha, beta, left, length] = [1, 1, 0, 0];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let gamma = 0;
    [left, length] = [squares, 0];
    eigenvalues.forEach((s, at) => {
      const weight = (beta * projected[at]) / (alpha + beta * s);
      gamma += (beta * s) / (alpha + beta * s);
      length += weight ** 2;
      left += s * weight ** 2 - 2 * weight * projected[at];
    });
    left = Math.max(left, 1e-10);
    const before = alpha / beta;
    [alpha, beta] = [gamma / Math.max(length, 1e-10), Math.max(n - gamma, 1e-10) / left];
    if (Math.abs(alpha / beta - before) <= CLOSE * before) break;
  }
  const determinant = eigenvalues.reduce((sum, s) => sum + Math.log(alpha + beta * s), 0);
  const likelihood = n * Math.log(beta) - beta * left - n * Math.log(2 * Math.PI);
  return (likelihood + eigenvalues.length * Math.log(alpha) - alpha * length - determinant) / 2;
}

function gram({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols * cols);
  for (let r = 0; r < rows; r++) {
    const values = data.subarray(r * cols, (r + 1) * cols);
    for (let a = 0; a < cols; a++) for (let b = 0; b < cols; b++) sums[a * cols + b] += values[a] * values[b];
  }
  return sums;
}

function projections(
  x: Matrix,
  y: Int32Array,
  { label, axes }: { readonly label: number; readonly axes: Float64Array },
): Float64Array {
  const sum = new Float64Array(x.cols);
  y.forEach((value, r) => {
    if (value === label) row(x, r).forEach((part, c) => (sum[c] += part));
  });
  const along = (e: number): number => sum.reduce((total, value, c) => total + value * axes[e * x.cols + c], 0);
  return Float64Array.from({ length: x.cols }, (_, e) => along(e));
}
