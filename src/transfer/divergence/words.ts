import { wordsOf } from "../../head/linear/textFeatures.js";

/** Texts as the numbers of their words. */
export interface CountedTexts {
  /** Of each text. */
  readonly words: readonly Int32Array[];
  /** Different words in all texts. */
  readonly size: number;
  /** The word of each number. */
  readonly names: readonly string[];
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
  const words = texts.map((text) => Int32Array.from(wordsOf(text), numberOf));
  return { words, size: numbers.size, names: [...numbers.keys()] };
}

/**
 * The divergence between the words of some texts and those of others.
 *
 * @param sides  rows of `texts`
 * @see Lin 1991 (Jensen-Shannon divergence)
 */
export function wordDivergence(
  { words, size }: Pick<CountedTexts, "words" | "size">,
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
  const counts = occurrences(words, rows, size);
  const total = counts.reduce((sum, n) => sum + n, 0);
  return total === 0 ? counts : counts.map((n) => n / total);
}

/** A word that one side has more often, and how often it occurs. */
export interface DistinctiveWord {
  readonly word: string;
  readonly source: number;
  readonly target: number;
}

/** A word that occurs less often may be there by chance. */
const LEAST_OCCURRENCES = 3;

/**
 * The words that add most to the divergence: first those that the target has more often, then those that the source has, each
 * the most telling first.
 *
 * @param sides  rows of the texts
 * @param most   words of each kind
 */
export function distinctiveWords(
  { words, size, names }: CountedTexts,
  sides: readonly [source: Int32Array, target: Int32Array],
  most: number,
): readonly DistinctiveWord[] {
  const [source, target] = sides.map((rows) => occurrences(words, rows, size));
  const [p, q] = sides.map((rows) => frequencies(words, rows, size));
  const part = (share: number, other: number): number =>
    share === 0 ? 0 : share * Math.log2((2 * share) / (share + other));
  const gain = Float64Array.from({ length: size }, (_, w) => part(p[w], q[w]) + part(q[w], p[w]));
  const candidates = Array.from({ length: size }, (_, w) => w).filter(
    (w) => source[w] + target[w] >= LEAST_OCCURRENCES,
  );
  const top = (own: Float64Array, other: Float64Array): DistinctiveWord[] =>
    candidates
      .filter((w) => own[w] > other[w])
      .sort((a, b) => gain[b] - gain[a] || a - b)
      .slice(0, most)
      .map((w) => ({ word: names[w], source: source[w], target: target[w] }));
  return [...top(q, p), ...top(p, q)];
}

function occurrences(words: readonly Int32Array[], rows: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (const r of rows) for (const word of words[r]) counts[word]++;
  return counts;
}
