import { setImmediate } from "node:timers/promises";
import { addCounts } from "../encoder/embed/embedded.js";
import type { Encoder } from "../encoder/encoder.js";
import { cutTogether, type Tokens } from "../encoder/tokenizer/tokenizer.js";
import { lettersByScript, mergeScripts, type ScriptReading } from "./scripts.js";

/** What an encoder makes of texts, before it computes anything. Plain JSON. */
export interface TextReading {
  readonly texts: number;
  /** Texts without a token of their own. */
  readonly empty: number;
  /** Texts cut at the encoder's limit. */
  readonly truncated: number;
  /** The texts' own tokens, without special ones. */
  readonly tokens: number;
  /** Those among them that stand for what the vocabulary lacks. */
  readonly unknown: number;
  /** Texts with an emoji that has no token. */
  readonly emoji: number;
  /** Some of these emoji. */
  readonly emojiSeen: readonly string[];
  readonly scripts: Readonly<Record<string, ScriptReading>>;
}

export const NOTHING_READ: TextReading = {
  texts: 0,
  empty: 0,
  truncated: 0,
  tokens: 0,
  unknown: 0,
  emoji: 0,
  emojiSeen: [],
  scripts: {},
};

type Reader = Pick<Encoder, "tokenizer" | "isStatic">;

/** Texts that are read without a break, between which a signal is heard. */
const TEXTS_A_TURN = 512;
/** Emoji that are named. */
const MOST_NAMED = 2;
/** Shown as pictures of themselves, or by the sign for that behind them, as a heart is. */
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/gu;

/** How an encoder reads texts, each of equal ones too; the same with and without a cache, since it looks at the texts alone. */
export async function readTexts(encoder: Reader, texts: readonly string[], signal?: AbortSignal): Promise<TextReading> {
  let all = NOTHING_READ;
  for (let start = 0; start < texts.length; start += TEXTS_A_TURN) {
    all = addReadings(all, readTurn(encoder, texts.slice(start, start + TEXTS_A_TURN)));
    await setImmediate();
    signal?.throwIfAborted();
  }
  return all;
}

function readTurn({ tokenizer, isStatic }: Reader, texts: readonly string[]): TextReading {
  const tokenize = (text: string): Tokens => tokenizer.tokenize(text);
  // Special tokens, and those of a prompt.
  const around = tokenize("").ids.length;
  const read = cutTogether(tokenizer, texts, tokenize);
  const own = ({ ids, unknown }: Tokens): number => ids.length - around + (isStatic ? unknown : 0);
  const isUnknown = remembered((emoji) => tokenize(emoji).unknown > 0);
  const withEmoji = texts.map((text) => (text.match(EMOJI) ?? []).filter((emoji) => isUnknown(emoji)));
  const sum = (count: (tokens: Tokens) => number): number => read.reduce((all, tokens) => all + count(tokens), 0);
  return {
    texts: texts.length,
    empty: sum(({ empty }) => Number(empty)),
    truncated: sum(({ truncated }) => Number(truncated)),
    tokens: sum((tokens) => Math.max(0, own(tokens))),
    unknown: sum(({ unknown }) => unknown),
    emoji: withEmoji.filter((found) => found.length > 0).length,
    emojiSeen: [...new Set(withEmoji.flat())].slice(0, MOST_NAMED),
    scripts: lettersByScript(texts, (word) => {
      const tokens = tokenize(word);
      return { pieces: own(tokens), unknown: tokens.unknown };
    }),
  };
}

function remembered(of: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    const value = known.get(key) ?? of(key);
    known.set(key, value);
    return value;
  };
}

/** The reading of two lists of texts together. */
export function addReadings(a: TextReading, b: TextReading): TextReading {
  return {
    ...addCounts(a, b),
    emoji: a.emoji + b.emoji,
    emojiSeen: [...new Set([...a.emojiSeen, ...b.emojiSeen])].slice(0, MOST_NAMED),
    scripts: mergeScripts(a.scripts, b.scripts),
  };
}

/** What of a reading goes into results. Plain JSON. */
export interface ReadingCounts {
  /** Texts without a token of their own: whatever is predicted for them says nothing. */
  readonly empty: number;
  /** Texts cut at the encoder's limit. */
  readonly truncated: number;
  /** Share of the tokens that stand for what the encoder's vocabulary lacks, from 0 to 1. */
  readonly unknownTokens: number;
}

export const countsOf = ({ empty, truncated, tokens, unknown }: TextReading): ReadingCounts => ({
  empty,
  truncated,
  unknownTokens: tokens === 0 ? 0 : Math.min(1, unknown / tokens),
});
