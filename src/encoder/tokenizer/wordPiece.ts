import { pieceTrie } from "./pieceTrie.js";
import { rememberWords } from "./memoize.js";
import type { TokenizerFile } from "./file.js";
import { DEFAULT_LONGEST_WORD, DEFAULT_PREFIX, idsByToken, unknownIdOrFail, unknownTokenOf } from "./stages/entries.js";

/** Of a word, in a tokenizer whose words are cut without a watch over the time: trying all their parts is cubic. */
const MOST_CHARACTERS = 200;
/** Of a trie of ASCII, and short, since it stands before every part that is tried. */
const PLAIN_PREFIX = /^[!-~]{0,16}$/;

/**
 * Whether a text's tokens are those of its parts between spaces, one after another, and no setting makes them take long:
 * so for BERT's own kind.
 */
export function isBertTokenizer({ model, normalizer, pre_tokenizer, added_tokens }: TokenizerFile): boolean {
  return (
    model.type === "WordPiece" &&
    PLAIN_PREFIX.test(model.continuing_subword_prefix ?? DEFAULT_PREFIX) &&
    (model.max_input_chars_per_word ?? 0) <= MOST_CHARACTERS &&
    normalizer?.type === "BertNormalizer" &&
    pre_tokenizer?.type === "BertPreTokenizer" &&
    (added_tokens ?? []).every(({ special }) => special)
  );
}

/**
 * Ids of a text, word by word: words of plain ASCII are cut here, the others by `encode`, whose results are remembered.
 * Most of a corpus is plain, so this is many times as fast as cutting whole texts.
 */
export function wordByWord(
  file: TokenizerFile,
  encode: (text: string) => readonly number[],
): (text: string) => number[] {
  const cutPlain = plainCutter(file);
  const idsOf = rememberWords(encode);
  return (text) => {
    const all: number[] = [];
    for (let start = 0; start < text.length;) {
      const space = text.indexOf(" ", start);
      const end = space === -1 ? text.length : space;
      if (end > start && !cutPlain(text, { start, end }, all)) {
        for (const id of idsOf(text.slice(start, end))) all.push(id);
      }
      start = end + 1;
    }
    return all;
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const [FIRST_PLAIN, LAST_PLAIN] = [0x21, 0x7e];
const CAPITAL_TO_SMALL = 0x20;

const isCapital = (letter: number): boolean => letter >= 0x41 && letter <= 0x5a;
/** Whether it is a letter or digit, of which words are; everything else plain is a word by itself. */
const isWordLetter = (letter: number): boolean =>
  isCapital(letter) || (letter >= 0x61 && letter <= 0x7a) || (letter >= 0x30 && letter <= 0x39);

/**
 * WordPiece on printable ASCII without spaces: longest match from the left; a word with a part that is not in the
 * vocabulary is unknown as a whole. Adds the ids of a span to `all`; where the span is not plain, adds none and says so.
 *
 * @see Wu et al. 2016, section 4.1: https://arxiv.org/abs/1609.08144
 */
function plainCutter({ model, normalizer }: TokenizerFile): (text: string, span: Span, all: number[]) => boolean {
  const vocab = idsByToken(model);
  const unknown = vocab.get(unknownTokenOf(model) ?? "");
  const trie = pieceTrie(vocab, model.continuing_subword_prefix ?? DEFAULT_PREFIX);
  const mostCharacters = model.max_input_chars_per_word ?? DEFAULT_LONGEST_WORD;
  const lowers = normalizer?.lowercase !== false;

  const cutWord = (text: string, { start, end }: Span, all: number[]): void => {
    const before = all.length;
    for (let from = start; from < end;) {
      let node = from === start ? trie.start : trie.inside;
      let [id, to] = [-1, from];
      for (let i = from; i < end; i++) {
        const letter = text.charCodeAt(i);
        node = trie.next(node, lowers && isCapital(letter) ? letter + CAPITAL_TO_SMALL : letter);
        if (node === -1) break;
        if (trie.idAt(node) !== -1) [id, to] = [trie.idAt(node), i + 1];
      }
      if (id === -1 || end - start > mostCharacters) {
        all.length = before;
        all.push(unknownIdOrFail(unknown));
        return;
      }
      all.push(id);
      from = to;
    }
  };
  return (text, { start, end }, all) => {
    for (let i = start; i < end; i++) {
      const letter = text.charCodeAt(i);
      if (letter < FIRST_PLAIN || letter > LAST_PLAIN) return false;
    }
    for (let from = start; from < end;) {
      let to = from + 1;
      if (isWordLetter(text.charCodeAt(from))) while (to < end && isWordLetter(text.charCodeAt(to))) to++;
      cutWord(text, { start: from, end: to }, all);
      from = to;
    }
    return true;
  };
}
