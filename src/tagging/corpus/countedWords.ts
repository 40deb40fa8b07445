import type { RawSentence } from "./sentence.js";

/** Sentences of a file, and what the reader should know, as clauses. */
interface Counted {
  readonly raw: readonly RawSentence[];
  readonly notices: readonly string[];
}

/**
 * Takes the second column for the words where the first counts the words of every sentence, as in CoNLL-U and GermEval.
 * One sentence alone, such as a `1` with its part of speech, does not tell.
 */
export function withCountedWords(raw: readonly RawSentence[]): Counted {
  const isCounted = raw.every((own) => "words" in own && own.countedWords !== undefined);
  if (!isCounted || !raw.some((own) => "words" in own && own.words.length > 1)) return { raw, notices: [] };
  return {
    raw: raw.map((own) => ("words" in own ? { ...own, words: own.countedWords ?? own.words } : own)),
    notices: [
      "its first column counts the words of each sentence: the words are read from the second, the tags from the last",
    ],
  };
}
