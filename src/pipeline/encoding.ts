import { HeadstartError } from "../errors.js";
import type { EmbedOptions } from "../encoder/embed/embedded.js";
import type { Encoder } from "../encoder/encoder.js";
import { openVectorCache, type VectorCache } from "../store/cache/vectorCache.js";

/** Whose vectors a cache keeps: those of an encoder, or others that are made with it. */
export type CacheOwner = Pick<Encoder, "name" | "fingerprint" | "width" | "dependsOnBatch">;

/** How a pipeline gets its encoder and its cache, and how it embeds. */
export interface EncodingParts {
  /** An encoder that is open already, or how it is opened; it is closed with the pipeline either way. */
  readonly encoder: Encoder | (() => Promise<Encoder>);
  /** @default no cache */
  readonly openCache?: ((owner: CacheOwner) => Promise<VectorCache | undefined>) | undefined;
  readonly embedding?: Pick<EmbedOptions, "batchTokens" | "allowBatchDependence"> | undefined;
  /** Threads of training and prediction. @default as many as the machine has cores */
  readonly threads?: number | undefined;
}

/** An encoder with the cache of what it makes. */
export interface Opened {
  readonly encoder: Encoder;
  readonly cache: VectorCache | undefined;
}

/** Encoder and cache, opened when they are first needed. */
export interface PipelineEncoding {
  readonly open: () => Promise<Opened>;
  readonly close: () => Promise<void>;
}

/** The cache in a folder for vectors of one kind. */
export const openCacheFolder = (folder: string, { fingerprint, width, name }: CacheOwner): Promise<VectorCache> =>
  openVectorCache(folder, { fingerprint, width, encoder: name });

/** @param ownerOf  whose vectors the cache keeps; by default the encoder's own */
export function encodingOf(
  parts: EncodingParts,
  ownerOf: (encoder: Encoder) => CacheOwner = (own) => own,
): PipelineEncoding {
  let opened: Promise<Opened> | undefined;
  let isClosed = false;
  const open = async (): Promise<Opened> => {
    const encoder = typeof parts.encoder === "function" ? await parts.encoder() : parts.encoder;
    try {
      return { encoder, cache: await parts.openCache?.(ownerOf(encoder)) };
    } catch (error) {
      await encoder.close();
      throw error;
    }
  };
  return {
    open() {
      if (isClosed) throw new HeadstartError("E_USAGE", "The head was closed. Load it again to use it");
      return (opened ??= open());
    },
    async close() {
      isClosed = true;
      const found = await opened?.catch(() => undefined);
      await found?.cache?.close();
      if (found !== undefined) await found.encoder.close();
      // An opening that failed has closed it.
      else if (opened === undefined && typeof parts.encoder !== "function") await parts.encoder.close();
    },
  };
}
