import { rememberWords } from "./wordMemory.js";

/** The part of a tokenizer that changes a text's characters. */
export interface Normalizer {
  readonly type?: string;
  readonly lowercase?: boolean;
  readonly handle_chinese_chars?: boolean;
  readonly normalizers?: readonly Normalizer[];
}

/** What of `tokenizer.json` is looked at. */
export interface TokenizerFile {
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly normalizer?: Normalizer | null;
  readonly pre_tokenizer?: { readonly type?: string } | null;
  readonly model?: {
    readonly type?: string;
    readonly vocab?: Readonly<Record<string, number>>;
    readonly unk_token?: string;
    /** Of the other kinds of tokenizer. */
    readonly unk_id?: unknown;
    readonly continuing_subword_prefix?: string;
    readonly max_input_chars_per_word?: number;
  } | null;
}

type Encode = (text: string) => readonly number[];

const PLAIN = /^[!-~]+$/;
/** Of plain characters: runs of letters and digits, and everything else by itself. */
const PIECES = /[A-Za-z0-9]+|[^A-Za-z0-9]/g;

/** Whether a text's tokens are those of its parts between spaces, one after another: so for BERT's own kind. */
export function isBertTokenizer({ model, normalizer, pre_tokenizer, added_tokens }: TokenizerFile): boolean {
  return (
    model?.type === "WordPiece" &&
    model.vocab !== undefined &&
    normalizer?.type === "BertNormalizer" &&
    pre_tokenizer?.type === "BertPreTokenizer" &&
    (added_tokens ?? []).length === 0
  );
}

/**
 * Ids of a text, word by word: words seen before are remembered, words of plain ASCII are cut here, the others by
 * `encode`. Most of a corpus are the same few words, so this is several times as fast as cutting whole texts.
 */
export function wordByWord(file: TokenizerFile, encode: Encode): (text: string) => number[] {
  const plain = plainWords(file);
  const idsOf = rememberWords((word) => (PLAIN.test(word) ? plain(word) : encode(word)));
  return (text) => {
    const all: number[] = [];
    for (const word of text.split(" ")) if (word !== "") for (const id of idsOf(word)) all.push(id);
    return all;
  };
}

/**
 * WordPiece on printable ASCII without spaces: longest match from the left; a word with a part that is not in the
 * vocabulary is unknown as a whole.
 *
 * @see Wu et al. 2016, section 4.1: https://arxiv.org/abs/1609.08144
 */
function plainWords({ model, normalizer }: TokenizerFile): Encode {
  const vocab = new Map(Object.entries(model?.vocab ?? {}));
  const { unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 100 } = model ?? {};
  const unknown = vocab.get(unk_token) ?? 0;
  const cut = (word: string): readonly number[] => {
    if (word.length > max_input_chars_per_word) return [unknown];
    const ids: number[] = [];
    for (let start = 0; start < word.length;) {
      let end = word.length;
      let id: number | undefined;
      for (; end > start && id === undefined; end--) {
        id = vocab.get(start > 0 ? continuing_subword_prefix + word.slice(start, end) : word.slice(start, end));
      }
      if (id === undefined) return [unknown];
      ids.push(id);
      start = end + 1;
    }
    return ids;
  };
  return (text) => (normalizer?.lowercase === false ? text : text.toLowerCase()).match(PIECES)?.flatMap(cut) ?? [];
}
