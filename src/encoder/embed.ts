import { matrix, type Matrix } from "../math/matrix.js";
import { HeadstartError } from "../errors.js";
import { encoderInputs, planBatches, type Batch } from "./batches.js";
import type { Encoder } from "./encoder.js";
import { normalizeInto, poolInto } from "./pooling.js";
import type { Tokens } from "./tokenizer.js";

export interface EmbedOptions {
  /** Tokens of a batch, padding included; changes speed and memory, never the vectors. @default 256 a thread */
  readonly batchTokens?: number;
  /** Texts sorted by length together; memory is bounded by them. @default 4096 */
  readonly window?: number;
  /** Told after every batch; `done` counts texts of this call. */
  readonly onProgress?: (progress: { readonly done: number }) => void;
  /** Let texts share batches although the model makes their vectors depend on it. @default false */
  readonly allowBatchDependence?: boolean;
  /** Aborts between batches. */
  readonly signal?: AbortSignal;
}

/** So much of a batch that each thread's share stays in its core's cache: 512 beat 256, 1,024 and 2,048 on two cores. */
const TOKENS_A_THREAD = 256;

export const EMBED_DEFAULTS = { window: 4096 } as const satisfies EmbedOptions;

/** Counts of an embedding run. */
export interface EmbedCounts {
  readonly texts: number;
  /** Real tokens that went through the encoder. */
  readonly tokens: number;
  /** Texts cut at the encoder's limit. */
  readonly truncated: number;
  /** Texts without a token of their own; they have the encoder's own vector for an empty text. */
  readonly empty: number;
}

/** Vectors of consecutive texts, in input order. */
export interface Embedded extends EmbedCounts {
  /** `[texts, width]` */
  readonly vectors: Matrix;
}

/**
 * Embeds a stream of texts, window by window, in input order; memory is bounded by one window.
 *
 * A text's vector depends on the text and the encoder alone, not on its neighbours. Equal texts in a window go through
 * the encoder once.
 *
 * @throws HeadstartError E_NOT_FINITE when the encoder gives NaN or infinity
 */
export async function* embed(
  encoder: Encoder,
  texts: Iterable<string> | AsyncIterable<string>,
  options: EmbedOptions = {},
): AsyncGenerator<Embedded> {
  const size = options.window ?? EMBED_DEFAULTS.window;
  let window: string[] = [];
  let before = 0;
  for await (const text of texts) {
    window.push(text);
    if (window.length < size) continue;
    yield await embedWindow(encoder, window, { ...options, before });
    before += window.length;
    window = [];
  }
  if (window.length > 0) yield await embedWindow(encoder, window, { ...options, before });
}

/** All vectors of `texts` at once, with the counts. */
export async function embedAll(
  encoder: Encoder,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Embedded> {
  const vectors = matrix(texts.length, encoder.width);
  let counts: EmbedCounts = { texts: 0, tokens: 0, truncated: 0, empty: 0 };
  for await (const part of embed(encoder, texts, options)) {
    vectors.data.set(part.vectors.data, counts.texts * encoder.width);
    counts = addCounts(counts, part);
  }
  return { vectors, ...counts };
}

export function addCounts(a: EmbedCounts, b: EmbedCounts): EmbedCounts {
  return {
    texts: a.texts + b.texts,
    tokens: a.tokens + b.tokens,
    truncated: a.truncated + b.truncated,
    empty: a.empty + b.empty,
  };
}

async function embedWindow(
  encoder: Encoder,
  texts: readonly string[],
  options: EmbedOptions & { readonly before: number },
): Promise<Embedded> {
  const { firstOf, distinct } = distinctTexts(texts);
  const tokens = distinct.map((i) => encoder.tokenizer.tokenize(texts[i]));
  const alone = encoder.dependsOnBatch && options.allowBatchDependence !== true;
  const budget = alone ? 0 : (options.batchTokens ?? TOKENS_A_THREAD * encoder.threads);
  const batches = planBatches(
    tokens.map((t) => t.ids.length),
    budget,
  );
  const vectors = matrix(texts.length, encoder.width);
  let done = options.before;
  for (const batch of batches) {
    options.signal?.throwIfAborted();
    const hidden = await runBatch(encoder, batch, tokens);
    for (let r = 0; r < batch.texts.length; r++) {
      const to = distinct[batch.texts[r]];
      const out = vectors.data.subarray(to * encoder.width, (to + 1) * encoder.width);
      const start = r * batch.tokens * encoder.width;
      poolInto(out, { hidden, start, tokens: tokens[batch.texts[r]].ids.length }, encoder.pooling);
      if (encoder.normalize) normalizeInto(out);
      if (!out.every(Number.isFinite)) {
        throw new HeadstartError(
          "E_NOT_FINITE",
          `The encoder gave a vector that is not finite for text ${options.before + to + 1}. Check its weights, or try --precision fp32`,
        );
      }
    }
    options.onProgress?.({ done: (done += batch.texts.length) });
  }
  for (let i = 0; i < texts.length; i++) {
    if (firstOf[i] !== i)
      vectors.data.copyWithin(i * encoder.width, firstOf[i] * encoder.width, (firstOf[i] + 1) * encoder.width);
  }
  if (distinct.length < texts.length) options.onProgress?.({ done: options.before + texts.length });
  return { vectors, texts: texts.length, ...countTokens(texts, { firstOf, distinct, tokens }) };
}

interface Distinct {
  /** For each text, the first that equals it. */
  readonly firstOf: Int32Array;
  /** Texts that equal none before them. */
  readonly distinct: readonly number[];
}

function distinctTexts(texts: readonly string[]): Distinct {
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

function countTokens(
  texts: readonly string[],
  { firstOf, distinct, tokens }: Distinct & { readonly tokens: readonly Tokens[] },
): Omit<EmbedCounts, "texts"> {
  const at = new Map(distinct.map((text, i) => [text, tokens[i]]));
  let [truncated, empty] = [0, 0];
  for (let i = 0; i < texts.length; i++) {
    const own = at.get(firstOf[i]);
    if (own?.truncated) truncated++;
    if (own?.empty) empty++;
  }
  return { tokens: tokens.reduce((sum, t) => sum + t.ids.length, 0), truncated, empty };
}

/** Token vectors of a batch, `[texts * tokens, width]`. */
async function runBatch(encoder: Encoder, batch: Batch, tokens: readonly Tokens[]): Promise<Float32Array> {
  const { ids, mask, segments, hidden } = encoder.ports;
  const inputs = encoderInputs(batch, tokens, encoder.tokenizer.padId);
  const feeds = new Map([
    [ids, { data: inputs.ids, dims: inputs.dims }],
    [mask, { data: inputs.mask, dims: inputs.dims }],
    ...(segments === undefined ? [] : [[segments, { data: inputs.segments, dims: inputs.dims }] as const]),
  ]);
  const output = (await encoder.session.run(feeds, [hidden])).get(hidden)!;
  const wanted = [...inputs.dims, encoder.width];
  if (output.data instanceof Float32Array && wanted.every((size, i) => size === output.dims[i])) return output.data;
  throw new HeadstartError(
    "E_ENCODER_INVALID",
    `${encoder.name} gave token vectors of shape [${output.dims.join(", ")}] where [${wanted.join(", ")}] in float32 was ` +
      `expected. Its model and config.json do not belong together: fetch or export it again`,
    { file: encoder.path },
  );
}
