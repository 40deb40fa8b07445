import { stringEnd } from "./json.js";

/** A part of JSON text. */
export interface JsonElement {
  readonly json: string;
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
}

const SPACE = /[ \t\n\r]*/y;
/** All that is neither a string nor a bracket. */
const PLAIN = /[^"[\]{}]+/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * The elements of an array in JSON text, one after the other.
 *
 * @param json  whole and valid
 * @param path  names of fields that lead to the array from the outermost object
 */
export function* arrayElements(json: string, path: readonly string[] = []): Generator<JsonElement> {
  let at = arrayAt(json, path) + 1;
  for (;;) {
    at = after(SPACE, json, at);
    if (json[at] === "]") return;
    const end = valueEnd(json, at);
    yield { json: json.slice(at, end), at };
    at = after(SPACE, json, end);
    if (json[at] === ",") at++;
  }
}

/** Where the array begins to which the path leads. */
function arrayAt(json: string, path: readonly string[]): number {
  let at = after(SPACE, json, 0);
  for (const name of path) {
    at = after(SPACE, json, at + 1);
    for (;;) {
      const nameEnd = stringEnd(json, at);
      const value = after(SPACE, json, after(SPACE, json, nameEnd) + 1);
      if (JSON.parse(json.slice(at, nameEnd)) === name) {
        at = value;
        break;
      }
      at = after(SPACE, json, after(SPACE, json, valueEnd(json, value)) + 1);
    }
  }
  return at;
}

function valueEnd(json: string, start: number): number {
  if (json[start] === '"') return stringEnd(json, start);
  if (json[start] !== "[" && json[start] !== "{") return after(SCALAR, json, start);
  let [at, depth] = [start, 0];
  do {
    const next = json[at];
    if (next === '"') at = stringEnd(json, at);
    else if (next === "[" || next === "{") [at, depth] = [at + 1, depth + 1];
    else if (next === "]" || next === "}") [at, depth] = [at + 1, depth - 1];
    else at = after(PLAIN, json, at);
  } while (depth > 0);
  return at;
}

/** Where what fits the pattern at a place ends. */
function after(pattern: RegExp, json: string, at: number): number {
  pattern.lastIndex = at;
  const found = pattern.exec(json);
  return at + (found?.[0].length ?? 0);
}
