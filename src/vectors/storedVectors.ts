import { unreachable } from "../errors.js";
import { cosine } from "../math/matrix.js";
import type { Matrix } from "../math/matrix.js";
import { floatsOf, toHalf } from "../formats/half.js";

/** How each number of a vector is kept: 4 bytes, exactly; 2 bytes; 1 byte and one scale a row. */
export type StoreKind = "fp32" | "fp16" | "int8";

/** Vectors as they go to a file, row-major. */
export type StoredVectors =
  | { readonly kind: "fp32"; readonly values: Float32Array }
  /** Bits of half-precision numbers. */
  | { readonly kind: "fp16"; readonly values: Uint16Array }
  /** Row r is `values * scales[r]`; values are from -127 to 127. */
  | { readonly kind: "int8"; readonly values: Int8Array; readonly scales: Float32Array };

/** How near the stored vectors are to those given, over all `n` rows; 1 is the same direction. */
export interface StoreCosine {
  readonly n: number;
  readonly mean: number;
  readonly min: number;
}

/**
 * Rounds vectors to `kind`; fp32 is a view, not a copy.
 *
 * int8 takes one scale a row, its largest absolute number over 127; a zero vector has scale 0. fp16 turns what is
 * beyond 65,504 into infinities: `fitsHalf` tells.
 */
export function storeVectors(vectors: Matrix, kind: StoreKind): StoredVectors {
  switch (kind) {
    case "fp32":
      return { kind, values: vectors.data };
    case "fp16":
      return { kind, values: storeHalves(vectors.data) };
    case "int8":
      return storeBytes(vectors);
    default:
      return unreachable(kind);
  }
}

/** Stored vectors of `width` as float32; fp32 is a view, not a copy. */
export function restoreVectors(stored: StoredVectors, width: number): Float32Array {
  switch (stored.kind) {
    case "fp32":
      return stored.values;
    case "fp16":
      return floatsOf(stored.values);
    case "int8":
      return scaledRows(stored.values, stored.scales, width);
    default:
      return unreachable(stored);
  }
}

/** Whether half precision has a finite number for `value`. */
export const fitsHalf = (value: number): boolean => Math.abs(value) < 65_520;

/** Adds up `StoreCosine` over batches. */
interface CosineMeter {
  add(given: Matrix, stored: StoredVectors): void;
  /** Undefined when no row was added. */
  result(): StoreCosine | undefined;
}

export function cosineMeter(): CosineMeter {
  let [n, sum, min] = [0, 0, Infinity];
  return {
    add: (given, stored) => {
      const restored = restoreVectors(stored, given.cols);
      for (let start = 0; start < restored.length; start += given.cols) {
        const near = nearness(given.data.subarray(start, start + given.cols), restored.subarray(start));
        sum += near;
        min = Math.min(min, near);
        n++;
      }
    },
    result: () => (n === 0 ? undefined : { n, mean: sum / n, min }),
  };
}

function storeHalves(data: Float32Array): Uint16Array {
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) halves[i] = toHalf(data[i]);
  return halves;
}

function scaledRows(values: Int8Array, scales: Float32Array, width: number): Float32Array {
  const data = new Float32Array(values.length);
  for (let r = 0; r < scales.length; r++) {
    for (let i = r * width; i < (r + 1) * width; i++) data[i] = values[i] * scales[r];
  }
  return data;
}

/** Cosine, but 1 for a zero vector that was kept as one, and never above 1 by rounding. */
function nearness(given: Float32Array, restored: Float32Array): number {
  let same = 0;
  while (same < given.length && given[same] === restored[same]) same++;
  return same === given.length ? 1 : Math.min(1, cosine(given, restored));
}

function storeBytes({ rows, cols, data }: Matrix): StoredVectors {
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    let largest = 0;
    for (let i = r * cols; i < (r + 1) * cols; i++) largest = Math.max(largest, Math.abs(data[i]));
    scales[r] = largest / 127;
    // Of the tiniest numbers the scale itself rounds to zero.
    if (scales[r] === 0) continue;
    for (let i = r * cols; i < (r + 1) * cols; i++) {
      values[i] = Math.max(-127, Math.min(127, Math.round(data[i] / scales[r])));
    }
  }
  return { kind: "int8", values, scales };
}
