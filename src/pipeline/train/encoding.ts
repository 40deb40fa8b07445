import type { Encoder } from "../../encoder/encoder.js";
import { loadEncoder } from "../../encoder/load.js";
import { BUILT_IN_ENCODER } from "../../encoder/locate.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { vectorsOf, type VectorsOptions } from "../../embedding/cachedEmbed.js";
import { openCacheFolder, type CacheOwner, type EncodingParts } from "../encoding.js";
import type { TrainModelOptions } from "./options.js";

type Options = Omit<TrainModelOptions, "dev">;

/** Loads the encoder of a training. */
export const openTrainingEncoder = (
  { encoder = BUILT_IN_ENCODER, encoderOptions, offline, threads, signal }: Options,
  layers?: "spread",
): Promise<Encoder> => loadEncoder(encoder, { ...encoderOptions, offline, threads, signal, layers });

/** What a training reads: the rows to learn from, and dev rows where they are given. */
export interface Sides<C> {
  readonly corpus: C;
  readonly devCorpus: C | undefined;
}

/** Embeds the rows to learn from, then the dev rows, with one cache and one count of what is done. */
export async function embedSides<C, D>(
  { corpus, devCorpus }: Sides<C>,
  options: Options,
  {
    owner,
    sizeOf,
    embed,
  }: {
    readonly owner: CacheOwner;
    readonly sizeOf: (corpus: C) => number;
    readonly embed: (corpus: C, how: Pick<VectorsOptions, "cache" | "onProgress" | "signal">) => Promise<D>;
  },
): Promise<{ readonly data: D; readonly dev: D | undefined }> {
  const cache = options.cache === undefined ? undefined : await openCacheFolder(options.cache, owner);
  const total = sizeOf(corpus) + (devCorpus === undefined ? 0 : sizeOf(devCorpus));
  const side = (of: C, before: number): Promise<D> =>
    embed(of, {
      cache,
      signal: options.signal,
      onProgress: ({ done }) => options.onProgress?.({ done: before + done, total }),
    });
  try {
    const data = await side(corpus, 0);
    return { data, dev: devCorpus && (await side(devCorpus, sizeOf(corpus))) };
  } finally {
    await cache?.close();
  }
}

/** The same for labeled rows. */
export const embedLabeled = (
  encoder: Encoder,
  sides: Sides<LabeledCorpus>,
  options: Options,
): Promise<{ readonly data: LabeledVectors; readonly dev: LabeledVectors | undefined }> =>
  embedSides(sides, options, {
    owner: encoder,
    sizeOf: ({ texts }) => texts.length,
    embed: async ({ texts, labels }, how) => ({
      texts,
      labels,
      vectors: (await vectorsOf(encoder, texts, how)).vectors,
    }),
  });

/** How a trained model embeds: with the encoder that it was trained with, which is open already. */
export const encodingWith = (encoder: Encoder, { threads, cache }: Options): EncodingParts => ({
  encoder,
  openCache: cache === undefined ? undefined : (owner) => openCacheFolder(cache, owner),
  threads,
});
