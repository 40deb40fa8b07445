import { setImmediate } from "node:timers/promises";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { Floats, Products } from "../../onnx/runtime/gemm.js";
import { logitProbabilities } from "../head.js";
import { minimize } from "../../math/lbfgs.js";
import { linearObjective } from "./linearObjective.js";
import { logitCount, logLossInto } from "./logisticLoss.js";
import { columnMoments, meanLogits, sparseGradients, sparseLogits } from "./sparseProducts.js";
import { fitVocabulary, sparseRows, type SparseRows, type TextVocabulary } from "./sparseRows.js";
import type { TextFeatures } from "./textFeatures.js";
import { rowWeights } from "../fitData.js";

/**
 * The baseline that needs no encoder: a logistic model on what a text is written with (words, pairs of words or runs of
 * characters), TF-IDF weighted.
 *
 * Features are kept as 32-bit hashes, so a saved baseline spells none of the training texts.
 */
export interface BagOfWords extends TextVocabulary {
  readonly labels: readonly string[];
  /** Weight of the data against the penalty; null where it was not kept. */
  readonly C: number | null;
  /** `[k, features]` */
  readonly weights: Matrix;
  /** `[k]` */
  readonly bias: Float32Array;
}

/** What is the same for every fit of the baseline on some rows. */
export interface BagOfWordsRows {
  readonly labels: readonly string[];
  /** `balanced` gives every label the same total weight. @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BagOfWordsOptions extends BagOfWordsRows {
  /** What is counted. @default "words" */
  readonly features?: TextFeatures | undefined;
  /** @default 4 */
  readonly C?: number | null | undefined;
  /** Rows that a feature must stand in. @default 2 */
  readonly minRows?: number | undefined;
  /** The most frequent features are kept. @default 50000, with many labels fewer */
  readonly maxFeatures?: number | undefined;
}

const DEFAULT_C = 4;
const MIN_ROWS = 2;
const MOST_FEATURES = 50_000;
/** Features times logits: what the file, the memory and the time of a fit go by. */
const MOST_WEIGHTS = 2_000_000;
const MOST_ITERATIONS = 200;
/** A fit ends where a step would lower the loss by less than this share of it, which changes no score. */
const RESOLUTION = 1e-4;
/** Stops too where no element of the gradient is larger: a loss of 0 has no share. */
const TOLERANCE = 1e-6;
/** Most that p (1 - p) can be. */
const CURVATURE = 0.25;

/**
 * Fits the baseline on training texts: sublinear term frequency times smoothed inverse document
 * frequency, rows scaled to length 1, L2-penalized log loss.
 *
 * @param y  label index of every text
 * @see Manning, Raghavan & Schuetze 2008, section 6.4
 */
export async function fitBagOfWords(
  texts: readonly string[],
  y: Int32Array,
  options: BagOfWordsOptions,
): Promise<BagOfWords> {
  for await (const bag of fitBagsOfWords(texts, y, { ...options, Cs: [options.C ?? DEFAULT_C] })) return bag;
  throw new RangeError("no value of C to fit");
}

/** Fits one baseline for each value of C, in the given order, each started from the one before. */
export async function* fitBagsOfWords(
  texts: readonly string[],
  y: Int32Array,
  options: Omit<BagOfWordsOptions, "C"> & { readonly Cs: readonly number[] },
): AsyncGenerator<BagOfWords> {
  const { labels, features = "words", Cs, minRows = MIN_ROWS } = options;
  const k = logitCount(labels.length);
  const maxFeatures = options.maxFeatures ?? Math.min(MOST_FEATURES, Math.floor(MOST_WEIGHTS / k));
  const vocabulary = fitVocabulary(texts, { features, minRows, maxFeatures });
  const fits = fitSparse(sparseRows(texts, vocabulary), y, { ...options, Cs });
  for await (const { C, weights, bias } of fits) {
    const cols = vocabulary.hashes.length;
    yield { ...vocabulary, labels: [...labels], C, weights: transposed(weights, { rows: cols, cols: k }), bias };
  }
}

