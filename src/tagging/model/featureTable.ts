import { matrix, type Matrix } from "../../math/matrix.js";

/** Weights of the surface features that occurred in training; others have none. */
export interface FeatureTable {
  /** Sorted. */
  readonly hashes: Int32Array;
  /** `[hashes, units]` */
  readonly weights: Matrix;
}

/** A feature that fewer words have is not learned: it would only be remembered. */
const LEAST_WORDS = 2;

/** A table of zeros for the features that at least two words have. */
export function featureTable(surfaceFeatures: Iterable<Int32Array>, units: number): FeatureTable {
  const counts = new Map<number, number>();
  for (const features of surfaceFeatures) for (const hash of features) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const hashes = Int32Array.from([...counts].filter(([, n]) => n >= LEAST_WORDS).map(([hash]) => hash)).sort();
  return { hashes, weights: matrix(hashes.length, units) };
}

/** Rows of the features that are in the table. */
export function featureRows({ hashes }: FeatureTable, features: Int32Array): Int32Array {
  return features.map((hash) => find(hashes, hash)).filter((row) => row >= 0);
}

function find(sorted: Int32Array, wanted: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] === wanted) return middle;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
