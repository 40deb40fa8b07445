import { normalizedText } from "../../dataset/duplicates.js";

/** The words of a text, in order, as numbers that two lists of texts share. */
export interface WordedText {
  /** At most {@link MOST_WORDS}. */
  readonly words: Int32Array;
  /** How long it is in words; a character of a script without spaces counts half. */
  readonly size: number;
}

/** Texts of two corpora as words, each with how much it says. */
export interface WeighedTexts {
  readonly from: readonly WordedText[];
  readonly to: readonly WordedText[];
  /** Of each word: log2(1 + texts / texts with the word), so a rare word counts for more. */
  readonly weights: Float64Array;
}

/** Later words of a text have no part: what is to be found shows long before. */
const MOST_WORDS = 1000;
// Scripts that put no spaces between words: each character, with its marks, stands for a word.
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*/gu;

/**
 * Texts of two corpora as words and their weights, after {@link normalizedText}.
 *
 * @param from  texts of one corpus
 * @param to  texts of the other
 */
export function weighWords(from: readonly string[], to: readonly string[]): WeighedTexts {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const lastText: number[] = [];
  let texts = 0;
  const numberOf = (word: string): number => {
    const known = numbers.get(word);
    const number = known ?? numbers.size;
    if (known === undefined) {
      numbers.set(word, number);
      counts.push(0);
      lastText.push(-1);
    }
    if (lastText[number] !== texts) counts[number]++;
    lastText[number] = texts;
    return number;
  };
  const worded = (text: string): WordedText => {
    const { words, size } = wordsOf(text);
    const numbered = Int32Array.from(words, numberOf);
    texts++;
    return { words: numbered, size };
  };
  const sides = { from: from.map(worded), to: to.map(worded) };
  return { ...sides, weights: Float64Array.from(counts, (n) => Math.log2(1 + texts / n)) };
}

function wordsOf(text: string): { readonly words: readonly string[]; readonly size: number } {
  const normalized = normalizedText(text);
  let unspaced = 0;
  const spaced = normalized.replace(UNSPACED, (character) => {
    unspaced++;
    return ` ${character} `;
  });
  const words = spaced.split(" ").filter((word) => word !== "");
  return { words: words.slice(0, MOST_WORDS), size: words.length - unspaced / 2 };
}
