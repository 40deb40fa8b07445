import { byteTokens } from "./byteLetters.js";
import { idsByToken, unknownIdOrFail, type WordModel } from "./entries.js";
import { pairHeap } from "./pairHeap.js";
import { UnreadSetting, type ModelSettings } from "./settings.js";

/** Which two tokens become which, and in what order. */
interface Merge {
  readonly rank: number;
  readonly id: number;
}

/** Of two ids; a list of ids is far shorter. */
const keyOf = (left: number, right: number): number => left * 2 ** 26 + right;

/**
 * Characters, of which those pairs are joined that the list of merges has, earlier ones first.
 *
 * @see Sennrich et al. 2016, section 3.2: https://arxiv.org/abs/1508.07909
 */
export function bytePairModel(model: ModelSettings): WordModel {
  if (typeof model.dropout === "number" && model.dropout > 0)
    throw new UnreadSetting(`its model's "dropout" of ${model.dropout}, which leaves tokens to chance,`);
  const ids = idsByToken({ ...model, type: "BPE" });
  const merges = readMerges(model, ids);
  const charactersOf = characterCutter(model, ids);
  return (word) => {
    const whole = model.ignore_merges === true ? ids.get(word) : undefined;
    return whole === undefined ? mergeAll(charactersOf(word), merges) : [whole];
  };
}

function readMerges(model: ModelSettings, ids: ReadonlyMap<string, number>): ReadonlyMap<number, Merge> {
  const skipped = model.continuing_subword_prefix?.length ?? 0;
  const merges = new Map<number, Merge>();
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined)
      throw new SyntaxError(`"model.merges" has the token ${JSON.stringify(token)}, "vocab" has not`);
    return id;
  };
  for (const [rank, merge] of (model.merges ?? []).entries()) {
    const [left, right] = typeof merge === "string" ? merge.split(" ") : merge;
    merges.set(keyOf(idOf(left), idOf(right)), { rank, id: idOf(left + right.slice(skipped)) });
  }
  return merges;
}

/** Cuts a word into ids of its characters, those that are not known into their bytes or unknown ones. */
function characterCutter(model: ModelSettings, ids: ReadonlyMap<string, number>): (word: string) => number[] {
  const { continuing_subword_prefix, end_of_word_suffix, unk_token, fuse_unk, byte_fallback } = model;
  const bytesOf = (character: string): readonly (number | undefined)[] =>
    byte_fallback === true ? byteTokens(character).map((token) => ids.get(token)) : [undefined];
  return (word) => {
    const found: number[] = [];
    let unknown: number | undefined;
    const characters = Array.from(word);
    characters.forEach((own, i) => {
      const start = i > 0 ? (continuing_subword_prefix ?? "") : "";
      const character = start + own + (i === characters.length - 1 ? (end_of_word_suffix ?? "") : "");
      const id = ids.get(character);
      const bytes = id === undefined ? bytesOf(character) : [];
      if (id !== undefined) {
        if (unknown !== undefined) found.push(unknown);
        unknown = undefined;
        found.push(id);
      } else if (bytes.every((byte) => byte !== undefined)) {
        // The reference too puts them before an unknown character that stood in front of them.
        found.push(...bytes);
      } else if (typeof unk_token === "string") {
        if (unknown !== undefined && fuse_unk !== true) found.push(unknown);
        unknown ??= unknownIdOrFail(ids.get(unk_token));
      }
    });
    if (unknown !== undefined) found.push(unknown);
    return found;
  };
}

/** Joins pairs, the one of the earliest merge first and of equal ones the leftmost, until none is left. */
function mergeAll(ids: number[], merges: ReadonlyMap<number, Merge>): number[] {
  const GONE = -1;
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const heap = pairHeap();
  const offer = (at: number): void => {
    const right = at < 0 ? ids.length : next[at];
    const merge = right < ids.length ? merges.get(keyOf(ids[at], ids[right])) : undefined;
    if (merge !== undefined) heap.push(merge.rank, at, merge.id);
  };
  for (let at = 0; at < ids.length; at++) offer(at);
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const { at, id } = top;
    const right = next[at];
    if (ids[at] === GONE || right >= ids.length || merges.get(keyOf(ids[at], ids[right]))?.id !== id) continue;
    ids[at] = id;
    ids[right] = GONE;
    next[at] = next[right];
    if (next[at] < ids.length) previous[next[at]] = at;
    offer(previous[at]);
    offer(at);
  }
  return ids.filter((id) => id !== GONE);
}
