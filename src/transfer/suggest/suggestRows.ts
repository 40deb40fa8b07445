import { duplicateGroups } from "../../dataset/duplicates.js";
import { takeRows, type Matrix } from "../../math/matrix.js";
import { seeded, shuffled } from "../../math/random.js";
import { weightedMeans } from "./weightedMeans.js";

/** Rows to choose among; of a larger pool a sample is enough. */
const MOST_ROWS = 5000;

/** Rows without labels, and what a head makes of them. */
export interface Pool {
  readonly texts: readonly string[];
  /** `[texts, width]` */
  readonly vectors: Matrix;
  /** `[texts, classes]` */
  readonly probabilities: Float64Array;
}

export interface SuggestOptions {
  /** Rows wanted; fewer come back where fewer differ. */
  readonly count: number;
  /** Texts that have a label already: no row that says the same is suggested. */
  readonly labeled: readonly string[];
  readonly seed: number;
  /** What a row counts for: all rows the same, or the less certain its prediction is the more. @default "same" */
  readonly weigh?: "same" | "uncertainty" | undefined;
}

/**
 * Rows of the pool to label first: the pool is put into as many clusters as rows are wanted, and of each cluster the row
 * nearest to its mean is taken, that of the largest cluster first. Equal texts count as one row.
 *
 * @returns indices into the pool, no two of the same text
 */
export function suggestRows(pool: Pool, { count, labeled, seed, weigh = "same" }: SuggestOptions): Int32Array {
  const random = seeded(seed);
  const free = freeRows(pool.texts, labeled);
  const rows = shuffled(free.length, random)
    .slice(0, MOST_ROWS)
    .map((i) => free[i]);
  const x = takeRows(pool.vectors, rows);
  const classes = pool.texts.length === 0 ? 0 : pool.probabilities.length / pool.texts.length;
  const weights = Float64Array.from(rows, (r) =>
    weigh === "same" ? 1 : uncertainty(pool.probabilities.subarray(r * classes, (r + 1) * classes)),
  );
  const { of, distance } = weightedMeans(x, weights, Math.min(count, rows.length), random);
  const best = new Map<number, { at: number; mass: number }>();
  of.forEach((cluster, at) => {
    const known = best.get(cluster) ?? { at, mass: 0 };
    best.set(cluster, { at: distance[at] < distance[known.at] ? at : known.at, mass: known.mass + weights[at] });
  });
  const chosen = [...best.values()].sort((a, b) => b.mass - a.mass || a.at - b.at);
  return Int32Array.from(chosen, ({ at }) => rows[at]);
}

/** The first row of each text that has no label yet. */
function freeRows(texts: readonly string[], labeled: readonly string[]): number[] {
  const groups = duplicateGroups([...labeled, ...texts]);
  const seen = new Set(groups.subarray(0, labeled.length));
  const free: number[] = [];
  texts.forEach((_, r) => {
    const group = groups[labeled.length + r];
    if (seen.has(group)) return;
    seen.add(group);
    free.push(r);
  });
  return free;
}

/** Entropy of the probabilities as a share of the most there is; a little for certain rows too, so that none is left out. */
function uncertainty(p: Float64Array): number {
  if (p.length < 2) return 1;
  const entropy = -p.reduce((sum, q) => (q > 0 ? sum + q * Math.log(q) : sum), 0);
  return 0.01 + entropy / Math.log(p.length);
}
