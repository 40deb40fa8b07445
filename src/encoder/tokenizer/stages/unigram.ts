import { byteTokens } from "./byteLetters.js";
import { longestOf, unknownIdOrFail, type WordModel } from "./entries.js";
import type { ModelSettings } from "./settings.js";

/** What an unknown character costs beyond the rarest token. */
const UNKNOWN_PENALTY = 10;

/** The best way to the end of a part of a word. */
interface Step {
  readonly score: number;
  readonly from: number;
  readonly id: number | undefined;
}

/**
 * The tokens whose scores sum to the most. What the vocabulary lacks is unknown, or its bytes where the model has tokens
 * for them; unknown characters in a row are one.
 *
 * @see Kudo 2018, section 3.2: https://arxiv.org/abs/1804.10959
 */
export function unigramModel({ vocab, unk_id, byte_fallback }: ModelSettings): WordModel {
  const pairs = vocab as readonly (readonly [string, number])[];
  if (!Array.isArray(vocab)) throw new SyntaxError('"model.vocab" of Unigram is no list');
  const ids = new Map(pairs.map(([token], id) => [token, id]));
  const longest = longestOf(ids.keys());
  const unknown = unk_id ?? undefined;
  const unknownScore = pairs.reduce((least, [, score]) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;

  const bestSteps = (word: string): readonly (Step | undefined)[] => {
    const steps: (Step | undefined)[] = Array.from({ length: word.length + 1 }, () => undefined);
    for (let from = 0, width; from < word.length; from += width) {
      const till = steps[from]?.score ?? 0;
      width = word.codePointAt(from)! > 0xffff ? 2 : 1;
      const offer = (to: number, score: number, id: number | undefined): void => {
        const own = steps[to];
        if (own === undefined || score + till > own.score) steps[to] = { score: score + till, from, id };
      };
      for (let to = from + width; to <= Math.min(word.length, from + longest); to++) {
        const id = ids.get(word.slice(from, to));
        if (id !== undefined) offer(to, pairs[id][1], id);
      }
      if (!ids.has(word.slice(from, from + width))) offer(from + width, unknownScore, unknownIdOrFail(unknown));
    }
    return steps;
  };

  const idsOf = (part: string): readonly number[] => {
    const own = ids.get(part);
    if (own !== undefined) return [own];
    const bytes = byte_fallback === true ? byteTokens(part).map((token) => ids.get(token)) : [undefined];
    return bytes.every((id) => id !== undefined) ? bytes : [unknownIdOrFail(unknown)];
  };

  return (word) => {
    const parts: string[] = [];
    const steps = bestSteps(word);
    let isUnknown = false;
    for (let to = word.length; to > 0;) {
      const { from, id } = steps[to]!;
      parts.push(word.slice(from, to) + (isUnknown && id === unknown ? parts.pop()! : ""));
      isUnknown = id === unknown;
      to = from;
    }
    return parts.reverse().flatMap(idsOf);
  };
}
