import { normalizedText } from "../../dataset/duplicates.js";
import { newRows } from "../../dataset/seenRows.js";
import { HeadstartError } from "../../errors.js";
import type { Matrix } from "../../math/matrix.js";
import { seeded, shuffled } from "../../math/random.js";
import type { Sentence, TaggedSentence } from "../corpus/sentence.js";

/** Sentences with the vectors of their words. */
export interface TaggerInput {
  readonly sentences: readonly Sentence[];
  /** `[words, width]`, one sentence after the other. */
  readonly vectors: Matrix;
  /** Row of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
}

/** Tagged sentences with the vectors of their words. */
export interface EmbeddedSentences extends TaggerInput {
  readonly sentences: readonly TaggedSentence[];
  /** Words whose subwords were cut off, or that have none, as rows. */
  readonly cut: ReadonlySet<number>;
}

/** Sentences to learn from, and others to choose and measure on. */
export interface SentenceSplit {
  readonly train: EmbeddedSentences;
  readonly dev: EmbeddedSentences;
  /** Where the dev sentences are from, for the reader. */
  readonly devFrom: string;
}

/**
 * Sets a share of the sentences aside; sentences that are equal after normalization stay together.
 *
 * @throws HeadstartError E_LABELS when all sentences are equal
 */
export function splitSentences(
  data: EmbeddedSentences,
  { seed, share = 0.1 }: { readonly seed: number; readonly share?: number | undefined },
): SentenceSplit {
  const groups = equalSentences(data);
  if (groups.length < 2) {
    const { length } = data.sentences;
    const found = length === 1 ? "There is one training sentence" : `The ${length} training sentences are all equal`;
    const message = `${found}, and a head is measured on others than it learns from. Give more, or --dev`;
    throw new HeadstartError("E_LABELS", message);
  }
  const { length } = data.sentences;
  const wanted = Math.max(1, Math.round(share * length));
  const held = new Set<number>();
  for (const g of shuffled(groups.length, seeded(seed))) {
    if (held.size >= wanted) break;
    for (const s of groups[g]) held.add(s);
  }
  const all = Array.from({ length }, (_, s) => s);
  const [dev, train] = [true, false].map((side) => all.filter((s) => held.has(s) === side));
  return {
    train: pickSentences(data, train),
    dev: pickSentences(data, dev),
    devFrom: `${held.size} of the ${length} training sentences, set aside by seed ${seed}, equal ones on one side`,
  };
}

function equalSentences({ sentences }: EmbeddedSentences): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  sentences.forEach(({ text }, s) => {
    const key = normalizedText(text);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [s]);
    else group.push(s);
  });
  return [...groups.values()];
}

/** Some sentences with their vectors, copied. */
export function pickSentences(data: EmbeddedSentences, chosen: readonly number[]): EmbeddedSentences {
  const { vectors, offsets } = data;
  const picked = pickWords(data, chosen);
  const { cols } = vectors;
  const own = new Float32Array(picked.offsets[chosen.length] * cols);
  chosen.forEach((s, i) => {
    own.set(vectors.data.subarray(offsets[s] * cols, offsets[s + 1] * cols), picked.offsets[i] * cols);
  });
  return { ...picked, vectors: { rows: picked.offsets[chosen.length], cols, data: own } };
}

/** Some sentences, without the vectors of their words. */
export function pickWords(
  { sentences, offsets, cut }: Omit<EmbeddedSentences, "vectors">,
  chosen: readonly number[],
): Omit<EmbeddedSentences, "vectors"> {
  const own = new Int32Array(chosen.length + 1);
  const ownCut = new Set<number>();
  chosen.forEach((s, i) => {
    own[i + 1] = own[i] + offsets[s + 1] - offsets[s];
    for (let w = offsets[s]; w < offsets[s + 1]; w++) if (cut.has(w)) ownCut.add(w - offsets[s] + own[i]);
  });
  return { sentences: chosen.map((s) => sentences[s]), offsets: own, cut: ownCut };
}

/** Sentences without those of which `known` has a near duplicate, and how many these are. */
export function withoutSeen(
  data: EmbeddedSentences,
  known: readonly EmbeddedSentences[],
): { readonly unseen: EmbeddedSentences; readonly seen: number } {
  const texts = known.flatMap(({ sentences }) => sentences.map(({ text }) => text));
  const rows = newRows(
    texts,
    data.sentences.map(({ text }) => text),
  );
  const seen = data.sentences.length - rows.length;
  return { unseen: seen === 0 ? data : pickSentences(data, [...rows]), seen };
}

/** The sentences of both, with vectors of one width. */
export function joinSentences(a: EmbeddedSentences, b: EmbeddedSentences): EmbeddedSentences {
  const data = new Float32Array(a.vectors.data.length + b.vectors.data.length);
  data.set(a.vectors.data);
  data.set(b.vectors.data, a.vectors.data.length);
  const words = a.vectors.rows;
  return {
    sentences: [...a.sentences, ...b.sentences],
    vectors: { rows: words + b.vectors.rows, cols: a.vectors.cols, data },
    offsets: Int32Array.from([...a.offsets, ...b.offsets.subarray(1).map((offset) => offset + words)]),
    cut: new Set([...a.cut, ...[...b.cut].map((word) => word + words)]),
  };
}
