import { HeadstartError, messageOf } from "../../errors.js";
import { checkTokenizerFile, type TokenizerFile } from "./file.js";
import { readPipeline, type Encode } from "./pipeline.js";
import { cutsAtSpaces } from "./stages/preTokenizers.js";
import { UnreadSetting } from "./stages/settings.js";
import { readTemplate, type Frame } from "./stages/template.js";
import { textPieces } from "./textPieces.js";
import { readVocabulary, unknownIdOf } from "./vocabulary.js";
import { tokenizingFailure, tokenizerWatch, whileLoading } from "./watch.js";
import { isBertTokenizer, wordByWord } from "./wordPiece.js";

/** Token ids of one text, special tokens included. */
export interface Tokens {
  readonly ids: readonly number[];
  /** Whether tokens were cut off to fit. */
  readonly truncated: boolean;
  /** Whether the text has no tokens of its own. */
  readonly empty: boolean;
  /** Tokens that stand for what the vocabulary lacks, such as [UNK]; at most `maxTokens` are looked at. */
  readonly unknown: number;
}

export interface Tokenizer {
  /**
   * Tokens of `text`, at most `maxTokens` with the special ones; what is cut is the end of the text, or its start where
   * the settings say so.
   */
  tokenize(text: string): Tokens;
  /** Id that fills up shorter texts in a batch. */
  readonly padId: number;
  /**
   * Runs work that tokenizes many texts, where that is faster than one after another; it may be run a second time.
   * Undefined where there is no difference.
   */
  readonly together?: (<T>(work: () => T) => T) | undefined;
}

/** Tokens of many texts, or pieces of many words, by `cut`. */
export function cutTogether<In, Out>(
  { together }: Pick<Tokenizer, "together">,
  inputs: readonly In[],
  cut: (input: In, index: number) => Out,
): Out[] {
  return together === undefined ? inputs.map(cut) : together(() => inputs.map(cut));
}

/** A tokenizer that cuts words one by one, for labels on words. */
export interface PieceTokenizer extends Tokenizer {
  /**
   * Ids of one word of a text, without special ones; none where the tokenizer knows none of its characters.
   *
   * @param isFirst  whether no space stands in front of it, which matters to some tokenizers
   */
  wordPieces(word: string, isFirst: boolean): readonly number[];
  /** Ids with the special ones and the prompt's around them; nothing is cut. */
  frame(ids: readonly number[]): readonly number[];
  /** Ids that `frame` puts in front. */
  readonly lead: number;
  /** Most ids that can be framed. */
  readonly room: number;
}

/** Pieces of a tokenizer without special tokens or memory of what stood before. */
export const unframed = (tokenizer: Tokenizer, maxTokens: number): PieceTokenizer => ({
  ...tokenizer,
  wordPieces: (word) => tokenizer.tokenize(word).ids,
  frame: (ids) => ids,
  lead: 0,
  room: maxTokens,
});

export interface TokenizerOptions {
  /** Named in messages. */
  readonly file: string;
  /** Tokens of a text with its special tokens. */
  readonly maxTokens: number;
  /** Put before every text. @default "" */
  readonly prompt?: string | undefined;
  /** Lower-case the text first, where the model's settings ask for it. @default false */
  readonly lowerCase?: boolean | undefined;
  /** Milliseconds that a text may take, where the file has patterns of its own. @default 4000 */
  readonly mostMs?: number | undefined;
}

/**
 * A tokenizer from the contents of `tokenizer.json` and `tokenizer_config.json`.
 *
 * Strings such as `[MASK]` in a text are plain text here: they never become control tokens. Lone surrogates become
 * U+FFFD.
 *
 * Patterns of the file are watched over: a text that takes seconds is an error, and a long one goes through them in parts.
 *
 * @throws HeadstartError E_ENCODER_INVALID when the files describe no tokenizer; so do its functions, also
 *   E_TOKENIZER_LIMIT
 */
