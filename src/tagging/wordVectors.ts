import type { EmbedOptions } from "../encoder/embedded.js";
import type { Encoder } from "../encoder/encoder.js";
import { tokenStates } from "../encoder/tokenStates.js";
import { matrix, type Matrix } from "../math/matrix.js";
import { alignWords, type Alignment } from "./align.js";
import type { Sentence } from "./sentence.js";

/** Which of a word's sub-words stand for it: the first, their mean, or the first and the last side by side. */
export type SubWords = "first" | "mean" | "first-last";

/** Vectors of the words of several sentences, one after the other. */
export interface WordVectors {
  /** `[words, layers * width]`, twice as wide for `first-last`; zeros for a word that the tokenizer finds nothing in. */
  readonly vectors: Matrix;
  /** Row of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** Words whose sub-words were cut off, or that have none, as rows. */
  readonly cut: ReadonlySet<number>;
  /** Sentences that needed more than one window. */
  readonly windowed: number;
  /** Tokens that went through the encoder. */
  readonly tokens: number;
}

/**
 * Vectors of all words by an encoder opened with `layers`; a word's vector depends on its sentence alone.
 *
 * @throws HeadstartError E_NOT_FINITE
 */
export async function wordVectors(
  encoder: Encoder,
  sentences: readonly Sentence[],
  options: EmbedOptions & { readonly subWords?: SubWords } = {},
): Promise<WordVectors> {
  const { subWords = "first", ...embedding } = options;
  const aligned = sentences.map(({ words }) => alignWords(words, encoder.tokenizer));
  const offsets = offsetsOf(sentences);
  const parts = subWords === "first-last" ? 2 : 1;
  const width = encoder.ports.states.length * encoder.width;
  const vectors = matrix(offsets[sentences.length], parts * width);
  const jobs = aligned.flatMap(({ windows }, s) => windows.map((window, w) => ({ ids: window.ids, s, w })));
  const sequences = jobs.map(({ ids }) => ids);
  await tokenStates(encoder, sequences, {
    ...embedding,
    take(sequence, states) {
      const { s, w } = jobs[sequence];
      aligned[s].words.forEach((word, i) => {
        if (word.window !== w) return;
        const out = vectors.data.subarray((offsets[s] + i) * vectors.cols, (offsets[s] + i + 1) * vectors.cols);
        states.forEach((state, layer) => {
          const at = layer * encoder.width;
          if (subWords === "mean") meanInto(out.subarray(at, at + encoder.width), state, word);
          else out.set(tokenOf(state, word.first, encoder.width), at);
          if (subWords === "first-last") out.set(tokenOf(state, word.last, encoder.width), width + at);
        });
      });
    },
  });
  return {
    vectors,
    offsets,
    cut: cutWords(aligned, offsets),
    windowed: aligned.filter(({ windows }) => windows.length > 1).length,
    tokens: sequences.reduce((sum, ids) => sum + ids.length, 0),
  };
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
