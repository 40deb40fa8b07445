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
