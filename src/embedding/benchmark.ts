import { vectorsOf } from "./cachedEmbed.js";
import type { Encoder } from "../encoder/encoder.js";

/** What a measurement takes from outside. */
export interface Measuring {
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
  /** Breaks it off. */
  readonly signal: AbortSignal;
}

/** Speed at one length of text. */
interface LengthSpeed {
  /** Real tokens of a text, on average. */
  readonly tokens: number;
  readonly texts: number;
  readonly textsPerSecond: number;
  readonly tokensPerSecond: number;
}

/** Speed at one batch budget, over texts of mixed lengths. */
interface BudgetSpeed {
  readonly batchTokens: number;
  readonly tokensPerSecond: number;
}

/** What was measured on this machine. */
export interface Bench {
  readonly loadSeconds: number;
  readonly lengths: readonly LengthSpeed[];
  readonly budgets: readonly BudgetSpeed[];
  /** The fastest of the budgets. */
  readonly batchTokens: number;
  /** Most memory that the process had so far. */
  readonly peakBytes: number;
}

const WORDS =
  "the train was late again and nobody told us why but we loved every minute of this long strange day".split(" ");
const LENGTHS = [8, 32, 128, 512];
const BUDGETS_A_THREAD = [128, 256, 512, 1024];
/** A run has to take so long to be worth a number. */
const LEAST_MS = 400;
const MOST_TEXTS = 4096;

/** Measures an encoder in short runs, each after a first one that does not count. */
export async function bench(context: Measuring, encoder: Encoder, loadSeconds: number): Promise<Bench> {
  const lengths: LengthSpeed[] = [];
  for (const words of LENGTHS.filter((_, i) => i === 0 || LENGTHS[i - 1] < encoder.maxTokens)) {
    lengths.push(await speedAt(context, encoder, words));
  }
  const budgets: BudgetSpeed[] = [];
  const mixed = Array.from({ length: 64 * encoder.session.threads }, (_, i) => textOf([4, 9, 17, 33][i % 4], i));
  for (const each of BUDGETS_A_THREAD) {
    const batchTokens = each * encoder.session.threads;
    await timed(context, encoder, { texts: mixed, batchTokens });
    const { tokens, seconds } = await timed(context, encoder, { texts: mixed, batchTokens });
    budgets.push({ batchTokens, tokensPerSecond: tokens / seconds });
  }
  const best = budgets.reduce((a, b) => (b.tokensPerSecond > a.tokensPerSecond ? b : a));
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { loadSeconds, lengths, budgets, batchTokens: best.batchTokens, peakBytes };
}

/** Doubles the texts until a run is long enough. */
async function speedAt(context: Measuring, encoder: Encoder, words: number): Promise<LengthSpeed> {
  for (let count = 8; ; count *= 2) {
    const texts = Array.from({ length: count }, (_, i) => textOf(words, i));
    const { tokens, seconds } = await timed(context, encoder, { texts });
    if (seconds * 1000 < LEAST_MS && count < MOST_TEXTS) continue;
    return {
      tokens: tokens / count,
      texts: count,
      textsPerSecond: count / seconds,
      tokensPerSecond: tokens / seconds,
    };
  }
}

/** A text of so many words, another one for each number, since equal texts go through the encoder once. */
function textOf(words: number, number: number): string {
  const rest = Array.from({ length: words - 1 }, (_, i) => WORDS[(number + i) % WORDS.length]);
  return [String(number), ...rest].join(" ");
}

/** Embeds texts and takes the time. */
export async function timed(
  { clock, signal }: Measuring,
  encoder: Encoder,
  { texts, batchTokens }: { readonly texts: readonly string[]; readonly batchTokens?: number | undefined },
): Promise<{ readonly tokens: number; readonly seconds: number }> {
  const began = clock();
  const { tokens } = await vectorsOf(encoder, texts, { signal, batchTokens });
  return { tokens, seconds: Math.max(clock() - began, 1e-3) / 1000 };
}
