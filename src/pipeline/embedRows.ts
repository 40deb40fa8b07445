import { vectorsOf } from "../embedding/cachedEmbed.js";
import { readTexts, type TextReading } from "../embedding/textReading.js";
import type { Matrix } from "../math/matrix.js";
import type { EncodingParts, PipelineEncoding } from "./encoding.js";
import type { CallOptions } from "./pipeline.js";

/** Vectors of texts by the encoder of a pipeline, and how it reads them. */
export async function embedRows(
  encoding: PipelineEncoding,
  texts: readonly string[],
  { embedding, onProgress, onEncoded, signal }: CallOptions & Pick<EncodingParts, "embedding">,
): Promise<{ readonly vectors: Matrix; readonly reading: TextReading }> {
  const { encoder, cache } = await encoding.open();
  const { vectors, ...counts } = await vectorsOf(encoder, texts, { ...embedding, cache, onProgress, signal });
  const reading = await readTexts(encoder, texts, signal);
  onEncoded?.({ ...counts, hasCache: cache !== undefined, reading });
  return { vectors, reading };
}
