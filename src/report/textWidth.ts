let segmenter: Intl.Segmenter | undefined;

/** Characters as a reader counts them. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}])|\ufe0f/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200d\u2060]+$/u;

/** Columns that `text` takes in a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

const graphemeWidth = (segment: string): number => (NO_WIDTH.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1);

/** `text` in at most `width` columns, with an ellipsis where something was cut; no character is cut in two. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let [kept, used] = ["", 0];
  for (const { segment } of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** `text` with spaces after it up to `width` columns. */
export const padRight = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - textWidth(text)));

/** `text` with spaces before it up to `width` columns. */
export const padLeft = (text: string, width: number): string => " ".repeat(Math.max(0, width - textWidth(text))) + text;

/** Controls, bidi controls and lone surrogates as escapes, so that a text cannot steer a terminal. */
export const escapeControls = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
