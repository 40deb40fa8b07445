/** A word at the characters `[start, end)` of a text, UTF-16 units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * How a text is cut into words: in `words` hyphens, hashes and digits belong to the letters beside them; in `parts` they
 * stand alone, and so does each syllable of Hangul, for entities that begin or end there; in `characters` each character
 * is a word. Scripts without spaces, such as Han and Thai, are cut at every character, in `segments` by `Intl.Segmenter`,
 * and in `runs`, which heads saved by earlier versions have, not at all.
 */
export type WordRule = "words" | "parts" | "characters" | "segments" | "runs";

/** The rule of heads that name none: those of earlier versions. */
export const EARLIER_RULE: WordRule = "runs";

/** A letter of a script that puts no spaces between words. */
const UNSPACED = `(?=[\\p{L}\\p{Nl}])[${["Han", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Lana", "Tale", "Talu", "Java", "Bali"].map((script) => `\\p{scx=${script}}`).join("")}]`;
const HANGUL = String.raw`\p{sc=Hangul}`;
const CLITIC = String.raw`(?:s|S|m|re|ve|ll|d|RE|VE|LL|D|M)(?![\p{L}])`;
const EMOJI = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*)`;
const MAIL = String.raw`[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+`;
const MARKS = String.raw`\.{2,}|[!?]{2,}|-{2,}`;
const NOT = String.raw`n['’]t(?![\p{L}])`;
const ABBREVIATION = String.raw`(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Hon|vs|etc|No|Inc|Ltd|Co|Corp|Mt|Ft|Ave|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.(?=\s*[\p{L}\p{N}(]|$)`;

/** A character of `set` that does not begin like `but`. */
const except = (but: string | undefined, set: string): string => (but === undefined ? set : `(?:(?!${but})${set})`);

/** Web addresses, without the stop behind them. */
const address = (unspaced: string | undefined): string =>
  String.raw`(?:https?:\/\/|www\.)${except(unspaced, String.raw`[^\s<>"]`)}*${except(unspaced, String.raw`[^\s<>"'.,;:!?)\]}…]`)}`;

/** What stays whole where hyphens, hashes and digits do not part words, the first that fits at a place winning. */
function wholeWords(unspaced: string | undefined): string[] {
  const own = except(unspaced, String.raw`[\p{L}\p{M}\p{N}_]`);
  const number = except(unspaced, String.raw`\p{N}`);
  return [
    address(unspaced),
    MAIL,
    `[@#]${own}+`, // names and tags
    String.raw`(?:${except(unspaced, String.raw`\p{L}`)}\.){2,}`, // U.S.
    ABBREVIATION,
    String.raw`[<>]?[:;=8xX][-o*']?[)\](\[dDpPoO/\\|3](?![\p{L}\p{N}])|<3`, // emoticons
    EMOJI,
    String.raw`[+-]?${number}+(?:[.,:/]${number}+)+%?`, // numbers, times, dates
    `${own}+?(?=${NOT})`, // do + n't
    NOT,
    `['’]${CLITIC}`, // 's
    `${own}+(?:[-&]${own}+|['’](?!${CLITIC})${own}+)*`,
    MARKS,
  ];
}

/** What stays whole where entities begin and end inside such words. */
function wordParts(): string[] {
  const letter = except(`${UNSPACED}|${HANGUL}`, String.raw`[\p{L}\p{M}]`);
  const number = except(UNSPACED, String.raw`\p{N}`);
  return [
    address(UNSPACED),
    MAIL,
    String.raw`${letter}(?:\.${letter})+(?!${letter})`, // U.S, so that the stop may end the sentence
    String.raw`[:;=][-o*']?[)\](\[dDpPoO/\\|3](?![\p{L}\p{N}])|<3`,
    EMOJI,
    String.raw`${number}+(?:[.,]${number}+)*`,
    `${letter}+?(?=${NOT})`,
    NOT,
    `['’]${CLITIC}`,
    `${letter}{1,2}['’](?!${CLITIC})(?=${letter})`, // l' + Italie
    `${HANGUL}\\p{M}*`,
    `${letter}+`,
    MARKS,
  ];
}

const pattern = (...whole: readonly string[]): RegExp => new RegExp(`${whole.join("|")}|\\S`, "gu");
const CHARACTER = `${UNSPACED}\\p{M}*`;
const RUNS = pattern(...wholeWords(undefined));
/** `words` without letters of those scripts is `runs`, which takes less time. */
const HAS_UNSPACED = new RegExp(UNSPACED, "u");
const PATTERNS: Readonly<Record<WordRule, RegExp>> = {
  runs: RUNS,
  words: pattern(CHARACTER, ...wholeWords(UNSPACED)),
  parts: pattern(CHARACTER, ...wordParts()),
  characters: pattern(EMOJI, String.raw`\S[\p{M}\ufe0f]*`),
  segments: pattern(`(?:${CHARACTER})+`, ...wholeWords(UNSPACED)),
};

/** Whether a text has letters of a script that puts no spaces between words. */
export const hasUnspaced = (text: string): boolean => HAS_UNSPACED.test(text);

/**
 * Splits raw text into words and punctuation with their places; web addresses, @names, #tags, emoji, emoticons, numbers
 * and abbreviations stay whole, clitics ('s, n't) stand alone, as the corpora of the field have them. In scripts that put
 * no spaces between words, such as Han, Kana and Thai, each character is a word.
 *
 * White space belongs to no word; everything else belongs to exactly one.
 *
 * @param rule  another way to cut, such as the `wordRule` of a tagged corpus or of a tagger
 * @example
 * console.log(splitWords("Don't go :-)").map(({ text }) => text)); // [ 'Do', "n't", 'go', ':-)' ]
 * console.log(splitWords("Oslo-based", "parts").map(({ text }) => text)); // [ 'Oslo', '-', 'based' ]
 */
export function splitWords(text: string, rule: WordRule = "words"): Word[] {
  const unspaced = hasUnspaced(text);
  const cut = PATTERNS[(rule === "words" || rule === "segments") && !unspaced ? "runs" : rule];
  const words = Array.from(text.matchAll(cut), (match) => wordAt(match[0], match.index));
  return rule === "segments" && unspaced ? words.flatMap(segmented) : words;
}

const wordAt = (text: string, start: number): Word => ({ text, start, end: start + text.length });

let segmenter: Intl.Segmenter | undefined;

/** A run of letters of scripts without spaces as the words that a dictionary has; another word as it is. */
function segmented(word: Word): Word[] {
  if (!hasUnspaced(word.text)) return [word];
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  return Array.from(segmenter.segment(word.text), ({ segment, index }) => wordAt(segment, word.start + index));
}
