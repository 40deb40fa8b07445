import { unreachable } from "../../errors.js";
import { FNV_START, fnv1a, fnvAppend } from "../../math/fnv.js";

/** What the baseline may count of a text. */
export const TEXT_FEATURES = ["words", "words and pairs", "characters"] as const;

/**
 * What the baseline counts of a text: words; words and pairs of neighboring words; or runs of 2 to 5 characters within
 * what spaces separate, the spaces around it included (scikit-learn's `char_wb`).
 */
export type TextFeatures = (typeof TEXT_FEATURES)[number];

const SHORTEST_RUN = 2;
const LONGEST_RUN = 5;

/** Words of a text, lower-cased: runs of letters and digits (with inner apostrophes), and every other sign by itself. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];
}

/** Calls `take` with the 32-bit hash of each feature of a text, as often as it occurs. */
export function hashFeatures(text: string, features: TextFeatures, take: (hash: number) => void): void {
  switch (features) {
    case "words":
      for (const word of wordsOf(text)) take(fnv1a(word));
      return;
    case "words and pairs":
      return hashPairs(wordsOf(text), take);
    case "characters":
      for (const word of text.toLowerCase().split(/\s+/u)) if (word !== "") hashRuns(` ${word} `, take);
      return;
    default:
      return unreachable(features);
  }
}

function hashPairs(words: readonly string[], take: (hash: number) => void): void {
  words.forEach((word, i) => {
    take(fnv1a(word));
    if (i > 0) take(fnv1a(`${words[i - 1]} ${word}`));
  });
}

/** Runs of whole characters: a pair of surrogates counts as one. */
function hashRuns(word: string, take: (hash: number) => void): void {
  for (let start = 0; start < word.length; start++) {
    if (isIn(word.charCodeAt(start), 0xdc00)) continue;
    let hash = FNV_START;
    for (let at = start, length = 0; at < word.length && length < LONGEST_RUN; at++) {
      const unit = word.charCodeAt(at);
      hash = fnvAppend(hash, unit);
      if (isIn(unit, 0xd800) && at + 1 < word.length) continue;
      if (++length >= SHORTEST_RUN) take(hash | 0);
    }
  }
}

/** Whether a UTF-16 unit is in the block of 1,024 surrogates from `first` on. */
const isIn = (unit: number, first: number): boolean => (unit & 0xfc00) === first;
