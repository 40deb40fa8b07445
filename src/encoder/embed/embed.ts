import { matrix } from "../../math/matrix.js";
import { addCounts, type EmbedCounts, type Embedded, type EmbedOptions, type EmbedWindowsOptions } from "./embedded.js";
import type { EmbeddingEncoder } from "../encoder.js";
import { checkNotOneText, type Texts } from "./texts.js";
import { inWindows } from "./windows.js";
import { prepareWindow, startWindow, type RunningWindow, type Window } from "./window.js";

export { addCounts } from "./embedded.js";
export type { EmbedCounts, Embedded, EmbedOptions } from "./embedded.js";

export const EMBED_DEFAULTS = { window: 2048 } as const satisfies EmbedOptions;

/**
 * Embeds a stream of texts, window by window, in input order; memory is bounded by one window.
 *
 * A text's vector depends on the text and the encoder alone, not on its neighbors. Equal texts in a window go through
 * the encoder once.
 *
 * @throws HeadstartError E_USAGE for one text instead of several; E_NOT_FINITE when the encoder gives NaN or infinity
 * @example
 * async function* lines() {
 *   yield "first text";
 *   yield "second text";
 * }
 * for await (const { vectors, tokens } of embedStream(encoder, lines())) console.log(vectors.rows, tokens);
 */
export async function* embedStream(
  encoder: EmbeddingEncoder,
  texts: Texts,
  options: EmbedOptions = {},
): AsyncGenerator<Embedded> {
  checkNotOneText(texts);
  yield* embedWindows(encoder, inWindows(texts, { most: options.window ?? EMBED_DEFAULTS.window }), options);
}

/**
 * As `embed`, of windows that the caller has cut: one result for each, an empty one for an empty window.
 *
 * A window is asked for while the one before it is in the encoder, and not before the caller has taken the result of the
 * one before that: two windows are in memory at a time.
 */
export async function* embedWindows(
  encoder: EmbeddingEncoder,
  windows: AsyncGenerator<readonly string[]>,
  options: EmbedWindowsOptions = {},
): AsyncGenerator<Embedded> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const prepareNext = async (): Promise<Window | undefined> => {
    const { done, value } = await windows.next();
    return done === true ? undefined : prepareWindow(encoder, value, signal);
  };
  const count = { done: 0 };
  const start = (window: Window): RunningWindow => startWindow(encoder, window, { ...options, signal, count });
  const first = await prepareNext();
  let running = first && start(first);
  let following: RunningWindow | undefined;
  try {
    while (running !== undefined) {
      // The next texts are tokenized while these are in the encoder, and follow them without a gap.
      const next = await prepareNext();
      await running.sent;
      following = next && start(next);
      const embedded: Embedded = await running.result;
      [running, following] = [following, undefined];
      yield embedded;
    }
  } finally {
    stop.abort();
    await Promise.allSettled([running?.result, following?.result]);
    await windows.return(undefined);
  }
}

/**
 * All vectors of `texts` at once, `[texts, width]`, in their order, with the counts.
 *
 * @throws HeadstartError E_USAGE for one text instead of several; E_NOT_FINITE when the encoder gives NaN or infinity
 * @example
 * const encoder = await loadEncoder("headstart-mini");
 * const { vectors, truncated } = await embedTexts(encoder, ["first text", "second text"]);
 * console.log(vectors.rows, vectors.cols, truncated); // 2 384 0
 * await encoder.close();
 */
export async function embedTexts(
  encoder: EmbeddingEncoder,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Embedded> {
  checkNotOneText(texts);
  const vectors = matrix(texts.length, encoder.width);
  let counts: EmbedCounts = { texts: 0, tokens: 0, truncated: 0, empty: 0, unknown: 0 };
  for await (const part of embedStream(encoder, texts, options)) {
    vectors.data.set(part.vectors.data, counts.texts * encoder.width);
    counts = addCounts(counts, part);
  }
  return { vectors, ...counts };
}
