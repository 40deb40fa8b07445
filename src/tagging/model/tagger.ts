import { HeadstartError } from "../../errors.js";
import { refuseNonFinite, type Standardizer } from "../../head/standardize.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { openRowProducts } from "../../onnx/runtime/gemm.js";
import { bestPath, spanProbability, sumOverPaths, type CrfWeights, type Emissions } from "./crf.js";
import { featureRows, type FeatureTable } from "./featureTable.js";
import type { TaggerInput } from "../vectors/embeddedSentences.js";
import { spansOfTags, type TagSpan } from "../corpus/tagSet.js";
import { cuesOf, surfaceFeaturesOf, type SurfaceFeatureOptions } from "./wordFeatures.js";
import type { WordRule } from "../corpus/splitWords.js";
import type { SubwordPooling } from "../vectors/subwords.js";

/** What is learned to label words: a linear model or an MLP of one hidden layer, and a CRF over their tags. */
export interface Tagger {
  readonly kind: "linear" | "mlp";
  /** Whether the CRF's transitions are learned; IOB2's rules hold either way. */
  readonly crf: boolean;
  readonly labels: readonly string[];
  /** Words to either side whose vectors count too. */
  readonly contextWindow: number;
  readonly subwordPooling: SubwordPooling;
  /** How texts are cut into words. @default "runs": a head of an earlier version */
  readonly wordRule?: WordRule | undefined;
  readonly surfaceFeatures: SurfaceFeatureOptions;
  readonly standardizer: Standardizer;
  /** `[(2 contextWindow + 1) * units, width]`: weights for each word of the window, from the first to the last. */
  readonly inputs: Matrix;
  /** `[units]`; units are the tags of a linear tagger, the hidden ones of an MLP. */
  readonly bias: Float32Array;
  /** Weights of a word's surface features for the tags. */
  readonly features: FeatureTable;
  /** Weights of its shape, and of that of the words around, for the hidden units; empty for a linear tagger. */
  readonly cues: FeatureTable;
  /** From hidden units to tags; undefined for a linear tagger. */
  readonly output: { readonly weights: Matrix; readonly bias: Float32Array } | undefined;
  readonly crfWeights: CrfWeights;
}

/** An entity that a tagger found: words `[start, end)` and how sure it is of exactly that. */
export interface FoundSpan extends TagSpan {
  readonly score: number;
}

/** Emissions are computed for so many words together, so that memory stays bounded. */
const WORDS_AT_ONCE = 4096;

/**
 * Scores of every tag at every word, `[words, tags]`. A word's scores depend on its sentence alone.
 *
 * @throws HeadstartError E_SHAPE when the vectors are not as wide as those that the tagger was trained on, E_NOT_FINITE
 *   naming the word, as a row of the vectors
 */
export async function emissionsOf(
  tagger: Tagger,
  { vectors, offsets, sentences }: TaggerInput,
  options: { readonly threads?: number | undefined } = {},
): Promise<Float64Array> {
  if (vectors.cols !== tagger.inputs.cols) {
    throw new HeadstartError(
      "E_SHAPE",
      `The tagger takes word vectors of ${tagger.inputs.cols} numbers, not ${vectors.cols}. Use the encoder and layers ` +
        `that it was trained with`,
    );
  }
  refuseNonFinite(vectors, "Cannot predict from these word vectors");
  const tags = tagger.crfWeights.tags;
  const result = new Float64Array(vectors.rows * tags);
  const products = await openRowProducts("float32", options);
  try {
    for (let first = 0, next = 0; first < sentences.length; first = next) {
      while (next < sentences.length && (next === first || offsets[next + 1] - offsets[first] <= WORDS_AT_ONCE)) next++;
      const some = { vectors, offsets: offsets.subarray(first, next + 1), sentences: sentences.slice(first, next) };
      const words = offsets[next] - offsets[first];
      if (words === 0) continue;
      const x = standardizedRows(vectors, tagger.standardizer, { from: offsets[first], rows: words });
      const moved = await products.forward(x, tagger.inputs.data, tagger.inputs.rows);
      unitsInto(result.subarray(offsets[first] * tags), tagger, { ...some, moved: moved as Float32Array });
    }
  } finally {
    await products.close();
  }
  return result;
}

