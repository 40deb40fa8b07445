// @ts-check
/** Public corpora as vectors of the built-in encoder, each text embedded once. */

import { join } from "node:path";
import { ROOT } from "../setup.mjs";

export const CORPORA = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");

/** Files of each domain; a test file is read last, and only to be scored. */
export const DOMAINS = {
  tweets: {
    train: "tweets/semeval-2013-2016.train.csv",
    dev: "tweets/tweeteval-sentiment.val.csv",
    test: "tweets/tweeteval-sentiment.test.csv",
  },
  films: { train: "movies/sst2.train.csv", dev: "movies/sst2.val.csv", test: "movies/sst2.test.csv" },
};

/** @typedef {import("../../dist/api/heads.js").LabeledVectors} LabeledVectors */
/** @typedef {import("../../dist/api/encoders.js").EncoderOptions} EncoderOptions */

/**
 * Opens the encoder and the cache in `folder` for `use`, and closes both.
 *
 * @template T
 * @param {{ folder: string, options?: EncoderOptions }} where
 * @param {(load: (file: string, map?: import("../../dist/api/corpus.js").LabelMap) => Promise<LabeledVectors>) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withVectors({ folder, options = {} }, use) {
  const { loadEncoder } = await import("../../dist/api/encoders.js");
  const { openVectorCache, vectorsOf } = await import("../../dist/api/vectors.js");
  const { readLabeled } = await import("../../dist/api/corpus.js");
  const encoder = await loadEncoder("headstart-mini", options);
  const cache = await openVectorCache(folder, { fingerprint: encoder.fingerprint, width: encoder.width });
  try {
    return await use(async (file, map) => {
      const read = await readLabeled([join(CORPORA, file)], map === undefined ? {} : { map });
      const { vectors } = await vectorsOf(encoder, read.texts, { cache });
      return { texts: read.texts, labels: read.labels, vectors };
    });
  } finally {
    await cache.close();
    await encoder.close();
  }
}
