import type { Encoder } from "../../encoder/encoder.js";
import { loadEncoder } from "../../encoder/load.js";
import { BUILT_IN_ENCODER } from "../../encoder/locate.js";
import { openVectorCache, type VectorCache } from "../../store/cache/vectorCache.js";
import type { CacheOwner, EncodingParts } from "../encoding.js";
import type { TrainModelOptions } from "./options.js";

type Options = Omit<TrainModelOptions, "dev">;

/** Loads the encoder of a training. */
export const openTrainingEncoder = (
  { encoder = BUILT_IN_ENCODER, encoderOptions, offline, threads, signal }: Options,
  layers?: "spread",
): Promise<Encoder> => loadEncoder(encoder, { ...encoderOptions, offline, threads, signal, layers });

/** Lends the cache that is asked for, if any, to `work`. */
export async function withTrainingCache<T>(
  { cache: folder }: Options,
  owner: CacheOwner,
  work: (cache: VectorCache | undefined) => Promise<T>,
): Promise<T> {
  const cache = folder === undefined ? undefined : await openCacheFolder(folder, owner);
  try {
    return await work(cache);
  } finally {
    await cache?.close();
  }
}

export const openCacheFolder = (folder: string, { fingerprint, width, name }: CacheOwner): Promise<VectorCache> =>
  openVectorCache(folder, { fingerprint, width, encoder: name });

/** How a trained model embeds: with the encoder that it was trained with, which is open already. */
export const encodingWith = (encoder: Encoder, { threads, cache }: Options): EncodingParts => ({
  encoder,
  openCache: cache === undefined ? undefined : (owner) => openCacheFolder(cache, owner),
  threads,
});
