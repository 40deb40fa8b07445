import { explainPrediction, type Explanation } from "../../classification/explain.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import { vectorsOf } from "../../embedding/cachedEmbed.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { Head } from "../../head/head.js";
import type { NeighborIndex } from "../../head/neighbors.js";
import type { Matrix } from "../../math/matrix.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import type { Context } from "../context.js";
import { defined, embedOptions, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";

/** What it takes to predict from texts. */
export interface Answering {
  /** Predictions for vectors `[texts, width]`. */
  readonly predictions: (vectors: Matrix) => readonly SelectivePrediction[];
  readonly encoder: Encoder;
  readonly cache: VectorCache | undefined;
  readonly flags: GlobalFlags & CorpusFlags & EncoderFlags;
  /** Whether predictions come with a prediction set, or have several labels. */
  readonly extra?: "set" | "labels" | undefined;
  /** To explain the predictions with; undefined where they are not to be explained. */
  readonly explaining: Explaining | undefined;
}

/** A head whose predictions are to be explained, with the training texts that it keeps. */
export interface Explaining {
  readonly head: Head;
  readonly neighbors: NeighborIndex | undefined;
}

/** Explanations of the predictions for texts, or none where they are not requested. */
export async function explained(
  { signal }: Context,
  texts: readonly string[],
  { answering, vectors }: { readonly answering: Answering; readonly vectors: Matrix },
): Promise<readonly (Explanation | undefined)[]> {
  const { encoder, cache, flags, explaining } = answering;
  if (explaining === undefined) return texts.map(() => undefined);
  const embed = async (parts: readonly string[]): Promise<Matrix> =>
    (await vectorsOf(encoder, parts, { ...embedOptions(flags), ...defined({ cache }), signal })).vectors;
  return explainPrediction(texts, { ...explaining, vectors, embed, ...defined({ threads: flags.threads }) });
}
