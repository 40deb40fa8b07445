import { cutTogether, type PieceTokenizer } from "../../encoder/tokenizer/tokenizer.js";
import type { Word } from "../corpus/splitWords.js";

/** A sequence that goes through the encoder: part of a sentence's subwords, special tokens around them. */
export interface TokenWindow {
  readonly ids: readonly number[];
}

/** Where a word's subwords stand: tokens `[first, last]` of a window. */
export interface WordTokens {
  /** Index into the windows; -1 for a word that the tokenizer finds nothing in. */
  readonly window: number;
  readonly first: number;
  readonly last: number;
  /** Whether subwords were cut off because the word alone is longer than the encoder's window. */
  readonly cut: boolean;
}

export interface Alignment {
  readonly windows: readonly TokenWindow[];
  /** One a word. */
  readonly words: readonly WordTokens[];
}

/**
 * Tokenizes word by word. A sentence longer than the encoder reads goes through in windows that overlap by half, and each
 * word is taken from the window where its nearer edge is farthest: no word is left out.
 */
export function alignWords(words: readonly Word[], tokenizer: PieceTokenizer): Alignment {
  const { room, lead } = tokenizer;
  const pieces = cutTogether(tokenizer, words, ({ text }, i) => tokenizer.wordPieces(text, i === 0));
  const kept = pieces.map((own) => own.slice(0, room));
  const offsets = [0];
  for (const own of kept) offsets.push(offsets.at(-1)! + own.length);
  const ranges = windowRanges(kept, room);
  const windows = ranges.map(([from, to]) => ({ ids: tokenizer.frame(kept.slice(from, to).flat()) }));
  const places = kept.map((own, i): WordTokens => {
    if (own.length === 0) return { window: -1, first: 0, last: 0, cut: false };
    const window = mostContext(ranges, offsets, i);
    const first = lead + offsets[i] - offsets[ranges[window][0]];
    return { window, first, last: first + own.length - 1, cut: pieces[i].length > room };
  });
  return { windows, words: places };
}

/** Words `[from, to)` of each window: as many as fit, the next beginning at half of it. */
function windowRanges(pieces: readonly (readonly number[])[], room: number): [number, number][] {
  const ranges: [number, number][] = [];
  let from = 0;
  while (from < pieces.length || ranges.length === 0) {
    let [to, size] = [from, 0];
    while (to < pieces.length && size + pieces[to].length <= room) size += pieces[to++].length;
    ranges.push([from, to]);
    if (to >= pieces.length) break;
    let [next, half] = [to, 0];
    while (next - 1 > from && half + pieces[next - 1].length <= room / 2) {
      next -= 1;
      half += pieces[next].length;
    }
    from = next;
  }
  return ranges;
}

/** The window in which word `i` is furthest from the edges, in subwords; an end of the text is no edge. */
function mostContext(ranges: readonly [number, number][], offsets: readonly number[], i: number): number {
  let [best, most] = [0, -1];
  ranges.forEach(([from, to], window) => {
    if (i < from || i >= to) return;
    const before = from === 0 ? Infinity : offsets[i] - offsets[from];
    const behind = to === offsets.length - 1 ? Infinity : offsets[to] - offsets[i + 1];
    const context = Math.min(before, behind);
    if (context > most) [best, most] = [window, context];
  });
  return best;
}
