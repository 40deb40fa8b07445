import type { Tokenizer } from "./tokenizer.js";
import { rememberWords } from "./memoize.js";

/** A run of letters and digits, joined inside by apostrophes, hyphens, dots or underscores; else one character. */
const WORDS = /[\p{L}\p{N}\p{M}]+(?:['’\-._][\p{L}\p{N}\p{M}]+)*|\S/gu;
/** Where the Penn treebank, and with it GloVe, parts an English word: do|n't, it|'s. */
const CLITIC = /(?<=.)(?=n['’]t$|['’](?:s|re|ve|ll|d|m)$)/iu;
const PARTS = /[\p{L}\p{N}\p{M}]+|\S/gu;
const PUNCTUATION = /^\p{P}+$/u;

interface FoundWord {
  readonly ids: readonly number[];
  readonly unknown: number;
}

interface WordTokenizerOptions {
  readonly maxTokens: number;
  /** Put before every text. */
  readonly prompt: string;
}

/**
 * Finds the words of a text that have a vector.
 *
 * What stands between spaces is looked up whole; where that has no vector, its words and punctuation are, and of a word
 * without one its parts (`do` and `n't`, `well` and `known`). Every form is tried as it is, then lower-cased. Words that
 * are not found are counted; punctuation that is not found is passed over. Lone surrogates become U+FFFD.
 *
 * @param rows  row of each word
 */
export function wordTokenizer(
  rows: ReadonlyMap<string, number>,
  { maxTokens, prompt }: WordTokenizerOptions,
): Tokenizer {
  const lookUp = (word: string): number | undefined => rows.get(word) ?? rows.get(word.toLowerCase());
  const find = rememberWords((chunk): FoundWord => findWords(chunk, lookUp));
  const findAll = (text: string): { ids: number[]; unknown: number } => {
    const all = { ids: [] as number[], unknown: 0 };
    for (const [chunk] of text.matchAll(/\S+/g)) {
      const { ids, unknown } = find(chunk);
      all.ids.push(...ids);
      all.unknown += unknown;
    }
    return all;
  };
  return {
    padId: 0,
    tokenize(text) {
      const own = text.toWellFormed();
      const { ids, unknown } = findAll(prompt + own);
      const truncated = ids.length > maxTokens;
      return {
        ids: truncated ? ids.slice(0, maxTokens) : ids,
        truncated,
        empty: prompt === "" ? ids.length === 0 : findAll(own).ids.length === 0,
        unknown,
      };
    },
  };
}

function findWords(chunk: string, lookUp: (word: string) => number | undefined): FoundWord {
  const ids: number[] = [];
  let unknown = 0;
  const takeFirst = (word: string, smaller: readonly ((word: string) => readonly string[])[]): void => {
    const id = lookUp(word);
    if (id !== undefined) return void ids.push(id);
    const [split, ...rest] = smaller;
    if (split !== undefined) for (const part of split(word)) takeFirst(part, rest);
    else if (!PUNCTUATION.test(word)) unknown++;
  };
  takeFirst(chunk, [
    (word) => word.match(WORDS) ?? [],
    (word) => word.split(CLITIC),
    (word) => word.match(PARTS) ?? [],
  ]);
  return { ids, unknown };
}
