import { UnreadSetting } from "./settings.js";
import { ofUnicode16, SPACE } from "./unicode.js";

/** What was read of a pattern in Oniguruma's syntax. */
interface Read {
  /** For a regular expression with the flag `v`. */
  readonly source: string;
  /** Where it ends in the pattern. */
  readonly end: number;
}

/** Sets that an escaped letter stands for, as the inside of a class; a capital letter stands for all else. */
const ESCAPED: Readonly<Record<string, string>> = {
  s: SPACE,
  d: ofUnicode16("\\p{Nd}"),
  w: ofUnicode16("\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe"),
  h: "0-9A-Fa-f",
};
/** Names of properties that JavaScript has under others, and those of POSIX. */
const PROPERTIES: Readonly<Record<string, string>> = {
  alnum: ofUnicode16("\\p{Alphabetic}\\p{Nd}"),
  alpha: ofUnicode16("\\p{Alphabetic}"),
  blank: "\\t\\p{Zs}",
  cntrl: "\\p{Cc}",
  digit: ESCAPED.d,
  lower: ofUnicode16("\\p{Lowercase}"),
  punct: ofUnicode16("\\p{P}"),
  space: SPACE,
  upper: ofUnicode16("\\p{Uppercase}"),
  word: ESCAPED.w,
  xdigit: ESCAPED.h,
};
const IN_BRACKETS: Readonly<Record<string, string>> = { ...PROPERTIES, punct: ofUnicode16("\\p{P}\\p{S}") };
const CASED = /^(?:lu|ll|lt|upper|lower|uppercase.*|lowercase.*|titlecase.*)$/;
const CONTROLS: Readonly<Record<string, string>> = {
  t: "\t",
  n: "\n",
  r: "\r",
  f: "\f",
  v: "\v",
  a: "\x07",
  e: "\x1b",
};
/** Most characters whose other cases are looked for. */
const LONGEST_RANGE = 5000;

