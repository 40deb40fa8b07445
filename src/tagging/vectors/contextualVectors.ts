import type { EmbedOptions } from "../../encoder/embed/embedded.js";
import type { Encoder } from "../../encoder/encoder.js";
import { tokenStates, type TokenStates } from "../../encoder/embed/tokenStates.js";
import { HeadstartError } from "../../errors.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import { alignWords, type Alignment, type WordTokens } from "./align.js";
import type { Sentence } from "../corpus/sentence.js";
import { wordVectorKind, type SubwordPooling } from "./subwords.js";
import { putCached, takeCached } from "./wordCache.js";

/** Vectors of the words of several sentences, one after the other. */
export interface ContextualVectors {
  /** `[words, layers * width]`, twice as wide for `first-last`; zeros for a word that the tokenizer finds nothing in. */
  readonly vectors: Matrix;
  /** Row of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** Words whose subwords were cut off, or that have none, as rows. */
  readonly cut: ReadonlySet<number>;
  /** Sentences that needed more than one window. */
  readonly windowed: number;
  /** Sentences that needed no encoder. */
  readonly cached: number;
  /** Tokens that went through the encoder. */
  readonly tokens: number;
}

export interface WordVectorOptions extends EmbedOptions {
  /** @default "first" */
  readonly subwordPooling?: SubwordPooling | undefined;
  /** Sentences are taken from here where it has all of their words, and put here where it has not. */
  readonly cache?: VectorCache | undefined;
}

/** Sentences that are put into the cache together: what a run that is cut short has finished by then is kept. */
const SENTENCES_AT_ONCE = 2048;

/**
 * Vectors of all words by an encoder opened with `layers`; a word's vector depends on its sentence alone, and is the same
 * with and without a cache.
 *
 * @throws HeadstartError E_NOT_FINITE
 * @example
 * const encoder = await loadEncoder("headstart-mini", { layers: "spread" });
 * const { sentences } = await readTagged(["news.conll"], { limit: 20 });
 * const { vectors, offsets } = await contextualVectors(encoder, sentences);
 * console.log(vectors.rows === offsets[20]); // true
 * await encoder.close();
 */
export async function contextualVectors(
  encoder: Encoder,
  sentences: readonly Sentence[],
  options: WordVectorOptions = {},
): Promise<ContextualVectors> {
  const { subwordPooling = "first", cache, onProgress, ...embedding } = options;
  const aligned = sentences.map(({ words }) => alignWords(words, encoder.tokenizer));
  const offsets = offsetsOf(sentences);
  const vectors = matrix(offsets[sentences.length], wordVectorKind(encoder, subwordPooling).width);
  const data = { sentences, vectors, offsets };
  const known = cache === undefined ? new Set<number>() : takeCached(cache, data);
  const missing = Array.from(sentences.keys()).filter((s) => !known.has(s));
  let tokens = 0;
  for (let first = 0; first < missing.length; first += SENTENCES_AT_ONCE) {
    const some = missing.slice(first, first + SENTENCES_AT_ONCE);
    const before = known.size + first;
    tokens += await embedInto(vectors, some, {
      ...embedding,
      onProgress: onProgress && (({ done }) => onProgress({ done: before + done })),
      encoder,
      aligned,
      offsets,
      subwordPooling,
    });
    if (cache !== undefined) await putCached(cache, data, some);
  }
  return {
    vectors,
    offsets,
    cut: cutWords(aligned, offsets),
    windowed: aligned.filter(({ windows }) => windows.length > 1).length,
    cached: known.size,
    tokens,
  };
}

interface Embedding extends EmbedOptions {
  readonly encoder: Encoder;
  readonly aligned: readonly Alignment[];
  readonly offsets: Int32Array;
  readonly subwordPooling: SubwordPooling;
}

/** Runs some of the sentences through the encoder; writes their words' rows of `vectors`. @returns the tokens */
async function embedInto(
  { data, cols }: Matrix,
  some: readonly number[],
  { encoder, aligned, offsets, subwordPooling, ...options }: Embedding,
): Promise<number> {
  const jobs = some.flatMap((s) => aligned[s].windows.map(({ ids }, window) => ({ ids, s, window })));
  const sequences = jobs.map(({ ids }) => ids);
  await tokenStates(encoder, sequences, {
    ...options,
    take(sequence, states) {
      const { s, window } = jobs[sequence];
      aligned[s].words.forEach((word, i) => {
        if (word.window !== window) return;
        const row = offsets[s] + i;
        wordInto(data.subarray(row * cols, (row + 1) * cols), states, { word, width: encoder.width, subwordPooling });
      });
    },
  });
  return sequences.reduce((sum, ids) => sum + ids.length, 0);
}

function wordInto(
  out: Float32Array,
  states: TokenStates,
  {
    word,
    width,
    subwordPooling,
  }: { readonly word: WordTokens; readonly width: number; readonly subwordPooling: SubwordPooling },
): void {
  states.forEach((state, layer) => {
    const at = layer * width;
    if (subwordPooling === "mean") meanInto(out.subarray(at, at + width), state, word);
    else out.set(tokenOf(state, word.first, width), at);
    if (subwordPooling === "first-last") out.set(tokenOf(state, word.last, width), states.length * width + at);
  });
}

/** Where each sentence's words begin when all are counted through, and their number. */
export function offsetsOf(sentences: readonly Sentence[]): Int32Array {
  const offsets = new Int32Array(sentences.length + 1);
  sentences.forEach(({ words }, s) => (offsets[s + 1] = offsets[s] + words.length));
  return offsets;
}

const tokenOf = (state: Float32Array, token: number, width: number): Float32Array =>
  state.subarray(token * width, (token + 1) * width);

function meanInto(out: Float32Array, state: Float32Array, { first, last }: { first: number; last: number }): void {
  const width = out.length;
  for (let d = 0; d < width; d++) {
    let sum = 0;
    for (let t = first; t <= last; t++) sum += state[t * width + d];
    out[d] = sum / (last - first + 1);
  }
}

function cutWords(aligned: readonly Alignment[], offsets: Int32Array): Set<number> {
  const cut = new Set<number>();
  aligned.forEach(({ words }, s) => {
    words.forEach((word, i) => {
      if (word.cut || word.window < 0) cut.add(offsets[s] + i);
    });
  });
  return cut;
}

/** @throws HeadstartError E_ENCODER_UNSUPPORTED for word vectors, which know nothing of the words around */
export function requireContext({ isStatic, name }: Pick<Encoder, "isStatic" | "name">): void {
  if (!isStatic) return;
  throw new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `Cannot find entities with ${name}: its word vectors know nothing of the words around. Take a transformer`,
  );
}
