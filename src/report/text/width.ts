import stringWidth from "string-width";

export { escapeControls, jsonText } from "../../text/escape.js";

let segmenter: Intl.Segmenter | undefined;

/** Characters as a reader counts them. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/**
 * Columns that `text` takes in a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks. It is the
 * sum of the widths of its characters: escape sequences are counted as what they are made of.
 */
export const textWidth = (text: string): number => stringWidth(text, { countAnsiEscapeCodes: true });

/** `text` in at most `width` columns, with an ellipsis where something was cut; no character is cut in two. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let [kept, used] = ["", 0];
  for (const { segment } of graphemes(text)) {
    used += textWidth(segment);
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
