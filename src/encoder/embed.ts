import { matrix } from "../math/matrix.js";
import { addCounts, type EmbedCounts, type Embedded, type EmbedOptions } from "./embedded.js";
import type { EmbeddingEncoder } from "./encoder.js";
import { embedWindow, prepareWindow, type Window } from "./window.js";

export { addCounts } from "./embedded.js";
export type { EmbedCounts, Embedded, EmbedOptions } from "./embedded.js";

export const EMBED_DEFAULTS = { window: 4096 } as const satisfies EmbedOptions;

/** The first window is small, so that the encoder starts soon; then they double up to the window of the options. */
const FIRST_WINDOW = 256;

/**
 * Embeds a stream of texts, window by window, in input order; memory is bounded by one window.
 *
 * A text's vector depends on the text and the encoder alone, not on its neighbours. Equal texts in a window go through
 * the encoder once.
 *
 * @throws HeadstartError E_NOT_FINITE when the encoder gives NaN or infinity
 */
export async function* embed(
  encoder: EmbeddingEncoder,
  texts: Iterable<string> | AsyncIterable<string>,
  options: EmbedOptions = {},
): AsyncGenerator<Embedded> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const windows = windowsOf(texts, options.window ?? EMBED_DEFAULTS.window);
  let before = 0;
  const prepareNext = async (): Promise<Window | undefined> => {
    const { done, value } = await windows.next();
    if (done === true) return undefined;
    const window = await prepareWindow(encoder, value, { before, signal });
    before += value.length;
    return window;
  };
  const start = (window: Window): Promise<Embedded> => {
    const run = embedWindow(encoder, window, { ...options, signal });
    run.catch(() => {}); // it is awaited below; until then a failure is not unhandled
    return run;
  };
  const first = await prepareNext();
  let running = first && start(first);
  try {
    while (running !== undefined) {
      // The next texts are tokenised while these are in the encoder, and the caller has theirs while the next are.
      const next = await prepareNext();
      const embedded: Embedded = await running;
      running = next && start(next);
      yield embedded;
    }
  } finally {
    stop.abort();
    await running?.catch(() => {});
    await windows.return(undefined);
  }
}

async function* windowsOf(texts: Iterable<string> | AsyncIterable<string>, most: number): AsyncGenerator<string[]> {
  let size = Math.min(FIRST_WINDOW, most);
  let window: string[] = [];
  for await (const text of texts) {
    window.push(text);
    if (window.length < size) continue;
    yield window;
    window = [];
    size = Math.min(2 * size, most);
  }
  if (window.length > 0) yield window;
}

/** All vectors of `texts` at once, with the counts. */
export async function embedAll(
  encoder: EmbeddingEncoder,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Embedded> {
  const vectors = matrix(texts.length, encoder.width);
  let counts: EmbedCounts = { texts: 0, tokens: 0, truncated: 0, empty: 0, unknown: 0 };
  for await (const part of embed(encoder, texts, options)) {
    vectors.data.set(part.vectors.data, counts.texts * encoder.width);
    counts = addCounts(counts, part);
  }
  return { vectors, ...counts };
}