export function loadTokenizer(json: unknown, config: unknown, options: TokenizerOptions): PieceTokenizer {
  const { file, maxTokens, prompt = "", lowerCase = false } = options;
  const opened = openTokenizer(json, config, file);
  const { before, after, padId, unknownId, keepsEnd } = opened;
  const room = maxTokens - before.length - after.length;
  if (room < 1) {
    throw new HeadstartError("E_USAGE", `At most ${maxTokens} tokens leave no room for a text beside the special ones`);
  }
  const { encode, together } = watched(opened, keepsEnd ? Infinity : room, options);
  const tokensOf = (text: string, goesOn = false): readonly number[] =>
    encode(lowerCase ? text.toLowerCase() : text, goesOn);
  const promptIds = prompt === "" ? [] : tokensOf(prompt);
  return {
    padId,
    together,
    lead: before.length + promptIds.length,
    room: Math.max(1, room - promptIds.length),
    wordPieces: (word, isFirst) =>
      isFirst ? tokensOf(word.toWellFormed()) : tokensOf(` ${word.toWellFormed()}`, true),
    frame: (ids) => [...before, ...promptIds, ...ids, ...after],
    tokenize(text) {
      const own = text.toWellFormed();
      const ids = tokensOf(prompt + own);
      const truncated = ids.length > room;
      const kept = !truncated ? ids : keepsEnd ? ids.slice(-room) : ids.slice(0, room);
      return {
        ids: [...before, ...kept, ...after],
        truncated,
        empty: prompt === "" ? ids.length === 0 : tokensOf(own).length === 0,
        unknown: kept.reduce((count, id) => (id === unknownId ? count + 1 : count), 0),
      };
    },
  };
}

/** Encodes texts with failures explained, and watched over where settings can make that take long. */
function watched(
  { encode, isPlain, inParts }: OpenTokenizer,
  enough: number,
  { file, mostMs }: TokenizerOptions,
): { readonly encode: Encode } & Pick<Tokenizer, "together"> {
  if (isPlain) {
    return {
      together: undefined,
      encode(text, goesOn) {
        try {
          return encode(text, goesOn);
        } catch (error) {
          throw tokenizingFailure(error, text, file);
        }
      },
    };
  }
  const watch = tokenizerWatch(file, mostMs);
  const encodeParts: Encode = (text, goesOn) => {
    const ids: number[] = [];
    let isFirst = true;
    for (const piece of inParts ? textPieces(text) : [text]) {
      for (const id of watch.one(piece, () => encode(piece, goesOn || !isFirst))) ids.push(id);
      if (ids.length > enough) break;
      isFirst = false;
    }
    return ids;
  };
  return { together: watch.together, encode: encodeParts };
}

interface OpenTokenizer extends Frame {
  /** Ids of a text without special tokens. */
  readonly encode: Encode;
  /** Whether no setting of the file can make that take long. */
  readonly isPlain: boolean;
  /** Whether a long text may be cut at a space between words. */
  readonly inParts: boolean;
  /** Whether the start of a text is cut off where there are too many tokens, not its end. */
  readonly keepsEnd: boolean;
  readonly padId: number;
  /** Id of the token for what the vocabulary lacks; undefined where there is none. */
  readonly unknownId: number | undefined;
}

function openTokenizer(json: unknown, config: unknown, file: string): OpenTokenizer {
  try {
    const contents = checkTokenizerFile(json);
    const { added_tokens, model, pre_tokenizer } = contents;
    const isPlain = isBertTokenizer(contents);
    const encode = whileLoading(Object.keys(model.vocab).length, () => {
      const whole = readPipeline(contents);
      refuseGrowth(whole);
      return isPlain ? wordByWord(contents, (word) => whole(word, true)) : whole;
    });
    return {
      encode,
      isPlain,
      inParts: cutsAtSpaces(pre_tokenizer) && (added_tokens ?? []).every(({ special }) => special),
      keepsEnd: truncatesStart(contents, config),
      ...readTemplate(contents.post_processor, (token) => idOf(token, contents)),
      padId: padIdOf(contents, config),
      unknownId: unknownIdOf(contents),
    };
  } catch (cause) {
    const advice = cause instanceof UnreadSetting ? "Choose another encoder" : "Fetch the file again";
    const message = `Cannot make a tokenizer from ${file}: ${messageOf(cause)}. ${advice}`;
    throw new HeadstartError("E_ENCODER_INVALID", message, { file, cause });
  }
}

/** @throws RangeError where any text grows without end; what else is wrong may be so with some texts only */
function refuseGrowth(encode: Encode): void {
  try {
    encode("a", false);
  } catch (error) {
    if (error instanceof RangeError) throw error;
  }
}

function idOf(token: string, file: TokenizerFile): number | undefined {
  const id = readVocabulary(file).tokens.indexOf(token);
  return id === -1 ? undefined : id;
}

/** The settings say so, or else the file. */
function truncatesStart({ truncation }: TokenizerFile, config: unknown): boolean {
  const { truncation_side } = (config ?? {}) as { readonly truncation_side?: unknown };
  return (truncation_side ?? String(truncation?.direction).toLowerCase()) === "left";
}

function padIdOf(json: TokenizerFile, config: unknown): number {
  const named = (config as { pad_token?: string | { content?: string } | undefined } | undefined)?.pad_token;
  const content = typeof named === "string" ? named : named?.content;
  return json.added_tokens?.find((t) => t.content === content)?.id ?? 0;
}