/** A character as itself, in a class and outside. */
export const literal = (character: string): string =>
  /^[\w\s]$|^[^\0-\x7f]$/u.test(character) && !/\s/.test(character)
    ? character
    : `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** A character and its other cases, as the inside of a class. */
export function withCases(character: string): string {
  const [upper, lower] = [character.toUpperCase(), character.toLowerCase()];
  const more = { s: "\u017f", k: "\u212a", å: "\u212b" }[lower] ?? "";
  const cases = [character, upper, lower, ...more].filter((one) => Array.from(one).length === 1);
  return [...new Set(cases)].map(literal).join("");
}

/** A set that is written with a backslash, as the inside of a class, if one begins at `at`. */
export function escapedSetAt(pattern: string, at: number, folds: boolean): Read | undefined {
  const [whole, kind, inverted, name] = /^\\([pP])\{(\^?)([^}]*)\}/.exec(pattern.slice(at, at + 60)) ?? [];
  if (whole !== undefined) {
    const set = propertyOf(name, folds);
    const isInverted = (kind === "P") !== (inverted === "^");
    return { source: isInverted ? `[^${set}]` : set, end: at + whole.length };
  }
  const letter = pattern[at + 1] ?? "";
  const set = Object.hasOwn(ESCAPED, letter.toLowerCase()) ? ESCAPED[letter.toLowerCase()] : undefined;
  if (set === undefined) return undefined;
  return { source: letter === letter.toLowerCase() ? set : `[^${set}]`, end: at + 2 };
}

function propertyOf(name: string, folds: boolean): string {
  const plain = name.toLowerCase().replace(/[\s_-]/g, "");
  if (folds && CASED.test(plain)) throw new UnreadSetting(`\\p{${name}} in a pattern of any case`);
  if (Object.hasOwn(PROPERTIES, plain)) return PROPERTIES[plain];
  const title = name.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
  for (const candidate of [title, name, `Script=${title}`]) {
    const source = `\\p{${candidate.replace(/[\s-]/g, "_")}}`;
    if (isRegExp(source)) return candidate === "Ll" ? ofUnicode16(`${source}\\u{295}`) : ofUnicode16(source);
  }
  throw new UnreadSetting(`\\p{${name}} in a pattern`);
}

function isRegExp(source: string): boolean {
  try {
    new RegExp(source, "v").test("");
    return true;
  } catch {
    return false;
  }
}

/** The character that begins at `at`, be it written with a backslash. */
export function characterAt(pattern: string, at: number): { readonly character: string; readonly end: number } {
  const own = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  if (own !== "\\") return { character: own, end: at + own.length };
  const [whole, braced, two, four] =
    /^\\(?:x\{([0-9a-f]{1,6})\}|x([0-9a-f]{1,2})|u([0-9a-f]{4}))/i.exec(pattern.slice(at, at + 12)) ?? [];
  if (whole !== undefined)
    return { character: String.fromCodePoint(parseInt(braced ?? two ?? four, 16)), end: at + whole.length };
  if (at + 1 >= pattern.length) throw new SyntaxError("a pattern ends with a backslash");
  const escaped = String.fromCodePoint(pattern.codePointAt(at + 1)!);
  const end = at + 1 + escaped.length;
  if (Object.hasOwn(CONTROLS, escaped)) return { character: CONTROLS[escaped], end };
  if (/[A-Za-z0-9]/.test(escaped)) throw new UnreadSetting(`\\${escaped} in a pattern`);
  return { character: escaped, end };
}

/**
 * The class that begins with the bracket at `start`. Classes may stand in classes, and `&&` between what both have.
 *
 * @param folds  whether it takes letters of any case
 */
export function classAt(pattern: string, start: number, folds: boolean): Read {
  const inverted = pattern[start + 1] === "^";
  const first = start + (inverted ? 2 : 1);
  const operands = [""];
  let at = first;
  const put = ({ source, end }: Read): void => {
    operands[operands.length - 1] += source;
    at = end;
  };
  while (pattern[at] !== "]" || at === first) {
    if (at >= pattern.length) throw new SyntaxError("a class of a pattern has no end");
    if (pattern.startsWith("&&", at)) {
      operands.push("");
      at += 2;
    } else put(bracketAt(pattern, at, folds) ?? escapedSetAt(pattern, at, folds) ?? rangeAt(pattern, at, folds));
  }
  const inside = operands.length === 1 ? operands[0] : operands.map((one) => `[${one}]`).join("&&");
  return { source: `[${inverted ? "^" : ""}${inside}]`, end: at + 1 };
}

function bracketAt(pattern: string, at: number, folds: boolean): Read | undefined {
  if (pattern[at] !== "[") return undefined;
  const [whole, inverted, name] = /^\[:(\^?)(\w+):\]/.exec(pattern.slice(at, at + 30)) ?? [];
  if (whole === undefined) return classAt(pattern, at, folds);
  if (!Object.hasOwn(IN_BRACKETS, name) || (folds && CASED.test(name)))
    throw new UnreadSetting(`${whole} in a pattern`);
  const set = IN_BRACKETS[name];
  return { source: inverted === "^" ? `[^${set}]` : set, end: at + whole.length };
}

/** A character, or a range of them. */
function rangeAt(pattern: string, at: number, folds: boolean): Read {
  const first = pattern.startsWith("\\b", at) ? { character: "\b", end: at + 2 } : characterAt(pattern, at);
  const isRange = pattern[first.end] === "-" && !/^-(?:$|\]|\[|&&|\\[sSdDwWhHpP])/.test(pattern.slice(first.end));
  if (!isRange) return { source: folds ? withCases(first.character) : literal(first.character), end: first.end };
  const last = characterAt(pattern, first.end + 1);
  const own = `${literal(first.character)}-${literal(last.character)}`;
  return { source: folds ? own + casesBetween(first.character, last.character) : own, end: last.end };
}

function casesBetween(first: string, last: string): string {
  const [from, to] = [first.codePointAt(0)!, last.codePointAt(0)!];
  if (to - from > LONGEST_RANGE) throw new UnreadSetting("a long range in a pattern of any case");
  let cases = "";
  for (let point = from; point <= to; point++) cases += withCases(String.fromCodePoint(point));
  return cases;
}
