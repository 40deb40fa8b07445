import { duplicateGroups } from "../dataset/duplicates.js";
import { matrix, row, takeRows, type Matrix } from "../math/matrix.js";
import { seeded, shuffled } from "../math/random.js";
import { openProducts } from "../onnx/runtime/gemm.js";
import { withDefaults } from "../defaults.js";

/** Training rows to compare a text with: one of each group of equal texts, with vectors of length 1 in 8 bits. */
export interface NeighborIndex {
  readonly texts: readonly string[];
  /** Label index of every text. */
  readonly y: Int32Array;
  /** `[texts, width]`, 128 standing for 0. */
  readonly bytes: Uint8Array;
  /** What a step of each row's bytes is worth. */
  readonly scales: Float32Array;
  /** How far kept rows lie from the others, ascending; of a sample where there are many rows. */
  readonly distances: Float32Array;
}

export interface NeighborIndexOptions {
  /** Rows that are kept at most, drawn by the seed. @default 10000 */
  readonly most?: number | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

/** A kept row beside a text. */
export interface Neighbor {
  readonly row: number;
  /** Cosine of their vectors. */
  readonly similarity: number;
}

/** Where a text lies among the kept rows. */
export interface NeighborhoodStats {
  /** The nearest rows, nearest first. */
  readonly nearest: readonly Neighbor[];
  /** 1 - mean cosine with the 10 nearest rows. */
  readonly distance: number;
  /** Percent of the kept rows that lie as near to the others as this text, or nearer; 100 is further than any. */
  readonly percentile: number;
}

const DEFAULTS = { most: 10_000, seed: 1 } as const;
/** Rows that a distance is a mean over. */
const NEAREST = 10;
/** Kept rows whose own distance to the others is measured, at most. */
const SAMPLE = 2000;
/** Texts compared at a time; bounds the memory of their cosines. */
const AT_ONCE = 256;

/**
 * Keeps training rows to explain predictions with. Of equal texts the first is kept, so that no row is its own neighbor.
 *
 * @param rows  texts, label indices and vectors `[texts, width]`; not written
 * @example
 * const y = Int32Array.from(data.labels, (label) => (label === "positive" ? 1 : 0));
 * const index = await buildNeighborIndex({ texts: data.texts, y, vectors: data.vectors }, { most: 100 });
 * console.log(index.texts.length); // 100
 */
export async function buildNeighborIndex(
  rows: { readonly texts: readonly string[]; readonly y: Int32Array; readonly vectors: Matrix },
  options: NeighborIndexOptions = {},
): Promise<NeighborIndex> {
  const { most, seed, threads } = withDefaults(DEFAULTS, options);
  const firsts = firstOfEach(duplicateGroups(rows.texts));
  const chosen = [...shuffled(firsts.length, seeded(seed))].slice(0, most).sort((a, b) => a - b);
  const at = chosen.map((i) => firsts[i]);
  const { bytes, scales } = inBytes(takeRows(rows.vectors, at));
  const kept = { texts: at.map((r) => rows.texts[r]), y: Int32Array.from(at, (r) => rows.y[r]), bytes, scales };
  const sample = shuffled(at.length, seeded(seed + 1)).slice(0, SAMPLE);
  const own = takeRows(vectorsOf(kept), sample);
  const found = await nearestRows(kept, own, { leaveOut: sample, threads });
  return { ...kept, distances: Float32Array.from(found, distanceOf).sort() };
}

/**
 * Where each of `vectors` `[texts, width]` lies among the kept rows.
 *
 * @example
 * const y = Int32Array.from(data.labels, (label) => (label === "positive" ? 1 : 0));
 * const index = await buildNeighborIndex({ texts: data.texts, y, vectors: data.vectors });
 * const [stats] = await nearestNeighbors(index, dev.vectors);
 * console.log(stats?.nearest.length, stats?.distance);
 */
export async function nearestNeighbors(
  kept: NeighborIndex,
  vectors: Matrix,
  options: { readonly threads?: number | undefined } = {},
): Promise<NeighborhoodStats[]> {
  const found = await nearestRows(kept, unit(vectors), options);
  return found.map((nearest) => {
    const distance = distanceOf(nearest);
    const nearer = kept.distances.reduce((n, own) => n + (own <= distance ? 1 : 0), 0);
    return { nearest, distance, percentile: (100 * nearer) / Math.max(1, kept.distances.length) };
  });
}

function firstOfEach(groups: Int32Array): number[] {
  // Groups are numbered in the order of first appearance.
  let next = 0;
  return [...groups.keys()].filter((r) => groups[r] === next && ++next > 0);
}

const distanceOf = (nearest: readonly Neighbor[]): number =>
  nearest.length === 0 ? 0 : 1 - nearest.reduce((sum, { similarity }) => sum + similarity, 0) / nearest.length;

/** The nearest kept rows of every query; of a query that is itself kept, the row in `leaveOut` is no neighbor. */
async function nearestRows(
  kept: Pick<NeighborIndex, "bytes" | "scales">,
  queries: Matrix,
  { leaveOut, threads }: { readonly leaveOut?: Int32Array | undefined; readonly threads?: number | undefined },
): Promise<Neighbor[][]> {
  const rows = kept.scales.length;
  const { cols } = queries;
  const options = { threads };
  const products = await openProducts(vectorsOf(kept).data, { rows, cols }, options);
  const result: Neighbor[][] = [];
  try {
    for (let start = 0; start < queries.rows; start += AT_ONCE) {
      const count = Math.min(AT_ONCE, queries.rows - start);
      const cosines = await products.forward(queries.data.subarray(start * cols, (start + count) * cols), count);
      for (let q = 0; q < count; q++) {
        result.push(highest((r) => cosines[r * count + q], { rows, without: leaveOut?.[start + q] }));
      }
    }
  } finally {
    await products.close();
  }
  return result;
}

/** The rows of the largest similarities, largest first; the earlier of two alike. */
function highest(
  similarity: (row: number) => number,
  { rows, without }: { readonly rows: number; readonly without: number | undefined },
): Neighbor[] {
  const best: Neighbor[] = [];
  for (let r = 0; r < rows; r++) {
    const s = similarity(r);
    if (r === without || (best.length === NEAREST && s <= best[NEAREST - 1].similarity)) continue;
    const place = best.findLastIndex((other) => other.similarity >= s) + 1;
    best.splice(place, 0, { row: r, similarity: s });
    if (best.length > NEAREST) best.pop();
  }
  return best;
}

/** Rows brought to length 1; a row of zeros stays. */
function unit(x: Matrix): Matrix {
  const result = matrix(x.rows, x.cols);
  for (let r = 0; r < x.rows; r++) {
    const values = row(x, r);
    const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) || 1;
    for (let c = 0; c < x.cols; c++) result.data[r * x.cols + c] = values[c] / length;
  }
  return result;
}

function inBytes(x: Matrix): { bytes: Uint8Array; scales: Float32Array } {
  const { data } = unit(x);
  const scales = Float32Array.from({ length: x.rows }, (_, r) => {
    const values = data.subarray(r * x.cols, (r + 1) * x.cols);
    return values.reduce((top, v) => Math.max(top, Math.abs(v)), 0) / 127;
  });
  const bytes = Uint8Array.from(data, (v, at) => 128 + Math.round(v / (scales[Math.floor(at / x.cols)] || 1)));
  return { bytes, scales };
}

/** The kept vectors as numbers, length 1. */
function vectorsOf({ bytes, scales }: Pick<NeighborIndex, "bytes" | "scales">): Matrix {
  const cols = scales.length === 0 ? 0 : bytes.length / scales.length;
  return unit(
    matrix(
      scales.length,
      cols,
      Float32Array.from(bytes, (b, at) => (b - 128) * scales[Math.floor(at / cols)]),
    ),
  );
}
