import { setImmediate } from "node:timers/promises";
import { excerpt, HeadstartError } from "../../errors.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { lengthOf, normalizeInto } from "../../math/pooling.js";
import { releaseBytes } from "../../onnx/runtime/releaseBytes.js";
import { planBatches, type Batch } from "./batches.js";
import type { EmbedCounts, Embedded, EmbedOptions, EmbedWindowsOptions } from "./embedded.js";
import type { EmbeddingEncoder } from "../encoder.js";
import { pooledVectors } from "./forward.js";
import { cutTogether, type Tokens } from "../tokenizer/tokenizer.js";

/** So much of a batch that each thread's share stays in its core's cache: 384 beat 200, 256, 512 and 1,024. */
export const TOKENS_A_THREAD = 384;

/** Batches that wait at every session worker, so that none is idle while this thread tokenizes or pools. */
export const BATCHES_PER_WORKER = 2;

/**
 * Tokens of a batch at most; 0, which is one text a batch, where the model takes no more or a text's vector would change
 * with its neighbors.
 */
export function batchBudget(
  { dependsOnBatch, session, ports }: EmbeddingEncoder,
  { allowBatchDependence, batchTokens }: EmbedOptions,
): number {
  if (ports.batch === 1) return 0;
  if (dependsOnBatch && allowBatchDependence !== true) return 0;
  return batchTokens ?? TOKENS_A_THREAD * session.threads;
}

/** Batches whose vectors, once they are in their places, are let go in one call. */
const RELEASED_TOGETHER = 8;

/** Texts tokenized without a break; about what the waiting batches last. */
const TEXTS_A_TURN = 64;

/** Consecutive texts, tokenized and ready for the encoder. */
export interface Window {
  readonly texts: readonly string[];
  /** For each text, the first that equals it. */
  readonly firstOf: Int32Array;
  /** Texts that equal none before them. */
  readonly distinct: readonly number[];
  /** Of the distinct texts. */
  readonly tokens: readonly Tokens[];
}

/** Tokenizes texts in small turns, between which the encoder's batches are sent and received. */
export async function prepareWindow(
  encoder: EmbeddingEncoder,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Window> {
  const { firstOf, distinct } = distinctTexts(texts);
  const tokens: Tokens[] = [];
  while (tokens.length < distinct.length) {
    const turn = distinct.slice(tokens.length, tokens.length + TEXTS_A_TURN);
    tokens.push(...cutTogether(encoder.tokenizer, turn, (text) => encoder.tokenizer.tokenize(texts[text])));
    await setImmediate();
    signal.throwIfAborted();
  }
  return { texts, firstOf, distinct, tokens };
}

/** A window on its way through the encoder. */
export interface RunningWindow {
  /** Settles when its last batch has gone to the encoder, which then has room for the next window's. */
  readonly sent: Promise<void>;
  /** Vectors of the texts, in their order. */
  readonly result: Promise<Embedded>;
}

export interface WindowOptions extends EmbedWindowsOptions {
  /** Texts that are done, over all windows. */
  readonly count: { done: number };
}

/** Sends a window's batches to the encoder. */
export function startWindow(encoder: EmbeddingEncoder, window: Window, options: WindowOptions): RunningWindow {
  let nowSent = (): void => {};
  const sent = new Promise<void>((resolve) => (nowSent = resolve));
  const result = embedWindow(encoder, window, { ...options, onSent: () => nowSent() });
  result.catch(() => {}).finally(() => nowSent()); // whoever awaits the result gets its failure
  return { sent, result };
}

async function embedWindow(
  encoder: EmbeddingEncoder,
  window: Window,
  { count, onSent, onProgress, ...options }: WindowOptions & { readonly onSent: () => void },
): Promise<Embedded> {
  const { texts, firstOf, distinct, tokens } = window;
  const lengths = tokens.map((t) => t.ids.length);
  const batches = planBatches(lengths, batchBudget(encoder, options));
  const numbers = texts.length * encoder.width;
  const vectors = matrix(texts.length, encoder.width, options.memory?.take(numbers));
  const placed: Float32Array[] = [];
  const tell = (more: number): void => onProgress?.({ done: (count.done += more) });
  await inParallel(batches, BATCHES_PER_WORKER * encoder.session.poolWorkers, async (batch) => {
    options.signal?.throwIfAborted();
    if (batch === batches.at(-1)) onSent();
    const pooled = await pooledVectors(encoder, { batch, tokens });
    place(pooled, { encoder, window, batch }, vectors);
    if (placed.push(pooled) === RELEASED_TOGETHER) releaseBytes(placed.splice(0));
    tell(batch.texts.length);
  });
  releaseBytes(placed);
  for (let i = 0; i < texts.length; i++) {
    if (firstOf[i] !== i)
      vectors.data.copyWithin(i * encoder.width, firstOf[i] * encoder.width, (firstOf[i] + 1) * encoder.width);
  }
  if (distinct.length < texts.length) tell(texts.length - distinct.length);
  return { vectors, texts: texts.length, ...countTokens(window) };
}

/** Writes the pooled vectors of a batch's texts to their places. */
function place(
  pooled: Float32Array,
  { encoder, window, batch }: { readonly encoder: EmbeddingEncoder; readonly window: Window; readonly batch: Batch },
  vectors: Matrix,
): void {
  const { width } = encoder;
  for (let r = 0; r < batch.texts.length; r++) {
    const to = window.distinct[batch.texts[r]];
    const out = vectors.data.subarray(to * width, (to + 1) * width);
    out.set(pooled.subarray(r * width, (r + 1) * width));
    const length = lengthOf(out);
    if (encoder.normalize) normalizeInto(out, length);
    if (!Number.isFinite(length)) {
      throw new HeadstartError(
        "E_NOT_FINITE",
        `The encoder gave a vector that is not finite for the text "${excerpt(window.texts[to])}". ` +
          `Check its weights, or try --precision fp32`,
      );
    }
  }
}

/** Does `work` on every item, `limit` at a time; after a failure starts no more and lets the started ones end. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const runs = Array.from({ length: Math.min(limit, items.length) }, async () => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  const failure = (await Promise.allSettled(runs)).find((run) => run.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

function distinctTexts(texts: readonly string[]): Pick<Window, "firstOf" | "distinct"> {
  const seen = new Map<string, number>();
  const distinct: number[] = [];
  const firstOf = Int32Array.from(texts, (text, i) => {
    const first = seen.get(text);
    if (first !== undefined) return first;
    seen.set(text, i);
    distinct.push(i);
    return i;
  });
  return { firstOf, distinct };
}

function countTokens({ texts, firstOf, distinct, tokens }: Window): Omit<EmbedCounts, "texts"> {
  const at = new Map(distinct.map((text, i) => [text, tokens[i]]));
  let [truncated, empty, unknown] = [0, 0, 0];
  for (let i = 0; i < texts.length; i++) {
    const own = at.get(firstOf[i]);
    if (own?.truncated) truncated++;
    if (own?.empty) empty++;
    unknown += own?.unknown ?? 0;
  }
  return { tokens: tokens.reduce((sum, t) => sum + t.ids.length, 0), truncated, empty, unknown };
}
