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

/** Scripts in which the two zero-width joiners connect or separate letters. */
const JOINING =
  "[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Adlam}\\p{Script=Thaana}" +
  "\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}" +
  "\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Myanmar}\\p{Script=Khmer}" +
  "\\p{Script=Tibetan}\\p{Script=Balinese}\\p{Script=Javanese}]";

/*
 * Controls; lone surrogates; what sets or overrides a direction; line and paragraph separators; and what nobody sees: marks
 * of no width, tags, and joiners but between letters that they join and inside emoji.
 */
const UNSAFE = new RegExp(
  "[\\p{Cc}\\p{Cs}\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]" +
    `|(?<!${JOINING})[\\u200c\\u200d](?!\\p{Extended_Pictographic})|[\\u200c\\u200d](?!${JOINING}|\\p{Extended_Pictographic})` +
    "|\\u200c(?=\\p{Extended_Pictographic})|(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
  "gu",
);

/**
 * `text` in one line, in which everything that could steer a terminal, turn its direction round or hide in it stands as
 * an escape of JSON, one for each UTF-16 unit.
 */
export const escapeControls = (text: string): string =>
  text.replace(UNSAFE, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** A value as JSON in one line that is the same value to whoever parses it, escaped as `escapeControls` does. */
export const jsonText = (value: object): string => escapeControls(JSON.stringify(value));
