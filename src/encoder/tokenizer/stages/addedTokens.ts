import type { AddedTokenSettings } from "./settings.js";
import { SPACE, WORD } from "./unicode.js";

/** A part of a text: an added token, or text between them. */
export interface Piece {
  readonly text: string;
  /** Where it begins in the whole. */
  readonly start: number;
  readonly id: number | undefined;
}

/** Cuts the added tokens of a file out of a text. */
export interface AddedTokens {
  /** Those that are looked for in the text as it is. */
  readonly raw: (text: string) => readonly Piece[];
  /** Those that are looked for in the normalized text, in their own normalized spelling. */
  readonly normalized: (text: string) => readonly Piece[];
}

interface Candidate extends AddedTokenSettings {
  readonly pattern: string;
}

/**
 * Special tokens that a text spells out are plain text, but still cover other added tokens that they contain.
 *
 * @param idOf  of a token in the vocabulary of the model, which goes before the id in the list
 */
export function readAddedTokens(
  tokens: readonly AddedTokenSettings[],
  normalize: (text: string) => string,
  idOf: (token: string) => number | undefined,
): AddedTokens {
  // A list without ordinary tokens cuts nothing.
  if (tokens.every(({ special }) => special)) return { raw: uncut, normalized: uncut };
  const own = tokens
    .filter(({ content }) => content !== "")
    .map((token) => ({ ...token, id: idOf(token.content) ?? token.id, pattern: token.content }));
  const isNormalized = ({ normalized, special }: AddedTokenSettings): boolean => normalized ?? special !== true;
  return {
    raw: cutter(own.filter((token) => !isNormalized(token))),
    normalized: cutter(own.filter(isNormalized).map((token) => ({ ...token, pattern: normalize(token.content) }))),
  };
}

const uncut = (text: string): readonly Piece[] => (text === "" ? [] : [{ text, start: 0, id: undefined }]);

const ENDS_WITH_WORD = new RegExp(`${WORD}$`, "v");
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, "v");
const SPACES = new RegExp(`${SPACE}`, "v");

/** The leftmost token, of several the longest, then on behind it. */
function cutter(tokens: readonly Candidate[]): (text: string) => readonly Piece[] {
  const byFirst = new Map<string, Candidate[]>();
  for (const token of tokens
    .filter(({ pattern }) => pattern !== "")
    .sort((a, b) => b.pattern.length - a.pattern.length))
    byFirst.set(token.pattern[0], [...(byFirst.get(token.pattern[0]) ?? []), token]);
  if (byFirst.size === 0) return uncut;
  return (text) => {
    const pieces: Piece[] = [];
    let done = 0;
    const take = (start: number, end: number, id?: number): void => {
      if (start < end) pieces.push({ text: text.slice(start, end), start, id });
      done = Math.max(done, end);
    };
    for (let at = 0; at < text.length;) {
      const token = byFirst.get(text[at])?.find(({ pattern }) => text.startsWith(pattern, at));
      if (token === undefined) {
        at++;
        continue;
      }
      const end = at + token.pattern.length;
      if (token.special !== true && (token.single_word !== true || isAlone(text, at, end))) {
        const start = token.lstrip === true ? Math.max(done, spacesBefore(text, at)) : at;
        take(done, start);
        take(start, token.rstrip === true ? spacesAfter(text, end) : end, token.id);
      }
      at = end;
    }
    take(done, text.length);
    return pieces;
  };
}

const isAlone = (text: string, start: number, end: number): boolean =>
  !ENDS_WITH_WORD.test(text.slice(Math.max(0, start - 2), start)) && !STARTS_WITH_WORD.test(text.slice(end, end + 2));

function spacesBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && SPACES.test(text[start - 1])) start--;
  return start;
}

function spacesAfter(text: string, start: number): number {
  let end = start;
  while (end < text.length && SPACES.test(text[end])) end++;
  return end;
}
