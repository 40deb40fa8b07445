import { row, type Matrix } from "../../math/matrix.js";
import type { Random } from "../../math/random.js";

const ROUNDS = 20;

export interface Clusters {
  /** Cluster of every row. */
  readonly of: Int32Array;
  /** Squared distance of every row to the mean of its cluster. */
  readonly distance: Float64Array;
}

/**
 * Weighted k-means, started as k-means++ starts it: every next mean is a row drawn by its weight times its squared
 * distance to the nearest mean so far.
 *
 * @param weights  one a row, 0 or more
 * @param k  at least 1; where fewer rows differ, fewer clusters come back
 * @see https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf (Arthur and Vassilvitskii, 2007)
 */
export function weightedMeans(x: Matrix, weights: Float64Array, k: number, random: Random): Clusters {
  const means = firstMeans(x, weights, k, random);
  let found = assigned(x, means);
  for (let round = 0; round < ROUNDS; round++) {
    moveMeans(means, x, weights, found.of);
    const next = assigned(x, means);
    const isSettled = next.of.every((cluster, r) => cluster === found.of[r]);
    found = next;
    if (isSettled) break;
  }
  return found;
}

function firstMeans(x: Matrix, weights: Float64Array, k: number, random: Random): Float64Array[] {
  const nearest = new Float64Array(x.rows).fill(1);
  const means: Float64Array[] = [];
  while (means.length < k) {
    const chosen = drawn(weights, nearest, random);
    if (chosen === undefined) break;
    const mean = Float64Array.from(row(x, chosen));
    for (let r = 0; r < x.rows; r++) {
      const d = squaredDistance(row(x, r), mean);
      nearest[r] = means.length === 0 ? d : Math.min(nearest[r], d);
    }
    means.push(mean);
  }
  return means;
}

/** A row drawn by the product of both; undefined where that is 0 for all. */
function drawn(weights: Float64Array, nearest: Float64Array, random: Random): number | undefined {
  const total = weights.reduce((sum, w, r) => sum + w * nearest[r], 0);
  let left = random() * total;
  let last: number | undefined;
  for (let r = 0; r < weights.length; r++) {
    const mass = weights[r] * nearest[r];
    if (!(mass > 0)) continue;
    last = r;
    left -= mass;
    if (left < 0) break;
  }
  return last;
}

function assigned(x: Matrix, means: readonly Float64Array[]): Clusters {
  const of = new Int32Array(x.rows);
  const distance = new Float64Array(x.rows).fill(Infinity);
  for (let r = 0; r < x.rows; r++) {
    const own = row(x, r);
    means.forEach((mean, c) => {
      const d = squaredDistance(own, mean);
      if (d < distance[r]) [of[r], distance[r]] = [c, d];
    });
  }
  return { of, distance };
}

/** A cluster without weight keeps its mean. */
function moveMeans(means: readonly Float64Array[], x: Matrix, weights: Float64Array, of: Int32Array): void {
  const mass = new Float64Array(means.length);
  const sums = means.map((mean) => new Float64Array(mean.length));
  for (let r = 0; r < x.rows; r++) {
    const own = row(x, r);
    const sum = sums[of[r]];
    mass[of[r]] += weights[r];
    for (let j = 0; j < own.length; j++) sum[j] += weights[r] * own[j];
  }
  means.forEach((mean, c) => {
    if (mass[c] > 0) mean.set(sums[c].map((s) => s / mass[c]));
  });
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}
