import { wordsOf } from "../../head/linear/bagOfWords.js";

/** Texts as the numbers of their words. */
export interface CountedTexts {
  /** Of each text. */
  readonly words: readonly Int32Array[];
  /** Different words in all texts. */
  readonly size: number;
}

/** How different the words of two sets of texts are. */
export interface WordDivergence {
  /** Jensen-Shannon divergence of the word frequencies, base 2: 0 for equal ones, 1 when no word is shared. */
  readonly jensenShannon: number;
  /** Share of the second set's distinct words that the first has, `[0, 1]`. */
  readonly vocabularySeen: number;
}

export function countWords(texts: readonly string[]): CountedTexts {
  const numbers = new Map<string, number>();
  const numberOf = (word: string): number => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, numbers.size);
    return numbers.size - 1;
  };
  return { words: texts.map((text) => Int32Array.from(wordsOf(text), numberOf)), size: numbers.size };
}

/**
 * The divergence between the words of some texts and those of others.
 *
 * @param sides  rows of `texts`
 * @see Lin 1991 (Jensen-Shannon divergence)
 */
export function wordDivergence(
  { words, size }: CountedTexts,
  [source, target]: readonly [source: Int32Array, target: Int32Array],
): WordDivergence {
  const [p, q] = [source, target].map((rows) => frequencies(words, rows, size));
  let [divergence, distinct, seen] = [0, 0, 0];
  for (let word = 0; word < size; word++) {
    const [a, b] = [p[word], q[word]];
    const middle = (a + b) / 2;
    if (a > 0) divergence += (a * Math.log2(a / middle)) / 2;
    if (b > 0) divergence += (b * Math.log2(b / middle)) / 2;
    if (b === 0) continue;
    distinct++;
    if (a > 0) seen++;
  }
  return { jensenShannon: divergence, vocabularySeen: distinct === 0 ? 0 : seen / distinct };
}

function frequencies(words: readonly Int32Array[], rows: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  let total = 0;
  for (const r of rows) {
    for (const word of words[r]) counts[word]++;
    total += words[r].length;
  }
  return total === 0 ? counts : counts.map((n) => n / total);
}
