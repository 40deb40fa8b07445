import { byteLetters } from "./byteLetters.js";
import { limited } from "./growth.js";
import { readPattern } from "./oniguruma.js";
import { partsOf } from "./parts.js";
import { UnreadSetting, type Behavior, type PartSettings } from "./settings.js";
import { divide, stretches } from "./splitting.js";
import { PUNCTUATION, SPACE, WORD } from "./unicode.js";

/** Parts of a text that get tokens by themselves; none is empty. */
export interface Words {
  readonly words: readonly string[];
  /**
   * How many letters of the first word come from the first character of the whole text, then of the second, as long as
   * there are any: a ligature may be several words.
   */
  readonly leads: readonly number[];
}

export type PreTokenize = (words: Words) => Words;

/** All of the pre-tokenizer of a `tokenizer.json`, one after another. @throws Error as a clause */
export function readPreTokenizer(part: unknown): PreTokenize {
  const all = partsIn(part).map(preTokenizerOf);
  return (words) => {
    const letters = lettersOf(words);
    return all.reduce((own, cut) => {
      const next = cut(own);
      return limited(next.words, letters, lettersOf(next)) && next;
    }, words);
  };
}

const lettersOf = ({ words }: Words): number => words.reduce((sum, word) => sum + word.length, 0);

const partsIn = (part: unknown): readonly PartSettings[] =>
  partsOf(part, "pre_tokenizer", "pretokenizers")
    .map(([, own]) => own as PartSettings)
    .filter(({ type }) => type !== "Sequence");

/** Whether no token of a text goes beyond a single space between words, however far the text goes on. */
export const cutsAtSpaces = (part: unknown): boolean =>
  partsIn(part).some(
    ({ type, use_regex, split, replacement }) =>
      ["BertPreTokenizer", "Whitespace", "WhitespaceSplit"].includes(type) ||
      (type === "ByteLevel" && use_regex !== false) ||
      (type === "Metaspace" && split !== false && replacement !== ""),
  );

function preTokenizerOf(part: PartSettings): PreTokenize {
  switch (part.type) {
    case "BertPreTokenizer":
      return inTurn(cutting(SPACE, "Removed"), cutting(PUNCTUATION, "Isolated"));
    case "Whitespace":
      return cutting(`${WORD}+|[^${WORD}${SPACE}]+`, "Removed", true);
    case "WhitespaceSplit":
      return cutting(SPACE, "Removed");
    case "Punctuation":
      return cutting(PUNCTUATION, part.behavior ?? "Isolated");
    case "Digits":
      return cutting("\\p{N}", part.individual_digits === true ? "Isolated" : "Contiguous");
    case "CharDelimiterSplit":
      return cutAt(readPattern({ String: part.delimiter ?? " " }), "Removed");
    case "Split":
      return cutAt(readPattern(part.pattern), part.behavior ?? "Isolated", part.invert === true);
    case "FixedLength":
      return cutAt(new RegExp(`[^]{1,${part.length ?? 5}}`, "gu"), "Isolated");
    case "ByteLevel":
      return byteLevel(part);
    case "Metaspace":
      return metaspace(part);
    default:
      throw new UnreadSetting(`its pre-tokenizer ${JSON.stringify(part.type)}`);
  }
}

const inTurn =
  (...all: readonly PreTokenize[]): PreTokenize =>
  (words) =>
    all.reduce((own, cut) => cut(own), words);

const cutting = (source: string, behavior: Behavior, inverted = false): PreTokenize =>
  cutAt(new RegExp(source, "gv"), behavior, inverted);

/** Cuts every word at the matches of a pattern, or, inverted, at what lies between them. */
function cutAt(pattern: RegExp, behavior: Behavior, inverted = false): PreTokenize {
  return ({ words, leads }) => {
    const [cut, cutLeads]: [string[], number[]] = [[], []];
    words.forEach((word, i) => {
      const all = stretches(word, pattern);
      const turned = inverted ? all.map((one) => ({ ...one, isMatch: !one.isMatch })) : all;
      const lead = leads[i] ?? 0;
      for (const { start, end } of divide(turned, behavior)) {
        cut.push(word.slice(start, end));
        if (start < lead) cutLeads.push(Math.min(lead, end) - start);
      }
    });
    return { words: cut, leads: cutLeads };
  };
}

/** Words as GPT-2 cuts a text: each with the space before it. */
const BYTE_LEVEL = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

function byteLevel({ add_prefix_space, use_regex }: PartSettings): PreTokenize {
  const cut = use_regex === false ? undefined : cutAt(readPattern({ Regex: BYTE_LEVEL }), "Isolated");
  const prefixed = (word: string): string => (word.startsWith(" ") ? word : ` ${word}`);
  return ({ words, leads }) => {
    const own = { words: add_prefix_space === false ? words : words.map(prefixed), leads };
    const found = cut === undefined ? own : cut(own);
    return { words: found.words.map(byteLetters), leads: found.leads };
  };
}

function metaspace(part: PartSettings): PreTokenize {
  const mark = part.replacement ?? "\u2581";
  const scheme = part.add_prefix_space === false ? "never" : (part.prepend_scheme ?? "always");
  const cut = part.split === false ? undefined : cutAt(readPattern({ String: mark }), "MergedWithNext");
  return ({ words, leads }) => {
    const marked = words.map((word, i) => {
      const own = word.replaceAll(" ", () => mark);
      const isMarked = scheme === "always" || (scheme === "first" && i < leads.length);
      return isMarked && !own.startsWith(mark) ? mark + own : own;
    });
    const own = { words: marked, leads };
    return cut === undefined ? own : cut(own);
  };
}
