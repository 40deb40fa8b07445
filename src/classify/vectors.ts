import type { Encoder } from "../encoder/encoder.js";
import { addCounts, embed, type EmbedCounts, type Embedded, type EmbedOptions } from "../encoder/embed.js";
import { matrix } from "../math/matrix.js";
import type { VectorCache } from "../store/cache.js";

export interface VectorsOptions extends EmbedOptions {
  /** Vectors are taken from here where it has them, and put here where it has not. */
  readonly cache?: VectorCache;
}

export interface CachedEmbedded extends Embedded {
  /** Texts that needed no encoder. */
  readonly cached: number;
}

const NONE: EmbedCounts = { texts: 0, tokens: 0, truncated: 0, empty: 0, unknown: 0 };

/** Vectors of all texts, from the cache where it has them; the same bits with and without a cache. */
export async function vectorsOf(
  encoder: Encoder,
  texts: readonly string[],
  options: VectorsOptions = {},
): Promise<CachedEmbedded> {
  const { cache, onProgress, ...rest } = options;
  const vectors = matrix(texts.length, encoder.width);
  const known = cache?.get(texts) ?? [];
  const missing: number[] = [];
  for (let i = 0; i < texts.length; i++) {
    const vector = known[i];
    if (vector === undefined) missing.push(i);
    else vectors.data.set(vector, i * encoder.width);
  }
  const cached = texts.length - missing.length;
  const progress =
    onProgress === undefined ? {} : { onProgress: ({ done }: { done: number }) => onProgress({ done: cached + done }) };
  let counts = NONE;
  for await (const part of embed(
    encoder,
    missing.map((i) => texts[i]),
    { ...rest, ...progress },
  )) {
    const places = missing.slice(counts.texts, counts.texts + part.texts);
    places.forEach((place, r) => {
      vectors.data.set(part.vectors.data.subarray(r * encoder.width, (r + 1) * encoder.width), place * encoder.width);
    });
    await cache?.put(
      places.map((i) => texts[i]),
      part.vectors,
    );
    counts = addCounts(counts, part);
  }
  return { vectors, ...counts, texts: texts.length, cached };
}
