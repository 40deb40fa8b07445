import { incompleteBeta } from "../../math/incompleteBeta.js";
import { studentT975 } from "../../math/studentT.js";

/** A variance that was estimated, and from how much. */
export interface Variance {
  readonly variance: number;
  /** Degrees of freedom of the estimate. */
  readonly freedom: number;
}

/** Freedom below it would need wider tails than the quantile of t is good for. */
const LEAST_FREEDOM = 3;

/**
 * Variance of a sum over rows that are drawn in groups. One row more on which the heads differ is added, so that few rows that
 * happen to agree do not make a difference of zero certain.
 *
 * @see Agresti & Min 2005, Simple improved confidence intervals for comparing matched proportions
 */
export function varianceOfSum(parts: Float64Array, groups: Int32Array): Variance {
  const sums = new Float64Array(groups.reduce((most, group) => Math.max(most, group + 1), 0));
  parts.forEach((part, r) => (sums[groups[r]] += part));
  const n = sums.length;
  const squares = sums.reduce((total, sum) => total + sum ** 2, 0);
  return {
    variance: (squares * n) / Math.max(1, n - 1) + 1 / (n + 2) ** 2,
    freedom: Math.max(LEAST_FREEDOM, n - 1),
  };
}

/** Of the values, with one degree of freedom less than there are. */
export function variance(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @see Satterthwaite 1946 for the degrees of freedom of a sum of variances */
export function sumOf(parts: readonly Variance[]): Variance {
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  const freedom = total ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  return { variance: total, freedom: Math.max(LEAST_FREEDOM, freedom) };
}

/** Half the width of the 95 % interval of an estimate with such errors. */
export function halfWidth(parts: readonly Variance[]): number {
  const { variance: total, freedom } = sumOf(parts);
  return studentT975(freedom) * Math.sqrt(total);
}

/** Two-sided p of an estimate with such errors where the truth is 0. */
export function pOfZero(estimate: number, parts: readonly Variance[]): number {
  const { variance: total, freedom } = sumOf(parts);
  return incompleteBeta(freedom / (freedom + estimate ** 2 / total), freedom / 2, 0.5);
}

/**
 * Mean over draws of rows from a pool, as an estimate for draws from where the pool comes from. Draws share rows: the variance
 * between them is too small by the share drawn, and their mean is no better known than the pool allows.
 *
 * @param share  of the pool that each draw takes, below 1
 */
export function drawVariances(
  values: Float64Array,
  share: number,
): { readonly one: Variance; readonly mean: Variance } {
  const freedom = Math.max(LEAST_FREEDOM, values.length - 1);
  const one = variance(values) / (1 - share);
  return {
    one: { variance: one, freedom },
    mean: { variance: one * (share + (1 - share) / values.length), freedom },
  };
}

/** p-values that hold for all of them together, as many as there are. @see Holm 1979 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a] - ps[b]);
  const adjusted = Array.from(ps);
  let least = 0;
  order.forEach((at, rank) => {
    least = Math.max(least, Math.min(1, ps[at] * (ps.length - rank)));
    adjusted[at] = least;
  });
  return adjusted;
}
