import { matrix, type Matrix } from "../../math/matrix.js";
import type { Floats, Products } from "../../onnx/runtime/gemm.js";
import { logitProbabilities } from "../head.js";
import { minimize } from "../../math/lbfgs.js";
import { linearObjective } from "./linearObjective.js";
import { logitCount, logLossInto } from "./logisticLoss.js";
import { fnv1a } from "../../math/fnv.js";
import { withDefaults } from "../../defaults.js";

/**
 * The baseline that needs no encoder: a logistic model on the words of a text, TF-IDF weighted.
 *
 * Words are kept as 32-bit hashes, so a saved baseline spells none of the training texts.
 */
export interface BagOfWords {
  readonly labels: readonly string[];
  /** Hash of every word of the vocabulary, ascending. */
  readonly hashes: Int32Array;
  /** Inverse document frequency of every word. */
  readonly idf: Float32Array;
  /** `[k, words]` */
  readonly weights: Matrix;
  /** `[k]` */
  readonly bias: Float32Array;
}

interface BagOfWordsOptions {
  readonly labels: readonly string[];
  /** Weight of the data against the penalty. @default 4 */
  readonly C?: number | undefined;
  /** Rows that a word must stand in. @default 2 */
  readonly minRows?: number | undefined;
  /** The most frequent words are kept. @default 50000 */
  readonly maxWords?: number | undefined;
}

const DEFAULTS = { C: 4, minRows: 2, maxWords: 50_000 } as const;
const TOLERANCE = 1e-4;

/** Words of a text, lower-cased: runs of letters and digits (with inner apostrophes), and every other sign by itself. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];
}

/**
 * Fits the baseline on training texts: sublinear term frequency times smoothed inverse document frequency, rows scaled
 * to length 1, L2-penalized log loss.
 *
 * @param y  label index of every text
 * @see Manning, Raghavan & Schuetze 2008, section 6.4
 */
export async function fitBagOfWords(
  texts: readonly string[],
  y: Int32Array,
  options: BagOfWordsOptions,
): Promise<BagOfWords> {
  const { labels, C, minRows, maxWords } = withDefaults(DEFAULTS, options);
  const documents = texts.map(hashCounts);
  const { hashes, idf } = vocabulary(documents, { minRows, maxWords });
  const rows = sparseRows(documents, { hashes, idf });
  const k = logitCount(labels.length);
  const words = hashes.length;
  const targets = { y, weights: new Float64Array(y.length).fill(1), classes: labels.length };
  const linear = {
    rows: y.length,
    cols: words,
    k,
    total: y.length,
    products: sparseProducts(rows, words),
    fresh: (n: number) => new Float64Array(n),
    lossInto: (residuals: Floats, logits: Floats) => logLossInto(residuals, logits, targets),
  };
  const { point } = await minimize(linearObjective(linear, C), new Float64Array(k * words + k), {
    tolerance: TOLERANCE,
    maxIterations: 200,
  });
  return {
    labels: [...labels],
    hashes,
    idf,
    weights: matrix(k, words, Float32Array.from(point.subarray(0, k * words))),
    bias: Float32Array.from(point.subarray(k * words)),
  };
}

/** Probabilities of every label for every text, `[texts, labels]`. */
export function predictBagOfWords(bag: BagOfWords, texts: readonly string[]): Float64Array {
  const rows = sparseRows(texts.map(hashCounts), bag);
  const k = bag.bias.length;
  const logits = sparseLogits(rows, bag.weights.data, { k, words: bag.hashes.length });
  for (let at = 0; at < logits.length; at++) logits[at] += bag.bias[at % k];
  return logitProbabilities(logits, bag.labels.length);
}

function hashCounts(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const word of wordsOf(text)) {
    const hash = fnv1a(word);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}

function vocabulary(
  documents: readonly Map<number, number>[],
  { minRows, maxWords }: { minRows: number; maxWords: number },
): Pick<BagOfWords, "hashes" | "idf"> {
  const rows = new Map<number, number>();
  for (const document of documents) for (const hash of document.keys()) rows.set(hash, (rows.get(hash) ?? 0) + 1);
  const kept = [...rows].filter(([, n]) => n >= minRows);
  kept.sort((a, b) => b[1] - a[1] || a[0] - b[0]).splice(maxWords);
  kept.sort((a, b) => a[0] - b[0]);
  return {
    hashes: Int32Array.from(kept, ([hash]) => hash),
    idf: Float32Array.from(kept, ([, n]) => Math.log((1 + documents.length) / (1 + n)) + 1),
  };
}

/** Rows of a sparse matrix: row r has the columns `columns[starts[r] .. starts[r + 1])` with their values. */
interface SparseRows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

function sparseRows(
  documents: readonly Map<number, number>[],
  { hashes, idf }: Pick<BagOfWords, "hashes" | "idf">,
): SparseRows {
  const column = new Map(Array.from(hashes, (hash, i) => [hash, i]));
  const starts = new Int32Array(documents.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  documents.forEach((document, r) => {
    let square = 0;
    for (const [hash, count] of document) {
      const c = column.get(hash);
      if (c === undefined) continue;
      const value = (1 + Math.log(count)) * idf[c];
      square += value * value;
      columns.push(c);
      values.push(value);
    }
    const length = Math.sqrt(square);
    for (let i = starts[r]; i < values.length; i++) values[i] /= length;
    starts[r + 1] = values.length;
  });
  return { starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

interface LinearShape {
  readonly k: number;
  readonly words: number;
}

/** The two products of a linear model with sparse rows, in float64. */
const sparseProducts = (rows: SparseRows, words: number): Pick<Products, "forward" | "backward"> => ({
  forward: async (weights, k) => sparseLogits(rows, weights, { k, words }),
  backward: async (residuals, k) => sparseGradients(rows, residuals, { k, words }),
});

/** Logits `[rows, k]` without biases, for weights `[k, words]`. */
function sparseLogits(
  { starts, columns, values }: SparseRows,
  weights: Floats,
  { k, words }: LinearShape,
): Float64Array {
  const rows = starts.length - 1;
  const logits = new Float64Array(rows * k);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < k; c++) {
      let sum = 0;
      for (let i = starts[r]; i < starts[r + 1]; i++) sum += values[i] * weights[c * words + columns[i]];
      logits[r * k + c] = sum;
    }
  }
  return logits;
}

/** Gradients of the weights `[k, words]` from residuals `[rows, k]`. */
function sparseGradients(
  { starts, columns, values }: SparseRows,
  residuals: Floats,
  { k, words }: LinearShape,
): Float64Array {
  const gradients = new Float64Array(k * words);
  for (let r = 0; r < starts.length - 1; r++) {
    for (let c = 0; c < k; c++) {
      const gradient = residuals[r * k + c];
      for (let i = starts[r]; i < starts[r + 1]; i++) gradients[c * words + columns[i]] += gradient * values[i];
    }
  }
  return gradients;
}
