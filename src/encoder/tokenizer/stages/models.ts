import { bytePairModel } from "./bytePair.js";
import {
  DEFAULT_LONGEST_WORD,
  DEFAULT_PREFIX,
  idsByToken,
  longestOf,
  unknownIdOrFail,
  unknownTokenOf,
  type WordModel,
} from "./entries.js";
import { UnreadSetting, type ModelSettings } from "./settings.js";
import { unigramModel } from "./unigram.js";

/** The model of a `tokenizer.json`. @throws Error as a clause */
export function readWordModel(model: ModelSettings): WordModel {
  const type = model.type ?? impliedType(model);
  if (type === "WordPiece") return wordPieceModel(model);
  if (type === "WordLevel") return wordLevelModel(model);
  if (type === "BPE") return bytePairModel(model);
  if (type === "Unigram") return unigramModel(model);
  throw new UnreadSetting(`its model ${JSON.stringify(type)}`);
}

/** Files of older versions leave it out. */
function impliedType({ merges, vocab, continuing_subword_prefix }: ModelSettings): string {
  if (merges !== null && merges !== undefined) return "BPE";
  if (Array.isArray(vocab)) return "Unigram";
  return typeof continuing_subword_prefix === "string" ? "WordPiece" : "WordLevel";
}

function wordLevelModel(model: ModelSettings): WordModel {
  const ids = idsByToken(model);
  const unknown = ids.get(unknownTokenOf({ ...model, type: "WordLevel" }) ?? "");
  return (word) => [ids.get(word) ?? unknownIdOrFail(unknown)];
}

/**
 * Longest match from the left; a word with a part that is not in the vocabulary is unknown as a whole.
 *
 * @see Wu et al. 2016, section 4.1: https://arxiv.org/abs/1609.08144
 */
function wordPieceModel(model: ModelSettings): WordModel {
  const ids = idsByToken(model);
  const unknown = ids.get(unknownTokenOf({ ...model, type: "WordPiece" }) ?? "");
  const prefix = model.continuing_subword_prefix ?? DEFAULT_PREFIX;
  const most = model.max_input_chars_per_word ?? DEFAULT_LONGEST_WORD;
  const longest = longestOf(ids.keys());
  return (word) => {
    const found: number[] = [];
    for (let from = 0; from < word.length;) {
      const before = from === 0 ? "" : prefix;
      let to = Math.min(word.length, from + longest);
      while (to > from && !ids.has(before + word.slice(from, to))) to--;
      if (to === from || (from === 0 && isLongerThan(word, most))) return [unknownIdOrFail(unknown)];
      found.push(ids.get(before + word.slice(from, to))!);
      from = to;
    }
    return found;
  };
}

const isLongerThan = (word: string, characters: number): boolean =>
  word.length > characters && Array.from(word).length > characters;
