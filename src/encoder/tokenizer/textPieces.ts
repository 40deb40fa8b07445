/** Longest text that a tokenizer gets at once, in UTF-16 units: what it builds for a text is many times as long. */
export const LONGEST_PIECE = 20_000;

/**
 * Parts of a text of at most 20,000 characters, which end before a space between words where there is one: words and,
 * with them, tokens are those of the whole.
 */
export function* textPieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > LONGEST_PIECE) {
    const end = cutBefore(text, start + 1, start + LONGEST_PIECE);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/** The last place in `[from, to]` before a single space between words; `to` where there is none. */
function cutBefore(text: string, from: number, to: number): number {
  for (let at = to; at >= from; at--) if (text[at] === " " && /^\S\s\S$/.test(text.slice(at - 1, at + 2))) return at;
  return isSurrogatePair(text, to) ? to - 1 : to;
}

const isSurrogatePair = (text: string, at: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