/** Rows as the tagger takes them; never fewer than two, because one alone may be multiplied in another order. */
function standardizedRows(
  vectors: Matrix,
  { mean, factor }: Standardizer,
  { from, rows }: { readonly from: number; readonly rows: number },
): Matrix {
  const x = matrix(Math.max(2, rows), vectors.cols);
  for (let r = 0, at = 0, source = from * vectors.cols; r < rows; r++) {
    for (let c = 0; c < vectors.cols; c++, at++, source++) x.data[at] = (vectors.data[source] - mean[c]) * factor[c];
  }
  return x;
}

/** Adds up what the words around, the surface features and the bias give each unit, and turns units into emissions. */
function unitsInto(
  out: Float64Array,
  tagger: Tagger,
  { offsets, sentences, moved }: TaggerInput & { readonly moved: Float32Array },
): void {
  const units = tagger.bias.length;
  const tags = tagger.crfWeights.tags;
  const values = new Float64Array(units);
  sentences.forEach((sentence, s) => {
    const [from, words] = [offsets[s] - offsets[0], sentence.words.length];
    const surfaceFeatures = surfaceFeaturesOf(sentence, tagger.surfaceFeatures);
    const cues = cuesOf(sentence, tagger.surfaceFeatures);
    for (let i = 0; i < words; i++) {
      values.set(tagger.bias);
      addMoved(values, moved, { from, words, i, contextWindow: tagger.contextWindow });
      addRows(values, tagger.cues.weights.data, featureRows(tagger.cues, cues[i]));
      const own = out.subarray((from + i) * tags, (from + i + 1) * tags);
      if (tagger.output === undefined) own.set(values);
      else outputInto(own, values.map(relu), tagger.output);
      addRows(own, tagger.features.weights.data, featureRows(tagger.features, surfaceFeatures[i]));
    }
  });
}

/** Adds some rows of a table that is as wide as `values`. */
export function addRows(values: Float64Array, table: Float32Array, rows: Int32Array): void {
  const width = values.length;
  for (const row of rows) for (let u = 0, at = row * width; u < width; u++, at++) values[u] += table[at];
}

/** Adds to `values` the products of the words around word `i`, each with the weights for its distance. */
export function addMoved(
  values: Float64Array,
  moved: Float32Array,
  {
    from,
    words,
    i,
    contextWindow,
  }: { readonly from: number; readonly words: number; readonly i: number; readonly contextWindow: number },
): void {
  const units = values.length;
  const all = (2 * contextWindow + 1) * units;
  for (let offset = -contextWindow; offset <= contextWindow; offset++) {
    if (i + offset < 0 || i + offset >= words) continue;
    const at = (from + i + offset) * all + (offset + contextWindow) * units;
    for (let u = 0; u < units; u++) values[u] += moved[at + u];
  }
}

export function outputInto(
  out: Float64Array,
  hidden: Float64Array,
  { weights, bias }: { readonly weights: Matrix; readonly bias: Float32Array },
): void {
  for (let k = 0, at = 0; k < out.length; k++) {
    let sum = bias[k];
    for (let u = 0; u < hidden.length; u++, at++) sum += hidden[u] * weights.data[at];
    out[k] = sum;
  }
}

const relu = (x: number): number => (x > 0 ? x : 0);

/** Entities of every sentence by the most probable legal tags. */
export const bestSpans = (tagger: Tagger, emissions: Float64Array, offsets: Int32Array): TagSpan[][] =>
  ofSentences(tagger, emissions, offsets).map((own) => spansOfTags(bestPath(tagger.crfWeights, own)));

/** The same with the probability of each entity under the CRF. */
export function decode(tagger: Tagger, emissions: Float64Array, offsets: Int32Array): FoundSpan[][] {
  const { crfWeights } = tagger;
  return ofSentences(tagger, emissions, offsets).map((own) => {
    const spans = spansOfTags(bestPath(crfWeights, own));
    if (spans.length === 0) return [];
    const sums = sumOverPaths(crfWeights, own);
    return spans.map((span) => ({ ...span, score: spanProbability(crfWeights, own, { span, sums }) }));
  });
}

function ofSentences({ crfWeights }: Tagger, emissions: Float64Array, offsets: Int32Array): Emissions[] {
  return Array.from({ length: offsets.length - 1 }, (_, s) => ({
    data: emissions,
    at: offsets[s] * crfWeights.tags,
    words: offsets[s + 1] - offsets[s],
  }));
}