/**
 * Weights `[cols, k]` and biases for each value of C. Columns are centered, without a copy of them, so that the biases
 * do not depend on the weights, and preconditioned by their curvature: a fifth of the iterations.
 */
async function* fitSparse(
  rows: SparseRows,
  y: Int32Array,
  { labels, classWeights, signal, Cs }: BagOfWordsRows & { readonly Cs: readonly number[] },
): AsyncGenerator<{ readonly C: number; readonly weights: Float64Array; readonly bias: Float32Array }> {
  const own = rowWeights(y, { labels, classWeights });
  const total = own.reduce((sum, w) => sum + w, 0);
  const { mean, variance } = columnMoments(rows, own);
  const [k, { cols }] = [logitCount(labels.length), rows];
  const targets = { y, weights: own, classes: labels.length };
  const linear = {
    rows: y.length,
    cols,
    k,
    total,
    products: centeredProducts(rows, mean),
    fresh: (n: number) => new Float64Array(n),
    lossInto: (residuals: Floats, logits: Floats) => logLossInto(residuals, logits, targets),
  };
  let point: Float64Array = new Float64Array(k * cols + k);
  for (const C of Cs) {
    const precondition = (gradient: Float64Array): void => {
      for (let at = 0; at < k * cols; at++) gradient[at] /= CURVATURE * variance[Math.floor(at / k)] + 1 / (C * total);
      for (let c = 0; c < k; c++) gradient[k * cols + c] /= CURVATURE;
    };
    const limits = { tolerance: TOLERANCE, maxIterations: MOST_ITERATIONS, resolution: RESOLUTION };
    ({ point } = await minimize(linearObjective(linear, C), point, { ...limits, precondition, signal }));
    const weights = point.subarray(0, k * cols);
    const offset = meanLogits(mean, weights, k);
    yield { C, weights, bias: Float32Array.from(offset, (o, c) => point[k * cols + c] - o) };
  }
}

/** The two products with the rows less their mean; weights and gradients are `[cols, k]`. */
const centeredProducts = (rows: SparseRows, mean: Float64Array): Pick<Products, "forward" | "backward"> => ({
  forward: async (weights, k) => {
    // Lets a signal through, which waiting for onnxruntime does by itself.
    await setImmediate();
    const logits = sparseLogits(rows, weights, k);
    const offset = meanLogits(mean, weights, k);
    return logits.map((logit, at) => logit - offset[at % k]);
  },
  backward: async (residuals, k) => {
    const gradients = sparseGradients(rows, residuals, k);
    const sums = new Float64Array(k);
    residuals.forEach((residual, at) => (sums[at % k] += residual));
    return gradients.map((gradient, at) => gradient - mean[Math.floor(at / k)] * sums[at % k]);
  },
});

/** Probabilities of every label for every text, `[texts, labels]`. */
export const predictBagOfWords = (bag: BagOfWords, texts: readonly string[]): Float64Array =>
  predictSparse(bag, sparseRows(texts, bag));

/** The same for texts in the columns of the baseline's vocabulary. */
export function predictSparse(bag: BagOfWords, rows: SparseRows): Float64Array {
  const k = bag.bias.length;
  const logits = sparseLogits(rows, transposed(bag.weights.data, bag.weights).data, k);
  for (let at = 0; at < logits.length; at++) logits[at] += bag.bias[at % k];
  return logitProbabilities(logits, bag.labels.length);
}

/** A matrix `[rows, cols]` as `[cols, rows]`, in float32. */
function transposed(data: Floats, { rows, cols }: { readonly rows: number; readonly cols: number }): Matrix {
  const result = matrix(cols, rows);
  for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < cols; c++, at++) result.data[c * rows + r] = data[at];
  return result;
}
