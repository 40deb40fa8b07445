import type { RawSpans } from "./sentence.js";
import { joinWords } from "./joinWords.js";
import { placesIn } from "./spans.js";
import { hasUnspaced, splitWords, type WordRule } from "./splitWords.js";

/** How many sentences tell how a corpus is cut. */
const ENOUGH = 2000;
/**
 * Share of the words, or of the spans, that another rule than `words` has to cut right beyond it: a few foreign names say
 * nothing, and of parts it is a little harder to learn.
 */
const LEAST_GAIN = 0.005;

/**
 * The rule by which texts are cut most like sentences of these words; `words` unless another is clearly better.
 *
 * The words are put into a text as they would be written, hyphens and apostrophes beside their letters, since a corpus
 * does not tell where spaces were.
 */
export function fittingRule(sentences: readonly (readonly string[])[]): WordRule {
  const some = sentences.slice(0, ENOUGH).map(writtenText);
  const words = some.reduce((sum, { places }) => sum + places.size, 0);
  const sameBy = (rule: WordRule): number =>
    some.reduce((sum, { text, places }) => sum + sameWords(splitWords(text, rule), places), 0);
  let [best, most]: [WordRule, number] = ["words", sameBy("words") + LEAST_GAIN * words];
  const isUnspaced = some.some(({ text }) => hasUnspaced(text));
  for (const rule of ["parts", "characters", "segments"] as const) {
    if (most >= words || (rule === "segments" && !isUnspaced)) break;
    const same = sameBy(rule);
    if (same > most) [best, most] = [rule, same];
  }
  return best;
}

/** Start and end of each word in the text. */
interface Written {
  readonly text: string;
  readonly places: ReadonlySet<string>;
}

const placeOf = ({ start, end }: { readonly start: number; readonly end: number }): string => `${start} ${end}`;

const sameWords = (cut: ReturnType<typeof splitWords>, places: ReadonlySet<string>): number =>
  cut.reduce((sum, word) => sum + (places.has(placeOf(word)) ? 1 : 0), 0);

function writtenText(words: readonly string[]): Written {
  const joined = joinWords(words);
  let [text, at] = ["", 0];
  const places = joined.words.map((word, i) => {
    const isGlued = i > 0 && (word.start === at || sticks(words, i));
    if (i > 0 && !isGlued) text += " ";
    const start = text.length;
    text += word.text;
    at = word.end;
    return { start, end: text.length };
  });
  return { text, places: new Set(places.map(placeOf)) };
}

const startsInLetters = (word: string | undefined): boolean => word !== undefined && /^[\p{L}\p{N}]/u.test(word);
const endsInLetters = (word: string | undefined): boolean => word !== undefined && /[\p{L}\p{N}]$/u.test(word);

/** Whether word `i` is written directly behind the one before it. */
function sticks(words: readonly string[], i: number): boolean {
  const [before, word] = [words[i - 1], words[i]];
  const isHyphen = (at: number): boolean => /^[-‐&]$/.test(words[at] ?? "");
  if (isHyphen(i)) return endsInLetters(before) && startsInLetters(words[i + 1]);
  if (isHyphen(i - 1)) return endsInLetters(words[i - 2]) && startsInLetters(word);
  if (/^['’]\p{L}/u.test(word)) return endsInLetters(before);
  return startsInLetters(word) && (before === "#" || /^\p{L}+['’]$/u.test(before));
}

/** The rule by which most spans begin and end at words; `words` unless another is clearly better. */
export function aligningRule(sentences: readonly Pick<RawSpans, "text" | "spans">[]): WordRule {
  const spanned = sentences.filter(({ spans }) => spans.length > 0);
  const all = spanned.reduce((sum, { spans }) => sum + spans.length, 0);
  const alignedBy = (rule: WordRule): number =>
    spanned.reduce((sum, { text, spans }) => {
      const isPlace = placesIn(splitWords(text, rule));
      return sum + spans.filter(isPlace).length;
    }, 0);
  const whole = alignedBy("words");
  return whole === all || alignedBy("parts") <= whole + LEAST_GAIN * all ? "words" : "parts";
}
