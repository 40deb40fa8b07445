import { matrix, type Matrix } from "../../math/matrix.js";
import type { RowProducts } from "../../onnx/runtime/gemm.js";

/** What adds up to the units of some words. */
interface UnitParts {
  /** Of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** `[words, (2 contextWindow + 1) * units]`: a word's products with the weights for each distance. */
  readonly moved: Float32Array;
  readonly contextWindow: number;
  /** `[units]` */
  readonly bias: Float32Array;
  /** `[cues, units]` */
  readonly cues: Float32Array;
  /** Of every word: rows of `cues`. */
  readonly rows: readonly Int32Array[];
}

/** What each unit of each word gets: its bias, the products of the words around, and its cues. `[words, units]` */
export function unitSums({ offsets, moved, contextWindow, bias, cues, rows }: UnitParts): Matrix {
  const units = bias.length;
  const all = (2 * contextWindow + 1) * units;
  const [first, words] = [offsets[0], offsets[offsets.length - 1] - offsets[0]];
  const result = matrix(words, units);
  const sums = new Float64Array(units);
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [from, to] = [offsets[s] - first, offsets[s + 1] - first];
    for (let word = from; word < to; word++) {
      const around = [];
      for (let other = Math.max(from, word - contextWindow); other <= word + contextWindow && other < to; other++)
        around.push(other * all + (other - word + contextWindow) * units);
      sums.set(bias);
      addRows(sums, moved, around);
      addRows(sums, cues, rows[word], units);
      result.data.set(sums, word * units);
    }
  }
  return result;
}

/**
 * Adds some rows of a table that is as wide as `sums`, four at a time: most of the time of a loop over one is spent on
 * `sums`.
 *
 * @param unit  numbers that a place counts
 */
function addRows(sums: Float64Array, table: Float32Array, places: ArrayLike<number>, unit = 1): void {
  const width = sums.length;
  let i = 0;
  for (; i + 3 < places.length; i += 4) {
    const [a, b] = [places[i] * unit, places[i + 1] * unit];
    const [c, d] = [places[i + 2] * unit, places[i + 3] * unit];
    for (let u = 0; u < width; u++) sums[u] += table[a + u] + table[b + u] + (table[c + u] + table[d + u]);
  }
  for (; i < places.length; i++) {
    const a = places[i] * unit;
    for (let u = 0; u < width; u++) sums[u] += table[a + u];
  }
}

/** Scores of every tag at every word from its hidden units, `[words, tags]`. */
export async function tagScores(
  hidden: Matrix,
  { weights, bias }: { readonly weights: Float32Array; readonly bias: Float32Array },
  products: RowProducts,
): Promise<Float64Array> {
  const scores = Float64Array.from(await products.forward(hidden, weights, bias.length));
  for (let at = 0; at < scores.length; at++) scores[at] += bias[at % bias.length];
  return scores;
}

/** Adds to the scores of every word those of its surface features: `rows` of `table`, `[features, tags]`. */
export function addFeatures(
  scores: Float64Array,
  table: Float32Array,
  { rows, tags }: { readonly rows: readonly Int32Array[]; readonly tags: number },
): void {
  rows.forEach((own, word) => {
    addRows(scores.subarray(word * tags, (word + 1) * tags), table, own, tags);
  });
}
