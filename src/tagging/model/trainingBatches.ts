import type { Standardizer } from "../../head/standardize.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { shuffled, type Random } from "../../math/random.js";
import { dropoutMask, type DropoutMask } from "./dropout.js";
import type { EmbeddedSentences } from "../vectors/embeddedSentences.js";
import type { Room } from "./room.js";
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
  let word = 0;
  const mask = dropoutMask(inputDropout, { width: vectors.cols, random });
  for (const s of chosen) {
    for (let from = offsets[s]; from < offsets[s + 1]; from++, word++)
      vectorInto(x, { word, from, vectors, standardizer, mask });
  }
  const tags = new Int32Array(x.rows);
  chosen.forEach((s, i) => tags.set(truth[s], own[i]));
  const features = chosen.flatMap((s) => rows.features[s].map((found) => thinned(found, featureDropout, random)));
  const cues = chosen.flatMap((s) => rows.cues[s]);
  return { x, offsets: own, features, cues, tags };
}

/** Row `word` of `x`: row `from` of the vectors, standardized, with a share left out. */
function vectorInto(
  { data, cols }: Matrix,
  {
    word,
    from,
    vectors: { data: all },
    standardizer: { mean, factor },
    mask,
  }: {
    readonly word: number;
    readonly from: number;
    readonly vectors: Matrix;
    readonly standardizer: Standardizer;
    readonly mask: DropoutMask;
  },
): void {
  const { factors } = mask;
  // Places in whole arrays: loops over views of these take twice the time.
  const [to, source, kept] = [word * cols, from * cols, mask.draw()];
  for (let c = 0; c < cols; c++) data[to + c] = (all[source + c] - mean[c]) * factor[c] * factors[kept + c];
}

/** Some of the features, a share left out at random. */
function thinned(features: Int32Array, share: number, random: Random): Int32Array {
  const kept = new Int32Array(features.length);
  let n = 0;
  for (let i = 0; i < features.length; i++) if (random() >= share) kept[n++] = features[i];
  return kept.subarray(0, n);
}
