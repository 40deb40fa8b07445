import { Tokenizer as ModelTokenizer } from "@huggingface/tokenizers";
import { HeadstartError } from "../errors.js";

/** Token ids of one text, special tokens included. */
export interface Tokens {
  readonly ids: readonly number[];
  /** Whether tokens were cut off to fit. */
  readonly truncated: boolean;
  /** Whether the text has no tokens of its own. */
  readonly empty: boolean;
}

export interface Tokenizer {
  /** Tokens of `text`, at most `maxTokens` with the special ones; what is cut is the end of the text. */
  tokenize(text: string): Tokens;
  /** Id that fills up shorter texts in a batch. */
  readonly padId: number;
}

interface TokenizerFile {
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly model?: { readonly vocab?: unknown };
}

export interface TokenizerOptions {
  /** Named in messages. */
  readonly file: string;
  /** Tokens of a text with its special tokens. */
  readonly maxTokens: number;
  /** Put before every text. @default "" */
  readonly prompt?: string;
  /** Lower-case the text first, where the model's settings ask for it. @default false */
  readonly lowerCase?: boolean;
}

/**
 * A tokenizer from the contents of `tokenizer.json` and `tokenizer_config.json`.
 *
 * Strings such as `[MASK]` in a text are plain text here: they never become control tokens. Lone surrogates become
 * U+FFFD.
 *
 * @throws HeadstartError E_ENCODER_INVALID when the files describe no tokenizer
 */
export function loadTokenizer(json: unknown, config: unknown, options: TokenizerOptions): Tokenizer {
  const { file, maxTokens, prompt = "", lowerCase = false } = options;
  const contents = json as TokenizerFile;
  // Without its control tokens the tokenizer cannot be made to emit them by a text; its template still adds them.
  const words = { ...contents, added_tokens: contents.added_tokens?.filter((t) => !t.special) ?? [] };
  let special: readonly number[];
  let body: (text: string) => number[];
  try {
    const tokenizer = new ModelTokenizer(words, (config ?? {}) as object);
    special = tokenizer.encode("").ids;
    body = (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  } catch (cause) {
    throw new HeadstartError("E_ENCODER_INVALID", `Cannot make a tokenizer from ${file}. Fetch the file again`, {
      file,
      cause,
    });
  }
  const before = special.slice(0, Math.ceil(special.length / 2));
  const after = special.slice(before.length);
  const room = maxTokens - special.length;
  if (room < 1) {
    throw new HeadstartError("E_USAGE", `At most ${maxTokens} tokens leave no room for a text beside the special ones`);
  }
  return {
    padId: padIdOf(contents, config),
    tokenize(text) {
      const clean = likeReference(text.toWellFormed());
      const ids = body(prompt + (lowerCase ? clean.toLowerCase() : clean));
      return {
        ids: [...before, ...(ids.length > room ? ids.slice(0, room) : ids), ...after],
        truncated: ids.length > room,
        empty: prompt === "" ? ids.length === 0 : body(clean).length === 0,
      };
    },
  };
}

/** Ideographs beyond U+FFFF that BERT splits off as words of their own; the library looks at UTF-16 units only. */
const RARE_IDEOGRAPHS =
  /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/** Evens out two differences from the reference tokenizer: rare ideographs, and the Greek final sigma of JavaScript. */
function likeReference(text: string): string {
  return text.replaceAll("\u03a3", "\u03c3").replace(RARE_IDEOGRAPHS, " $& ");
}

function padIdOf(json: TokenizerFile, config: unknown): number {
  const named = (config as { pad_token?: string | { content?: string } } | undefined)?.pad_token;
  const content = typeof named === "string" ? named : named?.content;
  return json.added_tokens?.find((t) => t.content === content)?.id ?? 0;
}
