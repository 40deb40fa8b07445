import { Matrix as Square } from "ml-matrix";
import { columnMeans, covariance } from "../../math/covariance.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { symmetricPower } from "../../math/symmetricPower.js";

/** Share of a covariance that is taken to be the same in all directions: few rows give too large differences. */
const SHRINKAGE = 0.1;

/**
 * The rows of the source with the covariance of the target: centered, whitened by their own covariance, colored by that of
 * the target, and put around their own mean again. Both covariances are shrunk towards one that is equal in all directions.
 *
 * @param source     `[rows, width]`, 2 rows or more
 * @param target     the same width
 * @param shrinkage  0 to 1; at 0 the covariances become the same, where those of the source have full rank
 * @see Sun, Feng & Saenko 2016, Return of frustratingly easy domain adaptation (CORAL): https://arxiv.org/abs/1511.05547
 */
export function recolored(source: Matrix, target: Matrix, shrinkage = SHRINKAGE): Matrix {
  const mean = columnMeans(source);
  const whitening = symmetricPower(shrunk(source, shrinkage), -0.5);
  const turn = whitening.mmul(symmetricPower(shrunk(target, shrinkage), 0.5)).to2DArray();
  const { rows, cols } = source;
  const result = matrix(rows, cols);
  const own = new Float64Array(cols);
  for (let r = 0; r < rows; r++) {
    const sums = Float64Array.from(mean);
    for (let d = 0; d < cols; d++) own[d] = source.data[r * cols + d] - mean[d];
    for (let d = 0; d < cols; d++) for (let j = 0; j < cols; j++) sums[j] += own[d] * turn[d][j];
    result.data.set(sums, r * cols);
  }
  return result;
}

/** Covariance of the rows, shrunk. */
function shrunk(rows: Matrix, shrinkage: number): Square {
  const { cols } = rows;
  const own = covariance(rows);
  const all = new Square(Array.from({ length: cols }, (_, d) => own.subarray(d * cols, (d + 1) * cols)));
  const even = (all.trace() / cols) * shrinkage || Number.EPSILON;
  return all.mul(1 - shrinkage).add(Square.eye(cols).mul(even));
}
