import { EigenvalueDecomposition, Matrix as Square } from "ml-matrix";

/** Directions of a cloud of points, those of the largest variance first. */
interface PrincipalAxes {
  /** `[axes, cols]`, row-major; each of length 1, its component of the largest magnitude positive. */
  readonly axes: Float64Array;
  /** Variance of the points along each axis. */
  readonly variances: Float64Array;
}

/**
 * All principal axes by the covariance of the points: its eigenvectors, by falling eigenvalue.
 *
 * @param covariance  `[cols, cols]`, symmetric, row-major; not written to
 * @see Jolliffe 2002, Principal Component Analysis, chapter 1
 */
export function principalAxes(covariance: Float64Array, cols: number): PrincipalAxes {
  if (covariance.length !== cols * cols)
    throw new RangeError(`A covariance of ${cols} columns has ${cols * cols} numbers`);
  const rows = Array.from({ length: cols }, (_, r) => covariance.subarray(r * cols, (r + 1) * cols));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Square(rows), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a] || a - b);
  const axes = new Float64Array(cols * cols);
  order.forEach((from, axis) => {
    const vector = eigenvectorMatrix.getColumn(from);
    const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    const sign = largest < 0 ? -1 : 1;
    vector.forEach((x, d) => (axes[axis * cols + d] = sign * x));
  });
  return { axes, variances: Float64Array.from(order, (i) => Math.max(0, realEigenvalues[i])) };
}
