import { matrix } from "../../math/matrix.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import type { TaggerInput } from "./embeddedSentences.js";
import type { Sentence } from "../corpus/sentence.js";
import { sha256 } from "../../files/contentHash.js";

/** Fills in the vectors of the sentences that the cache has whole; writes `vectors`. @returns these sentences */
export function takeCached(cache: VectorCache, { sentences, vectors, offsets }: TaggerInput): Set<number> {
  const taken = new Set<number>();
  sentences.forEach((sentence, s) => {
    const found = cache.get(keysOf(sentence)).filter((vector) => vector !== undefined);
    if (found.length < sentence.words.length) return;
    found.forEach((vector, i) => vectors.data.set(vector, (offsets[s] + i) * vectors.cols));
    taken.add(s);
  });
  return taken;
}

/** Puts the vectors of some of the sentences into the cache. */
export async function putCached(
  cache: VectorCache,
  { sentences, vectors, offsets }: TaggerInput,
  some: readonly number[],
): Promise<void> {
  const { cols, data } = vectors;
  for (const s of some) {
    const own = data.subarray(offsets[s] * cols, offsets[s + 1] * cols);
    await cache.put(keysOf(sentences[s]), matrix(sentences[s].words.length, cols, own));
  }
}

/** A word's vector depends on the words of its sentence and on its place among them, and on nothing else. */
function keysOf({ words }: Sentence): string[] {
  const sentence = sha256(JSON.stringify(words.map(({ text }) => text)));
  return words.map((_, i) => `${sentence} ${i}`);
}
