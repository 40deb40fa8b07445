import { excerpt, HeadstartError, messageOf } from "../../errors.js";
import { libraryTokenizer } from "./libraryTokenizer.js";
import { textPieces } from "./textPieces.js";
import { checkTokenizerFile } from "./file.js";
import { tokenizerWatch, whileLoading } from "./watch.js";
import { isBertTokenizer, wordByWord, type TokenizerFile, type Normalizer } from "./wordPiece.js";

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
  /** Tokens of `text`, at most `maxTokens` with the special ones; what is cut is the end of the text. */
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
  const { file, maxTokens, prompt = "", lowerCase = false, mostMs } = options;
  const { body, isPlain, before, after, padId, unknownId, clean } = openTokenizer(json, config, file);
  const room = maxTokens - before.length - after.length;
  if (room < 1) {
    throw new HeadstartError("E_USAGE", `At most ${maxTokens} tokens leave no room for a text beside the special ones`);
  }
  const watch = isPlain ? undefined : tokenizerWatch(file, mostMs);
  const cut = (whole: string): readonly number[] =>
    checkIds(body(clean(lowerCase ? whole.toLowerCase() : whole)), whole, file);
  const tokensOf = (whole: string): readonly number[] => {
    if (watch === undefined) return cut(whole);
    const ids: number[] = [];
    for (const piece of textPieces(whole)) {
      for (const id of watch.one(piece, () => cut(piece))) ids.push(id);
      if (ids.length > room) break;
    }
    return ids;
  };
  const promptIds = prompt === "" ? [] : tokensOf(prompt);
  return {
    padId,
    together: watch?.together,
    lead: before.length + promptIds.length,
    room: Math.max(1, room - promptIds.length),
    wordPieces: (word, isFirst) => tokensOf(isFirst ? word.toWellFormed() : ` ${word.toWellFormed()}`),
    frame: (ids) => [...before, ...promptIds, ...ids, ...after],
    tokenize(text) {
      const own = text.toWellFormed();
      const ids = tokensOf(prompt + own);
      const kept = ids.length > room ? ids.slice(0, room) : ids;
      return {
        ids: [...before, ...kept, ...after],
        truncated: ids.length > room,
        empty: prompt === "" ? ids.length === 0 : tokensOf(own).length === 0,
        unknown: kept.reduce((count, id) => (id === unknownId ? count + 1 : count), 0),
      };
    },
  };
}

/** Whether every id is one: of what it does not know a tokenizer may have no token for it. */
function checkIds(ids: readonly number[], text: string, file: string): readonly number[] {
  if (ids.every((id) => id !== undefined)) return ids;
  throw new HeadstartError(
    "E_ENCODER_INVALID",
    `Cannot cut the text "${excerpt(text)}" into tokens with ${file}: it has none for what its vocabulary lacks. ` +
      `Choose another encoder, or leave the text out`,
    { file },
  );
}

/** The library looks for the unknown token of a list of words in the config alone. */
function withUnknown(config: unknown, { model }: TokenizerFile): object {
  const { unk_token } = config as { readonly unk_token?: unknown | undefined };
  if (typeof unk_token === "string" || typeof model?.unk_token !== "string" || Array.isArray(config))
    return config as object;
  return typeof config === "object" ? { ...config, unk_token: model.unk_token } : (config as object);
}

interface OpenTokenizer {
  /** Ids of a text without special tokens; undefined ones for what it has no token for. */
  readonly body: (text: string) => number[];
  /** Whether no setting of the file can make that take long. */
  readonly isPlain: boolean;
  /** Special tokens in front of a text and behind it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly padId: number;
  /** Id of the token for what the vocabulary lacks; undefined where there is none. */
  readonly unknownId: number | undefined;
  /** Evens out differences from the reference tokenizer. */
  readonly clean: (text: string) => string;
}

function openTokenizer(json: unknown, config: unknown, file: string): OpenTokenizer {
  try {
    const contents = checkTokenizerFile(json);
    // Without its control tokens the tokenizer cannot be made to emit them by a text; its template still adds them.
    const words = { ...contents, added_tokens: contents.added_tokens?.filter((t) => !t.special) ?? [] };
    const isPlain = isBertTokenizer(words);
    const { body, special, front } = whileLoading(Object.keys(contents.model?.vocab ?? {}).length, () => {
      const tokenizer = libraryTokenizer(words, withUnknown(config ?? {}, contents));
      const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
      const own = isPlain ? wordByWord(words, encode) : encode;
      const around = tokenizer.encode("").ids;
      return { body: own, special: around, front: Math.max(0, tokenizer.encode("a").ids.indexOf(own("a")[0])) };
    });
    if (!special.every(Number.isInteger)) throw new Error("its template names tokens that it does not have");
    return {
      body,
      isPlain,
      before: special.slice(0, front),
      after: special.slice(front),
      padId: padIdOf(contents, config),
      unknownId: unknownIdOf(contents),
      clean: likeReference(contents.normalizer ?? undefined),
    };
  } catch (cause) {
    const found = messageOf(cause);
    const message = `Cannot make a tokenizer from ${file}: ${found}. Fetch the file again`;
    throw new HeadstartError("E_ENCODER_INVALID", message, { file, cause });
  }
}

/** Ideographs beyond U+FFFF that BERT splits off as words of their own; the library looks at UTF-16 units only. */
const RARE_IDEOGRAPHS =
  /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * Evens out two differences from the reference tokenizer, where its normalizers bring them up: the library sets no rare
 * ideographs apart, and lowers capital sigma by JavaScript's rule, which knows a final form.
 */
function likeReference(normalizer: Normalizer | undefined): (text: string) => string {
  const all = normalizersIn(normalizer);
  const lowers = all.some((n) => n.type === "Lowercase" || (n.type === "BertNormalizer" && n.lowercase === true));
  const splits = all.some((n) => n.type === "BertNormalizer" && n.handle_chinese_chars === true);
  return (text) => {
    const lowered = lowers ? text.replaceAll("\u03a3", "\u03c3") : text;
    return splits ? lowered.replace(RARE_IDEOGRAPHS, " $& ") : lowered;
  };
}

function normalizersIn(normalizer: Normalizer | undefined): Normalizer[] {
  if (normalizer === undefined) return [];
  return [normalizer, ...(normalizer.normalizers ?? []).flatMap(normalizersIn)];
}

function padIdOf(json: TokenizerFile, config: unknown): number {
  const named = (config as { pad_token?: string | { content?: string } | undefined } | undefined)?.pad_token;
  const content = typeof named === "string" ? named : named?.content;
  return json.added_tokens?.find((t) => t.content === content)?.id ?? 0;
}

/** WordPiece, BPE and WordLevel name the token; Unigram gives its place in the vocabulary. */
export function unknownIdOf({ model }: TokenizerFile): number | undefined {
  if (typeof model?.unk_id === "number") return model.unk_id;
  if (typeof model?.unk_token !== "string") return undefined;
  const id = (model.vocab as Readonly<Record<string, unknown>> | undefined)?.[model.unk_token];
  return typeof id === "number" ? id : undefined;
}
