import { passageEdits } from "./passageEdits.js";
import { weighWords, type WordedText } from "./weighWords.js";

/** Of the shorter text: with fewer words, two texts are alike by chance ("thank you so much"). */
const LEAST_WORDS = 6;
/** Share of the shorter text's weight that may differ. */
const MOST_CHANGED = 0.2;
/** Times the shorter text's words: a sentence added, not a saying within an essay. */
const MOST_LONGER = 3;

/**
 * For each text of `to` the place of one of `from` that says the same but for a few words: one of both stands in the other
 * with at most a fifth of it changed, by the weight of its words, and the other is at most three times as long. Texts of
 * fewer than six words are near nothing. Order counts: the same words in another order are another text.
 *
 * No pair is missed: what shares four fifths of a text's weight shares one of its rarest words that weigh more than a fifth.
 *
 * @returns as long as `to`; -1 where there is none
 * @example
 * const known = ["The hotel was clean and the staff were friendly."];
 * console.log([...nearDuplicates(known, ["Hotel was clean and the staff very friendly! Will come back", "dirty hotel"])]);
 * @see Chaudhuri, Ganti & Kaushik 2006, "A primitive operator for similarity joins in data cleaning", for the search
 */
export function nearDuplicates(from: readonly string[], to: readonly string[]): Int32Array {
  const texts = weighWords(from, to);
  const found = new Int32Array(to.length).fill(-1);
  const isNear = pairTest(texts.weights);
  // Either may be the shorter: each side's rarest words are looked up among all words of the other.
  findShorter(texts.to, texts.from, texts.weights, (t, f) => {
    if (found[t] < 0 && isNear(texts.to[t], texts.from[f])) found[t] = f;
    return found[t] >= 0;
  });
  findShorter(texts.from, texts.to, texts.weights, (f, t) => {
    if (found[t] < 0 && isNear(texts.from[f], texts.to[t])) found[t] = f;
    return false;
  });
  return found;
}

/** Calls `pair` for each text and every one of `others`, no shorter, that shares a rare word; until it returns true. */
function findShorter(
  texts: readonly WordedText[],
  others: readonly WordedText[],
  weights: Float64Array,
  pair: (text: number, other: number) => boolean,
): void {
  const places = placesOf(others, weights.length);
  const seenFor = new Int32Array(others.length).fill(-1);
  texts.forEach(({ words, size }, text) => {
    if (size < LEAST_WORDS) return;
    for (const word of rarestWords(words, weights)) {
      for (const other of places[word] ?? []) {
        const longer = others[other].size;
        if (seenFor[other] === text || longer < size || longer > MOST_LONGER * size) continue;
        seenFor[other] = text;
        if (pair(text, other)) return;
      }
    }
  });
}

/** Texts that have each word, each once. */
function placesOf(texts: readonly WordedText[], words: number): readonly (number[] | undefined)[] {
  const places = new Array<number[] | undefined>(words);
  texts.forEach(({ words: own }, text) => {
    for (const word of own) {
      const list = (places[word] ??= []);
      if (list.at(-1) !== text) list.push(text);
    }
  });
  return places;
}

/** The words of most weight, until they outweigh what may differ. */
function rarestWords(words: Int32Array, weights: Float64Array): readonly number[] {
  const byWeight = Array.from(words).sort((a, b) => weights[b] - weights[a]);
  let rest = MOST_CHANGED * weightOf(words, weights);
  return [...new Set(byWeight.filter((word) => rest >= 0 && ((rest -= weights[word]), true)))];
}

const weightOf = (words: Int32Array, weights: Float64Array): number =>
  words.reduce((sum, word) => sum + weights[word], 0);

/** Whether the first text stands in the second but for a few words; most pairs are refused by their words alone. */
function pairTest(weights: Float64Array): (shorter: WordedText, longer: WordedText) => boolean {
  const left = new Int32Array(weights.length);
  return ({ words: shorter }, { words: longer }) => {
    const most = MOST_CHANGED * weightOf(shorter, weights);
    for (const word of longer) left[word]++;
    let missing = 0;
    for (const word of shorter) if (left[word]-- <= 0) missing += weights[word];
    for (const word of longer) left[word] = 0;
    for (const word of shorter) left[word] = 0;
    return missing <= most && passageEdits(shorter, longer, weights) <= most;
  };
}
