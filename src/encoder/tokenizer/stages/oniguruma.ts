import { characterAt, classAt, escapedSetAt, literal, withCases } from "./characterClass.js";
import { UnreadSetting, type PartSettings } from "./settings.js";

/**
 * The pattern of a part as a regular expression with the flags `gv`: a text for itself, or an expression in Oniguruma's
 * syntax.
 *
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE
 * @throws Error as a clause, where it is none or has what is not read here
 */
export function readPattern(pattern: PartSettings["pattern"]): RegExp {
  if (pattern === null || pattern === undefined) throw new SyntaxError("a part lacks its pattern");
  if ("String" in pattern) return new RegExp(Array.from(pattern.String, literal).join("") || "(?:)", "gv");
  try {
    return new RegExp(translate(pattern.Regex), "gv");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = error.message.replace(/^.*: /s, "");
    throw new SyntaxError(`Invalid regular expression ${JSON.stringify(pattern.Regex)}: ${reason}`, { cause: error });
  }
}

const WORD_SET = `[${escapedSetAt("\\w", 0, false)!.source}]`;
const BOUNDARY = `(?:(?<!${WORD_SET})(?=${WORD_SET})|(?<=${WORD_SET})(?!${WORD_SET}))`;
const INSIDE = `(?:(?<!${WORD_SET})(?!${WORD_SET})|(?<=${WORD_SET})(?=${WORD_SET}))`;
/** What stands for itself alone; a set would do so too. */
const ALONE: Readonly<Record<string, string>> = {
  ".": "[^\\n]",
  "^": "(?:(?<![^])|(?<=\\n)(?=[^]))",
  $: "(?:(?![^])|(?=\\n))",
  "\\A": "(?<![^])",
  "\\z": "(?![^])",
  "\\Z": "(?=\\n?(?![^]))",
  "\\b": BOUNDARY,
  "\\B": INSIDE,
  "\\N": "[^\\n]",
  "\\O": "[^]",
};
/** Letters that are also one character, where case does not matter: what they match is not known here. */
const LIGATURE = /^(?:ss|ff|fi|fl|st)$/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})/;

interface Group {
  /** Where its contents begin in the result. */
  readonly start: number;
  readonly isAtomic: boolean;
  /** Whether letters are of any case outside it. */
  readonly folded: boolean;
}

/** An expression of Oniguruma as one of JavaScript with the flag `v`, in which nothing is captured. */
function translate(pattern: string): string {
  const groups: Group[] = [];
  let [out, at, atom, held, folds, before] = ["", 0, 0, 0, false, ""];
  /** An expression that gives back nothing of what it matched. */
  const atomic = (source: string): string => `(?:(?=(?<held${++held}>${source}))\\k<held${held}>)`;
  const put = (source: string, end: number): void => {
    [atom, out, at] = [out.length, out + source, end];
  };
  while (at < pattern.length) {
    const letter = before;
    before = "";
    const quantifier = QUANTIFIER.exec(pattern.slice(at, at + 30))?.[0];
    const lone = pattern[at] === "\\" ? pattern.slice(at, at + 2) : pattern[at];
    const set = lone[0] === "\\" ? escapedSetAt(pattern, at, folds) : undefined;
    if (quantifier !== undefined) {
      const { source, end } = repeated(out.slice(atom), quantifier, { pattern, end: at + quantifier.length, atomic });
      [out, at] = [out.slice(0, atom) + source, end];
    } else if (lone === "(") {
      const opened = openedAt(pattern, at, folds);
      if (opened.opens) groups.push({ start: out.length, isAtomic: opened.isAtomic, folded: folds });
      if (opened.opens && !opened.isAtomic) out += opened.source;
      [at, folds] = [opened.end, opened.folds];
    } else if (lone === ")") {
      const group = groups.pop();
      if (group === undefined) throw new SyntaxError("a pattern closes a group that it has not opened");
      const inner = out.slice(group.start);
      [out, folds] = [out.slice(0, group.start), group.folded];
      put(group.isAtomic ? atomic(inner) : `${inner})`, at + 1);
    } else if (lone === "|") {
      [out, at, atom] = [`${out}|`, at + 1, out.length + 1];
    } else if (lone === "[") {
      const { source, end } = classAt(pattern, at, folds);
      put(source, end);
    } else if (set !== undefined) put(`[${set.source}]`, set.end);
    else if (Object.hasOwn(ALONE, lone)) put(ALONE[lone], at + lone.length);
    else {
      const { character, end } = characterAt(pattern, at);
      before = character.toLowerCase();
      if (folds && LIGATURE.test(letter + before))
        throw new UnreadSetting(`"${letter}${before}" of any case in a pattern`);
      put(folds ? `[${withCases(character)}]` : literal(character), end);
    }
  }
  if (groups.length > 0) throw new SyntaxError("a group of a pattern has no end");
  return out;
}

interface After {
  readonly pattern: string;
  /** Where the quantifier ends. */
  readonly end: number;
  readonly atomic: (source: string) => string;
}

/** An atom with its quantifier, which may be lazy (`?`) or possessive (`+`). */
function repeated(atom: string, quantifier: string, { pattern, end, atomic }: After): { source: string; end: number } {
  if (atom === "") throw new SyntaxError("a pattern repeats nothing");
  const own = atom + quantifier.replace("{,", "{0,");
  const isInterval = quantifier.startsWith("{");
  const next = pattern[end];
  const after = next === "?" || next === "+" ? end + 1 : end;
  if (QUANTIFIER.test(pattern.slice(after, after + 30)))
    throw new UnreadSetting("a quantifier of a quantifier in a pattern");
  if (next === "?") return { source: /^\{\d+\}$/.test(quantifier) ? `(?:${own})?` : `${own}?`, end: after };
  if (next === "+") return { source: isInterval ? `(?:${own})+` : atomic(own), end: after };
  return { source: own, end: after };
}

interface Opened {
  readonly opens: boolean;
  readonly source: string;
  readonly isAtomic: boolean;
  readonly folds: boolean;
  readonly end: number;
}

/** What begins with a parenthesis: a group, a look around, a choice of case or a comment. */
function openedAt(pattern: string, at: number, folds: boolean): Opened {
  const group = { opens: true, source: "(?:", isAtomic: false, folds };
  const head = pattern.slice(at, at + 60);
  const end = (found: RegExpExecArray): number => at + found[0].length;
  const comment = /^\(\?#[^)]*\)/.exec(pattern.slice(at));
  if (comment !== null) return { ...group, opens: false, end: end(comment) };
  const look = /^\(\?(?:<?[=!])/.exec(head);
  if (look !== null) return { ...group, source: look[0], end: end(look) };
  const held = /^\(\?>/.exec(head);
  if (held !== null) return { ...group, isAtomic: true, end: end(held) };
  const option = /^\(\?(-?)i([:)])/.exec(head);
  if (option !== null) return { ...group, opens: option[2] === ":", folds: option[1] === "", end: end(option) };
  const plain = /^\((?:\?:|\?<\w+>|(?!\?))/.exec(head);
  if (plain !== null) return { ...group, end: end(plain) };
  throw new UnreadSetting(`${head.slice(0, 4)} in a pattern`);
}
