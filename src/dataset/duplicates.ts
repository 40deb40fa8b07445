import type { Matrix } from "../math/matrix.js";
import { nearDuplicates } from "./nearDuplicates/nearDuplicates.js";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const ENTITY = /&(amp|lt|gt|quot|#39);/g;
const LINK = /\b(?:https?:\/\/|www\.)\S+/g;
const MENTION = /(?<![\p{L}\p{N}_])@[\p{L}\p{N}_]+/gu;
// Marks stay with their letters: without them different words of Thai or Hindi would be one.
const NEITHER_LETTER_NOR_DIGIT = /[^\p{L}\p{M}\p{N}]+/gu;

/**
 * A text reduced to what makes it the same text: NFKC, the most common HTML entities decoded, lower case, without links and
 * mentions, its words of letters and digits with one space between them.
 *
 * A text of which nothing is left (only emoji, only a link) is compared by itself, without outer spaces.
 *
 * @example
 * console.log(normalizedText("@anna So  GOOD!!! https://example.org")); // so good
 */
export function normalizedText(text: string): string {
  const words = text
    .replace(ENTITY, (_, name: string) => ENTITIES[name])
    .normalize("NFKC")
    .toLowerCase()
    .replace(LINK, " ")
    .replace(MENTION, " ")
    .replace(NEITHER_LETTER_NOR_DIGIT, " ")
    .trim();
  return words === "" ? text.trim() : words;
}

/**
 * The group of each text, counted from 0 in the order of first appearance; texts whose normalized texts are equal share
 * one. Near duplicates (a word changed) are not found.
 *
 * @returns as long as `texts`
 * @example
 * console.log([...duplicateGroups(["So good!", "bad", "so good"])]); // [ 0, 1, 0 ]
 */
export function duplicateGroups(texts: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    const key = normalizedText(text);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}

/**
 * Rows whose text, normalized, is that of no earlier row, ascending.
 *
 * @example
 * console.log([...firstOfEachText(["So good!", "bad", "so good"])]); // [ 0, 1 ]
 */
export function firstOfEachText(texts: readonly string[]): Int32Array {
  const groups = duplicateGroups(texts);
  // Groups are counted in the order in which they appear.
  let next = 0;
  return Int32Array.from(groups.keys()).filter((r) => groups[r] === next && ++next > 0);
}

/** Target rows whose text stands in the source too. */
export interface Duplicates {
  /** Rows of the target. */
  readonly rows: number;
  /** Target rows whose text is in the source to the letter, ascending. */
  readonly exact: Int32Array;
  /** Target rows whose normalized text is in the source, ascending; the exact ones are among them. */
  readonly normalized: Int32Array;
  /** Target rows of which the source has a near duplicate, ascending; the normalized ones are among them. */
  readonly near: Int32Array;
  /** The source row that each row of `near` is a duplicate of. */
  readonly sourceRows: Int32Array;
}

/**
 * Finds the target texts that were in the source: exactly, normalized, and near. Near are those of which the shorter, of
 * eight different words at least, stands in the longer with at most one word in eight changed, added or left out; with vectors
 * also texts of eight words and more whose vectors are as good as equal and which share half of their letters.
 *
 * @param source  undefined to compare each target text with those before it
 * @param vectors  of both, one row a text
 * @example
 * const { exact, normalized } = duplicatesBetween(["So good!", "bad"], ["so good", "bad", "new"]);
 * console.log([...exact], [...normalized]);
 */
export function duplicatesBetween(
  source: readonly string[] | undefined,
  target: readonly string[],
  vectors?: { readonly source?: Matrix | undefined; readonly target: Matrix },
): Duplicates {
  const targetNormalized = target.map(normalizedText);
  const knownNormalized = source === undefined ? targetNormalized : source.map(normalizedText);
  const match = nearDuplicates(
    source && knownNormalized,
    targetNormalized,
    vectors && { known: vectors.source, texts: vectors.target },
  );
  const near = Int32Array.from(target.keys()).filter((t) => match[t] >= 0);
  const normalized = near.filter((t) => knownNormalized[match[t]] === targetNormalized[t]);
  const exact = exactRows(source, target);
  return { rows: target.length, exact, normalized, near, sourceRows: near.map((t) => match[t]) };
}

function exactRows(source: readonly string[] | undefined, target: readonly string[]): Int32Array {
  const seen = new Set(source);
  return Int32Array.from(target.keys()).filter((t) => {
    const isSeen = seen.has(target[t]);
    if (source === undefined) seen.add(target[t]);
    return isSeen;
  });
}
