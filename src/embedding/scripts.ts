/** Letters of one script in texts, and how an encoder cuts a sample of their words. Plain JSON. */
export interface ScriptReading {
  readonly letters: number;
  /** Of the words that were tried. */
  readonly tried: number;
  readonly pieces: number;
  readonly unknown: number;
}

/** How a word is cut: into how many tokens, and how many of them unknown. */
type Cut = (word: string) => { readonly pieces: number; readonly unknown: number };

/**
 * Scripts by the letters that tell them, with the letters a token has at the least where the encoder knows words of that
 * script. An English WordPiece vocabulary has the single letters of most alphabets, and gives 1.0 to 1.4 letters a token
 * there; English in it has 4.1, German 2.6. An ideograph is a word, and words of Japanese mix them with syllables, of which
 * that vocabulary has each by itself.
 */
const SCRIPTS: readonly { readonly name: string; readonly letter: RegExp; readonly least: number }[] = [
  { name: "Arabic", letter: /\p{Script=Arabic}/u, least: 1.5 },
  { name: "Cyrillic", letter: /\p{Script=Cyrillic}/u, least: 1.5 },
  { name: "Greek", letter: /\p{Script=Greek}/u, least: 1.5 },
  { name: "Hebrew", letter: /\p{Script=Hebrew}/u, least: 1.5 },
  { name: "Devanagari", letter: /\p{Script=Devanagari}/u, least: 1.5 },
  { name: "Bengali", letter: /\p{Script=Bengali}/u, least: 1.5 },
  { name: "Tamil", letter: /\p{Script=Tamil}/u, least: 1.5 },
  { name: "Telugu", letter: /\p{Script=Telugu}/u, least: 1.5 },
  { name: "Georgian", letter: /\p{Script=Georgian}/u, least: 1.5 },
  { name: "Armenian", letter: /\p{Script=Armenian}/u, least: 1.5 },
  { name: "Thai", letter: /\p{Script=Thai}/u, least: 1.5 },
  { name: "Korean", letter: /\p{Script=Hangul}/u, least: 0.8 },
  { name: "Japanese", letter: /[\p{Script=Hiragana}\p{Script=Katakana}]/u, least: 1.1 },
  { name: "Chinese", letter: /\p{Script=Han}/u, least: 0.7 },
];
const NO_LETTERS: ScriptReading = { letters: 0, tried: 0, pieces: 0, unknown: 0 };
const LATIN = "Latin";
/** Of a text without one there is nothing to tell. */
const BEYOND_ASCII = /[^\0-\x7f]/;
const WORDS = /[\p{L}\p{M}]+/gu;
/** Words of a script that are tried of some hundred texts. */
const MOST_TRIED = 100;
/** Share of unknown tokens from which on an encoder does not read a script: Chinese in an English vocabulary has 0.67. */
const MOST_UNKNOWN = 0.15;

/** Letters of each script in texts, Latin included, with a sample of the others' words as the encoder cuts them. */
export function lettersByScript(texts: readonly string[], cut: Cut): Record<string, ScriptReading> {
  const found: Record<string, { -readonly [K in keyof ScriptReading]: ScriptReading[K] }> = {};
  const words: Record<string, number> = {};
  const of = (name: string) => (found[name] ??= { ...NO_LETTERS });
  for (const text of texts) {
    if (!BEYOND_ASCII.test(text)) {
      of(LATIN).letters += asciiLetters(text);
      continue;
    }
    for (const [word] of text.matchAll(WORDS)) {
      const letters = [...word].length;
      const name = BEYOND_ASCII.test(word) ? SCRIPTS.find(({ letter }) => letter.test(word))?.name : undefined;
      const own = of(name ?? LATIN);
      own.letters += letters;
      if (name === undefined || (words[name] = (words[name] ?? 0) + 1) > MOST_TRIED) continue;
      const { pieces, unknown } = cut(word);
      own.tried += letters;
      own.pieces += pieces;
      own.unknown += unknown;
    }
  }
  return found;
}

function asciiLetters(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const small = text.charCodeAt(i) | 0x20;
    if (small >= 0x61 && small <= 0x7a) letters++;
  }
  return letters;
}

/** Counts of both, by script. */
export function mergeScripts(
  a: Readonly<Record<string, ScriptReading>>,
  b: Readonly<Record<string, ScriptReading>>,
): Record<string, ScriptReading> {
  const all: Record<string, ScriptReading> = { ...a };
  for (const [name, more] of Object.entries(b)) {
    const { letters, tried, pieces, unknown } = all[name] ?? NO_LETTERS;
    all[name] = {
      letters: letters + more.letters,
      tried: tried + more.tried,
      pieces: pieces + more.pieces,
      unknown: unknown + more.unknown,
    };
  }
  return all;
}

/** The script that most of what an encoder does not read is in, with the share of such letters among all. */
export interface UnreadScript {
  readonly name: string;
  /** Of letters in scripts that are not read, among all letters. */
  readonly share: number;
}

/** What of texts is in scripts that the encoder cuts into single letters or does not know; undefined for nothing. */
export function unreadScript(scripts: Readonly<Record<string, ScriptReading>>): UnreadScript | undefined {
  const all = Object.values(scripts).reduce((sum, { letters }) => sum + letters, 0);
  const unread = SCRIPTS.flatMap(({ name, least }) => {
    const own = scripts[name];
    if (own === undefined || own.tried === 0) return [];
    const isRead = own.tried >= least * own.pieces && own.unknown <= MOST_UNKNOWN * own.pieces;
    return isRead ? [] : [{ name, letters: own.letters }];
  }).sort((a, b) => b.letters - a.letters);
  if (unread.length === 0) return undefined;
  return { name: unread[0].name, share: unread.reduce((sum, { letters }) => sum + letters, 0) / all };
}
