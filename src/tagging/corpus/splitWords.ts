/** A word at the characters `[start, end)` of a text, UTF-16 units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What stays whole, the first that fits at a place winning. */
const WHOLE = [
  String.raw`(?:https?:\/\/|www\.)[^\s<>"]*[^\s<>"'.,;:!?)\]}…]`, // web addresses, without the stop behind them
  String.raw`[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+`, // mail addresses
  String.raw`[@#][\p{L}\p{M}\p{N}_]+`, // names and tags
  String.raw`(?:\p{L}\.){2,}`, // U.S.
  String.raw`(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Hon|vs|etc|No|Inc|Ltd|Co|Corp|Mt|Ft|Ave|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.(?=\s*[\p{L}\p{N}(]|$)`,
  String.raw`[<>]?[:;=8xX][-o*']?[)\](\[dDpPoO/\\|3](?![\p{L}\p{N}])|<3`, // emoticons
  String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*)`,
  String.raw`[+-]?\p{N}+(?:[.,:/]\p{N}+)+%?`, // numbers, times, dates
  String.raw`[\p{L}\p{M}\p{N}_]+?(?=n['’]t(?![\p{L}]))`, // do + n't
  String.raw`n['’]t(?![\p{L}])`,
  String.raw`['’](?:s|S|m|re|ve|ll|d|RE|VE|LL|D|M)(?![\p{L}])`, // 's
  String.raw`[\p{L}\p{M}\p{N}_]+(?:[-&][\p{L}\p{M}\p{N}_]+|['’](?!(?:s|S|m|re|ve|ll|d|RE|VE|LL|D|M)(?![\p{L}]))[\p{L}\p{M}\p{N}_]+)*`,
  String.raw`\.{2,}|[!?]{2,}|-{2,}`,
];
const WORD = new RegExp(`${WHOLE.join("|")}|\\S`, "gu");

/**
 * Splits raw text into words and punctuation with their places; web addresses, @names, #tags, emoji, emoticons, numbers
 * and abbreviations stay whole, clitics ('s, n't) stand alone, as the corpora of the field have them.
 *
 * White space belongs to no word; everything else belongs to exactly one.
 *
 * @example
 * console.log(splitWords("Don't go :-)").map(({ text }) => text)); // [ 'Do', "n't", 'go', ':-)' ]
 */
export function splitWords(text: string): Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Words joined by single spaces, with their places in the text that this makes. */
export function joinWords(words: readonly string[]): { readonly text: string; readonly words: readonly Word[] } {
  let at = 0;
  const placed = words.map((text) => {
    const word = { text, start: at, end: at + text.length };
    at = word.end + 1;
    return word;
  });
  return { text: words.join(" "), words: placed };
}
