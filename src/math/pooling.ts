import { unreachable } from "../errors.js";

/** How token vectors become one vector: their average, the first one, or the largest value of each column. */
export type Pooling = "mean" | "cls" | "max";

/** How the token vectors of a batch become one vector a text. */
export interface BatchPooling {
  readonly pooling: Pooling;
  /** `[texts, tokens, width]` of the token vectors. */
  readonly shape: readonly [number, number, number];
  /** Real tokens of each text; more than `tokens` where the model gives vectors of the first ones only. */
  readonly lengths: Int32Array;
}

/** Pools every text of a batch: `[texts, tokens, width]` become `[texts, width]`. */
export function poolBatch(hidden: Float32Array, { pooling, shape, lengths }: BatchPooling): Float32Array {
  const [texts, tokens, width] = shape;
  const pooled = new Float32Array(texts * width);
  for (let r = 0; r < texts; r++) {
    const out = pooled.subarray(r * width, (r + 1) * width);
    poolInto(out, { hidden, start: r * tokens * width, tokens: lengths[r] }, pooling);
  }
  return pooled;
}

/** Token vectors of one text. */
interface TokenVectors {
  /** `[.., width]`, row-major; the text's first token starts at `start`. */
  readonly hidden: Float32Array;
  readonly start: number;
  /** Real tokens, padding not counted. */
  readonly tokens: number;
}

/**
 * Writes the pooled vector of one text into `out` (its length is the width).
 *
 * Only the text's real tokens are read, in order, with sums in float64, so padding and neighbors change no bit. A text
 * without tokens gets zeros, not NaN.
 *
 * @see Reimers & Gurevych 2019, section 3: https://arxiv.org/abs/1908.10084
 */
export function poolInto(out: Float32Array, { hidden, start, tokens }: TokenVectors, pooling: Pooling): void {
  const width = out.length;
  if (tokens === 0) {
    out.fill(0);
    return;
  }
  switch (pooling) {
    case "cls":
      out.set(hidden.subarray(start, start + width));
      return;
    case "mean": {
      const sums = new Float64Array(width);
      for (let t = 0, at = start; t < tokens; t++) for (let d = 0; d < width; d++, at++) sums[d] += hidden[at];
      for (let d = 0; d < width; d++) out[d] = sums[d] / tokens;
      return;
    }
    case "max":
      out.set(hidden.subarray(start, start + width));
      for (let t = 1, at = start + width; t < tokens; t++) {
        for (let d = 0; d < width; d++, at++) if (hidden[at] > out[d]) out[d] = hidden[at];
      }
      return;
    default:
      unreachable(pooling);
  }
}

/** Length of `vector`, summed in float64: finite when all its numbers are. */
export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += vector[d] * vector[d];
  return Math.sqrt(sum);
}

/** Scales `vector` to length 1, in place; a zero vector stays zero. */
export function normalizeInto(vector: Float32Array, length = lengthOf(vector)): void {
  if (length === 0) return;
  for (let d = 0; d < vector.length; d++) vector[d] /= length;
}
