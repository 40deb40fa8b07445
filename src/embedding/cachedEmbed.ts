import type { Encoder } from "../encoder/encoder.js";
import {
  addCounts,
  EMBED_DEFAULTS,
  embedWindows,
  type EmbedCounts,
  type Embedded,
  type EmbedOptions,
} from "../encoder/embed/embed.js";
import type { EmbedWindowsOptions } from "../encoder/embed/embedded.js";
import { inWindows } from "../encoder/embed/windows.js";
import { cutTogether } from "../encoder/tokenizer/tokenizer.js";
import { matrix, row, type Matrix } from "../math/matrix.js";
import type { ReusedRows } from "../onnx/runtime/bufferPool.js";
import type { VectorCache } from "../store/cache/vectorCache.js";

export interface VectorsOptions extends EmbedOptions {
  /** Vectors are taken from here where it has them, and put here where it has not. */
  readonly cache?: VectorCache | undefined;
}

export interface CachedEmbedded extends Embedded {
  /** Texts that needed no encoder. */
  readonly cached: number;
}

const NONE: EmbedCounts = { texts: 0, tokens: 0, truncated: 0, empty: 0, unknown: 0 };

/**
 * Vectors of all texts, `[texts, width]`, from the cache where it has them; the same bits with and without a cache.
 *
 * @throws HeadstartError E_NOT_FINITE when the encoder gives NaN or infinity; E_CACHE_INVALID, E_OUTPUT_WRITE
 * @example
 * const { fingerprint, width } = encoder;
 * const cache = await openVectorCache("cache", { fingerprint, width });
 * const { vectors, cached } = await vectorsOf(encoder, ["a text", "a text", "another"], { cache });
 * console.log(vectors.rows, cached);
 * await cache.close();
 */
export async function vectorsOf(
  encoder: Encoder,
  texts: readonly string[],
  options: VectorsOptions = {},
): Promise<CachedEmbedded> {
  const vectors = matrix(texts.length, encoder.width);
  let counts = NONE;
  let cached = 0;
  const windows = inWindows(texts, { most: options.window ?? EMBED_DEFAULTS.window });
  for await (const part of vectorsOfWindows(encoder, windows, options)) {
    vectors.data.set(part.vectors.data, counts.texts * encoder.width);
    counts = addCounts(counts, part);
    cached += part.cached;
  }
  return { vectors, ...counts, cached };
}

/**
 * Vectors of windows of texts, in order, as `embedWindows` gives them but from the cache where it has them. While a window
 * is in the encoder, the next is looked up and tokenized.
 */
export async function* vectorsOfWindows(
  encoder: Encoder,
  windows: AsyncIterable<readonly string[]>,
  options: EmbedWindowsOptions & Pick<VectorsOptions, "cache"> = {},
): AsyncGenerator<CachedEmbedded> {
  const { cache, onProgress, ...rest } = options;
  const ahead: (LookedUp & { readonly counts: EmbedCounts })[] = [];
  let cached = 0;
  async function* missing(): AsyncGenerator<readonly string[]> {
    for await (const texts of windows) {
      const found = lookUp(texts, cache);
      cached += texts.length - found.missing.length;
      ahead.push({ ...found, counts: countKnown(encoder, found) });
      yield found.missing.map((i) => texts[i]);
    }
  }
  const shifted = onProgress && (({ done }: { done: number }): void => onProgress({ done: cached + done }));
  for await (const part of embedWindows(encoder, missing(), { ...rest, onProgress: shifted })) {
    const found = ahead.shift()!;
    await cache?.put(
      found.missing.map((i) => found.texts[i]),
      part.vectors,
    );
    const { length } = found.texts;
    const vectors = part.texts === length ? part.vectors : merge(found, part.vectors, options.memory);
    yield { ...addCounts(part, found.counts), vectors, cached: length - part.texts };
  }
}

/** A window of texts with what the cache has for them. */
interface LookedUp {
  readonly texts: readonly string[];
  /** For each text; empty without a cache. */
  readonly known: readonly (Float32Array | undefined)[];
  /** The texts that the cache does not have. */
  readonly missing: readonly number[];
}

function lookUp(texts: readonly string[], cache: VectorCache | undefined): LookedUp {
  const known = cache?.get(texts) ?? [];
  return { texts, known, missing: Array.from(texts.keys()).filter((i) => known[i] === undefined) };
}

/** What embedding would have counted of the texts that the cache has, but for the tokens, which need no encoder. */
function countKnown(encoder: Encoder, { texts, known }: LookedUp): EmbedCounts {
  const found = texts.filter((_, i) => known[i] !== undefined);
  const firsts = [...new Set(found)];
  const read = cutTogether(encoder.tokenizer, firsts, (text) => encoder.tokenizer.tokenize(text));
  const of = new Map(firsts.map((text, i) => [text, read[i]]));
  const counts = { ...NONE, texts: found.length };
  for (const text of found) {
    const { truncated, empty, unknown } = of.get(text)!;
    counts.truncated += Number(truncated);
    counts.empty += Number(empty);
    counts.unknown += unknown;
  }
  return counts;
}

function merge({ texts, known, missing }: LookedUp, embedded: Matrix, memory: ReusedRows | undefined): Matrix {
  const vectors = matrix(texts.length, embedded.cols, memory?.take(texts.length * embedded.cols));
  missing.forEach((i, r) => vectors.data.set(row(embedded, r), i * embedded.cols));
  known.forEach((vector, i) => vector && vectors.data.set(vector, i * embedded.cols));
  memory?.give(embedded.data);
  return vectors;
}
