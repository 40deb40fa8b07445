import type { Standardizer } from "../../head/standardize.js";
import { matrix, row } from "../../math/matrix.js";
import { shuffled, type Random } from "../../math/random.js";
import { dropoutMask } from "./dropout.js";
import type { EmbeddedSentences } from "../vectors/embeddedSentences.js";
import type { NetworkBatch } from "./trainStep.js";
import type { WordRows } from "./wordRows.js";

/** What every batch is made of. */
export interface Prepared {
  readonly data: EmbeddedSentences;
  readonly standardizer: Standardizer;
  /** Of each sentence, of each word: rows in the tables. */
  readonly rows: WordRows;
  readonly truth: readonly Int32Array[];
  /** Share of the vectors' numbers left out at each word. */
  readonly inputDropout: number;
  /** Share of the surface features left out at each word. */
  readonly featureDropout: number;
  /** Where the vectors of a batch go: they are overwritten by those of the next. */
  readonly room: Room;
}

/** Numbers that are lent again and again, so that none are cleared and collected for every batch. */
export class Room {
  #numbers = new Float32Array(0);

  /** So many of them, with whatever was left there. */
  take(length: number): Float32Array {
    if (this.#numbers.length < length) this.#numbers = new Float32Array(length);
    return this.#numbers.subarray(0, length);
  }
}

/** Sentences in random order, in batches of about `size` words. */
export function* batchesOf(
  { offsets, sentences }: EmbeddedSentences,
  { size, random }: { readonly size: number; readonly random: Random },
): Generator<number[]> {
  let [batch, words]: [number[], number] = [[], 0];
  for (const s of shuffled(sentences.length, random)) {
    const own = offsets[s + 1] - offsets[s];
    if (own === 0) continue;
    batch.push(s);
    words += own;
    if (words < size) continue;
    yield batch;
    [batch, words] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/**
 * The words of some sentences as a batch: standardized, and with numbers and features left out at random. It holds until the
 * next one is made.
 */
export function gather(
  chosen: readonly number[],
  { data, standardizer, rows, truth, inputDropout, featureDropout, room }: Prepared,
  random: Random,
): NetworkBatch {
  const { vectors, offsets } = data;
  const own = new Int32Array(chosen.length + 1);
  chosen.forEach((s, i) => (own[i + 1] = own[i] + offsets[s + 1] - offsets[s]));
  const x = matrix(own[chosen.length], vectors.cols, room.take(own[chosen.length] * vectors.cols));
  const mask = dropoutMask(inputDropout, random);
  let at = 0;
  for (const s of chosen) {
    for (let word = offsets[s]; word < offsets[s + 1]; word++, at += vectors.cols)
      standardizeInto(x.data.subarray(at, at + vectors.cols), row(vectors, word), {
        ...standardizer,
        kept: mask.draw(vectors.cols),
      });
  }
  const tags = new Int32Array(x.rows);
  chosen.forEach((s, i) => tags.set(truth[s], own[i]));
  const features = chosen.flatMap((s) => rows.features[s].map((found) => thinned(found, featureDropout, random)));
  const cues = chosen.flatMap((s) => rows.cues[s]);
  return { x, offsets: own, features, cues, tags };
}

/** A standardized vector, each number times what is `kept` of it. */
function standardizeInto(
  out: Float32Array,
  vector: Float32Array,
  { mean, factor, kept }: Standardizer & { readonly kept: Float32Array },
): void {
  for (let c = 0; c < out.length; c++) out[c] = (vector[c] - mean[c]) * factor[c] * kept[c];
}

/** Some of the features, a share left out at random. */
function thinned(features: Int32Array, share: number, random: Random): Int32Array {
  const kept = new Int32Array(features.length);
  let n = 0;
  for (let i = 0; i < features.length; i++) if (random() >= share) kept[n++] = features[i];
  return kept.subarray(0, n);
}
