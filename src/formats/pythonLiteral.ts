/** A value of a Python literal: a number stands as it is written. */
export type PythonScalar = string | boolean | null;

const STRING = /(?:[ub]?)(?:'((?:[^'\\\n]|\\[^])*)'|"((?:[^"\\\n]|\\[^])*)")/y;
const WORD = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|True|False|None/iy;
const SPACE = /\s*/y;
const CLOSING: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };

/**
 * Reads a Python list, tuple, set or dict of strings, numbers, True, False and None, as `repr()` writes it and data frames
 * put it into cells; undefined for anything else, nested ones too.
 */
export function parsePythonLiteral(text: string): readonly PythonScalar[] | Map<string, PythonScalar> | undefined {
  const all = text.trim();
  if (all === "set()" || all === "()") return [];
  const closing = CLOSING[all[0] ?? ""];
  if (closing === undefined || !all.endsWith(closing) || all.length < 2) return undefined;
  const items = itemsIn(all.slice(1, -1), closing === "}");
  if (items === undefined) return undefined;
  const { values, keys, hasComma } = items;
  if (closing === "}" && (keys.length > 0 || values.length === 0)) {
    return keys.length === values.length ? new Map(keys.map((key, i) => [key, values[i]])) : undefined;
  }
  // What stands in parentheses by itself is no tuple.
  return keys.length > 0 || (closing === ")" && !hasComma) ? undefined : values;
}

interface Items {
  readonly values: PythonScalar[];
  /** As long as `values` in a dict. */
  readonly keys: string[];
  readonly hasComma: boolean;
}

/** @param mayHaveKeys  whether keys may stand before the values, with a colon */
function itemsIn(inside: string, mayHaveKeys: boolean): Items | undefined {
  const [values, keys]: [PythonScalar[], string[]] = [[], []];
  let hasComma = false;
  let at = past(SPACE, inside, 0);
  while (at < inside.length) {
    let found = scalarAt(inside, at);
    if (found === undefined) return undefined;
    at = past(SPACE, inside, found.end);
    if (mayHaveKeys && inside[at] === ":") {
      keys.push(String(found.value));
      found = scalarAt(inside, past(SPACE, inside, at + 1));
      if (found === undefined) return undefined;
      at = past(SPACE, inside, found.end);
    }
    values.push(found.value);
    if (at >= inside.length) break;
    if (inside[at] !== ",") return undefined;
    hasComma = true;
    at = past(SPACE, inside, at + 1);
  }
  return { values, keys, hasComma };
}

function scalarAt(text: string, at: number): { readonly value: PythonScalar; readonly end: number } | undefined {
  STRING.lastIndex = at;
  const string = STRING.exec(text);
  if (string !== null) return { value: unescaped(string[1] ?? string[2] ?? ""), end: STRING.lastIndex };
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word === undefined) return undefined;
  const value = word === "None" ? null : word === "True" || word === "False" ? word === "True" : word;
  return { value, end: at + word.length };
}

function past(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\n": "" };

const unescaped = (inside: string): string =>
  inside.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/gu,
    (all, x?: string, u?: string, long?: string, one?: string) => {
      const code = x ?? u ?? long;
      if (code === undefined) return ESCAPES[one!] ?? (/["'\\]/.test(one!) ? one! : all);
      return Number.parseInt(code, 16) <= 0x10ffff ? String.fromCodePoint(Number.parseInt(code, 16)) : all;
    },
  );
