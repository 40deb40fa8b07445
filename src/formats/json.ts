/** Levels of arrays and objects in each other; those that write JSON again go down them call by call. */
export const MOST_LEVELS = 1000;

/** What is wrong with JSON that `nestsTooDeep`, as a clause. */
export const TOO_DEEP = `it is nested deeper than ${MOST_LEVELS} levels`;

const [QUOTE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5b, 0x5d, 0x7b, 0x7d];

/** Whether JSON has more than `MOST_LEVELS` levels. Linear in its length; for what is not JSON either result is possible. */
export function nestsTooDeep(json: string): boolean {
  // Each level takes two characters, and most rows are shorter than that, or have few brackets.
  if (json.length <= 2 * MOST_LEVELS || opensAtMost(json, MOST_LEVELS)) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const character = json.charCodeAt(i);
    if (character === QUOTE) i = stringEnd(json, i) - 1;
    else if (character === OPEN_ARRAY || character === OPEN_OBJECT) depth++;
    else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) depth--;
    if (depth > MOST_LEVELS) return true;
  }
  return false;
}

/**
 * The value of JSON.
 *
 * @throws SyntaxError for what is no JSON, or `nestsTooDeep`
 */
export function parseJson(text: string): unknown {
  if (nestsTooDeep(text)) throw new SyntaxError(TOO_DEEP);
  return JSON.parse(text);
}

/** The value of JSON; undefined for what is none. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with a line that should be an object, as a clause. */
export const NO_OBJECT = "it is not a JSON object";

/** The fields of a line of JSONL, or what is wrong with it: `TOO_DEEP` or `NO_OBJECT`. */
export function fieldsOf(line: string): Readonly<Record<string, unknown>> | string {
  if (nestsTooDeep(line)) return TOO_DEEP;
  const value = jsonOrUndefined(line);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : NO_OBJECT;
}

/** What a value of JSON is, as in "it is an array". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Numbers as Python writes them into JSON, which has none of them. */
const NON_FINITE = /(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g;

/** JSON in which `NaN`, `Infinity` and `-Infinity` are null, those in strings left; undefined where there are none. */
export function nonFiniteAsNull(json: string): string | undefined {
  const parts = json.includes("NaN") || json.includes("Infinity") ? outsideStrings(json, asNull) : json;
  return parts === json ? undefined : parts;
}

const asNull = (part: string): string => part.replace(NON_FINITE, "null");

/** JSON with what is outside of its strings changed. */
export function outsideStrings(json: string, change: (part: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const start = quote < 0 ? json.length : quote;
    parts.push(change(json.slice(at, start)));
    at = quote < 0 ? start : stringEnd(json, start);
    parts.push(json.slice(start, at));
  }
  return parts.join("");
}

/** Whether no more than `most` arrays and objects start in JSON, those in its strings counted as well. */
function opensAtMost(json: string, most: number): boolean {
  let found = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) if (++found > most) return false;
  }
  return true;
}

/** Where the string ends whose quote stands at `start`: after its closing quote, or the end of the text. */
export function stringEnd(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (json[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
