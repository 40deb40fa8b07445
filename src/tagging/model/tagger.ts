import { HeadstartError } from "../../errors.js";
import { refuseNonFinite, type Standardizer } from "../../head/standardize.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { openRowProducts, type RowProducts } from "../../onnx/runtime/gemm.js";
import { bestPath } from "../crf/bestPath.js";
import { spanProbability } from "../crf/crf.js";
import type { CrfWeights, Emissions } from "../crf/weights.js";
import type { FeatureTable } from "./featureTable.js";
import { sumOverPaths } from "../crf/pathSums.js";
import { Room } from "./room.js";
import { calibratedScore, type ScoreCalibration } from "./scoreCalibration.js";
import type { TaggerInput } from "../vectors/embeddedSentences.js";
import { spansOfTags, type TagSpan } from "../corpus/tagSet.js";
import { addFeatures, unitSums } from "./units.js";
import type { SurfaceFeatureOptions } from "./wordFeatures.js";
import { slicedRows, wordRowsOf, type WordRows } from "./wordRows.js";
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
  /** How scores of entities become probabilities. @default not at all: the scores are as the CRF gives them */
  readonly scoreCalibration?: ScoreCalibration | undefined;
}

/** An entity that a tagger found: words `[start, end)` and how sure it is of exactly that. */
export interface FoundSpan extends TagSpan {
  readonly score: number;
}

/** Emissions are computed for so many words together, so that memory stays bounded. */
const WORDS_AT_ONCE = 1024;

export interface EmissionsOptions {
  readonly threads?: number | undefined;
  /** Of the sentences, where they are known already. @default looked up */
  readonly rows?: WordRows | undefined;
}

/**
 * Scores of every tag at every word, `[words, tags]`. A word's scores depend on its sentence alone.
 *
 * @throws HeadstartError E_SHAPE when the vectors are not as wide as those that the tagger was trained on, E_NOT_FINITE
 *   naming the word, as a row of the vectors
 */
export async function emissionsOf(
  tagger: Tagger,
  { vectors, offsets, sentences }: TaggerInput,
  { threads, rows }: EmissionsOptions = {},
): Promise<Float64Array> {
  if (vectors.cols !== tagger.inputs.cols) {
    throw new HeadstartError(
      "E_SHAPE",
      `The tagger takes word vectors of ${tagger.inputs.cols} numbers, not ${vectors.cols}. Use the encoder and layers ` +
        `that it was trained with`,
    );
  }
  refuseNonFinite(vectors, "Cannot predict from these word vectors");
  const result = new Float64Array(vectors.rows * tagger.crfWeights.tags);
  const products = await openRowProducts("float32", { threads });
  const room = new Room();
  try {
    for (let first = 0, next = 0; first < sentences.length; first = next) {
      while (next < sentences.length && (next === first || offsets[next + 1] - offsets[first] <= WORDS_AT_ONCE)) next++;
      const words = offsets[next] - offsets[first];
      if (words === 0) continue;
      const scores = await scoresOf(tagger, {
        x: standardizedRows(vectors, tagger.standardizer, { from: offsets[first], rows: words, room }),
        offsets: offsets.subarray(first, next + 1),
        rows: rows === undefined ? wordRowsOf(tagger, sentences.slice(first, next)) : slicedRows(rows, first, next),
        products,
      });
      result.set(scores, offsets[first] * tagger.crfWeights.tags);
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
  { from, rows, room }: { readonly from: number; readonly rows: number; readonly room: Room },
): Matrix {
  const { cols } = vectors;
  const taken = Math.max(2, rows);
  const x = matrix(taken, cols, room.take(taken * cols));
  const [all, own] = [vectors.data, x.data];
  for (let r = 0, at = 0, source = from * cols; r < rows; r++) {
    for (let c = 0; c < cols; c++, at++, source++) own[at] = (all[source] - mean[c]) * factor[c];
  }
  return x;
}

/** Scores of every tag at every word of some sentences. */
async function scoresOf(
  tagger: Tagger,
  {
    x,
    offsets,
    rows,
    products,
  }: { readonly x: Matrix; readonly offsets: Int32Array; readonly rows: WordRows; readonly products: RowProducts },
): Promise<Float64Array> {
  const { inputs, contextWindow, bias, output } = tagger;
  const moved = (await products.forward(x, inputs.data, inputs.rows)) as Float32Array;
  const sums = unitSums({
    offsets,
    moved,
    contextWindow,
    bias,
    cues: tagger.cues.weights.data,
    rows: rows.cues.flat(),
  });
  const scores = output === undefined ? sums : tagScores(sums, output);
  const { tags } = tagger.crfWeights;
  addFeatures(scores, tagger.features.weights.data, { rows: rows.features.flat(), tags });
  return scores;
}

/** Scores of the tags from the sums that hidden units get. Units that are off, about half of them, are left out. */
function tagScores(sums: Float64Array, { weights, bias }: NonNullable<Tagger["output"]>): Float64Array {
  const { rows: tags, cols, data } = weights;
  const words = sums.length / cols;
  const scores = new Float64Array(words * tags);
  const on = new Int32Array(cols);
  for (let word = 0; word < words; word++) {
    const from = word * cols;
    let n = 0;
    for (let u = 0; u < cols; u++) if (sums[from + u] > 0) on[n++] = u;
    for (let tag = 0; tag < tags; tag++) {
      let score = bias[tag];
      for (let i = 0; i < n; i++) score += sums[from + on[i]] * data[tag * cols + on[i]];
      scores[word * tags + tag] = score;
    }
  }
  return scores;
}

/** Entities of every sentence by the most probable legal tags. */
export const bestSpans = (tagger: Tagger, emissions: Float64Array, offsets: Int32Array): TagSpan[][] =>
  ofSentences(tagger, emissions, offsets).map((own) => spansOfTags(bestPath(tagger.crfWeights, own)));

/** The same with a score for each entity: its probability under the CRF, calibrated where the tagger is. */
export function decode(tagger: Tagger, emissions: Float64Array, offsets: Int32Array): FoundSpan[][] {
  const { crfWeights, scoreCalibration } = tagger;
  const scored = (probability: number): number =>
    scoreCalibration === undefined ? probability : calibratedScore(scoreCalibration, probability);
  return ofSentences(tagger, emissions, offsets).map((own) => {
    const spans = spansOfTags(bestPath(crfWeights, own));
    if (spans.length === 0) return [];
    const sums = sumOverPaths(crfWeights, own);
    return spans.map((span) => ({ ...span, score: scored(spanProbability(crfWeights, own, { span, sums })) }));
  });
}

function ofSentences({ crfWeights }: Tagger, emissions: Float64Array, offsets: Int32Array): Emissions[] {
  return Array.from({ length: offsets.length - 1 }, (_, s) => ({
    data: emissions,
    at: offsets[s] * crfWeights.tags,
    words: offsets[s + 1] - offsets[s],
  }));
}
