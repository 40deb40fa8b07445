import { EigenvalueDecomposition, Matrix as Square } from "ml-matrix";
import { columnMeans, covariance } from "../../math/covariance.js";
import type { Matrix } from "../../math/matrix.js";
import { symmetricPower } from "../../math/symmetricPower.js";

/** Squared Fréchet distance of two normal distributions, in its two parts. */
export interface FrechetDistance {
  readonly total: number;
  /** Squared distance of the means: what centering each side removes. */
  readonly mean: number;
  /** Of the covariances; centering leaves it. */
  readonly covariance: number;
}

/**
 * Squared Fréchet distance of the normal distributions with the means and covariances of two samples:
 * `|m - n|^2 + tr(C + D - 2 (C D)^(1/2))`.
 *
 * @param source  `[rows, width]`, 2 rows or more
 * @see Dowson & Landau 1982, The Fréchet distance between multivariate normal distributions
 */
export function frechetDistance(source: Matrix, target: Matrix): FrechetDistance {
  const [a, b] = [moments(source), moments(target)];
  const mean = a.mean.reduce((sum, value, d) => sum + (value - b.mean[d]) ** 2, 0);
  const root = symmetricPower(a.covariance, 0.5);
  const product = root.mmul(b.covariance).mmul(root);
  const shared = new EigenvalueDecomposition(product, { assumeSymmetric: true }).realEigenvalues;
  const common = shared.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const spread = Math.max(0, a.covariance.trace() + b.covariance.trace() - 2 * common);
  return { total: mean + spread, mean, covariance: spread };
}

function moments(sample: Matrix): { readonly mean: Float64Array; readonly covariance: Square } {
  const { rows, cols } = sample;
  const mean = columnMeans(sample);
  const unbiased = covariance(sample, mean).map((value) => (value * rows) / (rows - 1));
  const lines = Array.from({ length: cols }, (_, r) => unbiased.subarray(r * cols, (r + 1) * cols));
  return { mean, covariance: new Square(lines) };
}
