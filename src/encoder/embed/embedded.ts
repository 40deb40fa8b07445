import type { Matrix } from "../../math/matrix.js";
import type { ReusedRows } from "../../onnx/runtime/bufferPool.js";

export interface EmbedOptions {
  /** Tokens of a batch, padding included; changes speed and memory, never the vectors. @default 384 a thread */
  readonly batchTokens?: number | undefined;
  /** Texts sorted by length together; memory is bounded by them. @default 2048 */
  readonly window?: number | undefined;
  /** Called after every batch; `done` counts texts of this call. */
  readonly onProgress?: ((progress: { readonly done: number }) => void) | undefined;
  /** Let texts share batches although the model makes their vectors depend on it. @default false */
  readonly allowBatchDependence?: boolean | undefined;
  /** Aborts between batches. */
  readonly signal?: AbortSignal | undefined;
}

/** How windows that the caller has cut are embedded. */
export interface EmbedWindowsOptions extends Omit<EmbedOptions, "window"> {
  /** Where the vectors lie; who is given them gives their memory back. @default fresh memory for each window */
  readonly memory?: ReusedRows | undefined;
}

/** Counts of an embedding run. */
export interface EmbedCounts {
  readonly texts: number;
  /** Real tokens that went through the encoder. */
  readonly tokens: number;
  /** Texts cut at the encoder's limit. */
  readonly truncated: number;
  /** Texts without a token of their own; they have the encoder's own vector for an empty text. */
  readonly empty: number;
  /** Words or tokens that the encoder has no entry for, in all texts together. */
  readonly unknown: number;
}

/** Vectors of consecutive texts, in input order. */
export interface Embedded extends EmbedCounts {
  /** `[texts, width]` */
  readonly vectors: Matrix;
}

export function addCounts(a: EmbedCounts, b: EmbedCounts): EmbedCounts {
  return {
    texts: a.texts + b.texts,
    tokens: a.tokens + b.tokens,
    truncated: a.truncated + b.truncated,
    empty: a.empty + b.empty,
    unknown: a.unknown + b.unknown,
  };
}
