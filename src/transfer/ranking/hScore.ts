import { columnMeans, covariance } from "../../math/covariance.js";
import { row, type Matrix } from "../../math/matrix.js";
import { principalAxes } from "../../math/pca.js";

/**
 * Shrunk H-score: how much of the vectors' variance lies between the labels, `tr(C^-1 B)`, with C shrunk towards a sphere by
 * Ledoit and Wolf's rule and B by the same share. The higher the better.
 *
 * @param y  label of each row, `0..classes - 1`
 * @see Ibrahim, Ponomareva & Mazumder 2021, Newer is not always better: https://arxiv.org/abs/2110.06893
 */
export function hScore(x: Matrix, y: Int32Array, classes: number): number {
  const means = columnMeans(x);
  const { axes, variances } = principalAxes(covariance(x, means), x.cols);
  const sphere = variances.reduce((sum, value) => sum + value, 0) / x.cols;
  if (sphere <= 0) return 0;
  const share = shrinkage(x, { means, variances, sphere });
  const shrunk = variances.map((value) => (1 - share) * value + share * sphere);
  let total = 0;
  for (const { share: weight, offset } of classOffsets(x, y, { classes, means })) {
    for (let e = 0; e < x.cols; e++) {
      const along = offset.reduce((sum, value, d) => sum + value * axes[e * x.cols + d], 0);
      if (shrunk[e] > sphere * 1e-12) total += (weight * along ** 2) / shrunk[e];
    }
  }
  return (1 - share) * total;
}

interface Spread {
  readonly means: Float64Array;
  /** Eigenvalues of the covariance. */
  readonly variances: Float64Array;
  /** Mean eigenvalue. */
  readonly sphere: number;
}

/** Ledoit and Wolf's share of the sphere, `[0, 1]`. */
function shrinkage(x: Matrix, { means, variances, sphere }: Spread): number {
  const squares = variances.reduce((sum, value) => sum + value ** 2, 0);
  const apart = squares - x.cols * sphere ** 2;
  if (apart <= 0) return 1;
  let fourth = 0;
  for (let r = 0; r < x.rows; r++) {
    const length = row(x, r).reduce((sum, value, c) => sum + (value - means[c]) ** 2, 0);
    fourth += length ** 2;
  }
  return Math.min(1, (fourth / x.rows - squares) / x.rows / apart);
}

function classOffsets(
  x: Matrix,
  y: Int32Array,
  { classes, means }: { readonly classes: number; readonly means: Float64Array },
): { readonly share: number; readonly offset: Float64Array }[] {
  return Array.from({ length: classes }, (_, label) => {
    const sum = new Float64Array(x.cols);
    let n = 0;
    y.forEach((value, r) => {
      if (value !== label) return;
      n++;
      row(x, r).forEach((part, c) => (sum[c] += part));
    });
    return { share: n / x.rows, offset: n === 0 ? sum : sum.map((value, c) => value / n - means[c]) };
  });
}
