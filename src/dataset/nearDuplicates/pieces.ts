// Scripts that put no spaces between words: there each letter, with its marks, is compared by itself.
const UNSPACED = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const PIECE = new RegExp(String.raw`${UNSPACED}\p{M}*|(?:(?!${UNSPACED})\S)+`, "gu");

/**
 * What two texts are compared by: the words of a normalized text; of a script without spaces its letters.
 *
 * @example
 * console.log(piecesOf("so good 很好")); // [ "so", "good", "很", "好" ]
 */
export const piecesOf = (normalized: string): readonly string[] => normalized.match(PIECE) ?? [];
