import { stringEnd } from "./json.js";

/** A part of JSON text. */
export interface JsonElement {
  readonly json: string;
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
  /** The line it begins on, from 1. */
  readonly line: number;
}

const SPACE = /[ \t\n\r]*/y;
/** All that is neither a string nor a bracket. */
const PLAIN = /[^"[\]{}]+/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * The elements of an array in JSON text, one after the other.
 *
 * @param json  whole and valid
 * @param path  names of fields that lead to the array from the outermost object; of a name that stands twice the later
 *   field, as `JSON.parse` has it
 */
export function* arrayElements(json: string, path: readonly string[] = []): Generator<JsonElement> {
  let at = arrayAt(json, path) + 1;
  let [line, lineStart] = [1, 0];
  for (;;) {
    at = after(SPACE, json, at);
    if (json[at] === "]") return;
    for (let feed = json.indexOf("\n", lineStart); feed >= 0 && feed < at; feed = json.indexOf("\n", lineStart))
      [line, lineStart] = [line + 1, feed + 1];
    const end = valueEnd(json, at);
    yield { json: json.slice(at, end), at, line };
    at = after(SPACE, json, end);
    if (json[at] === ",") at++;
  }
}

/** Where the array begins to which the path leads. */
function arrayAt(json: string, path: readonly string[]): number {
  return path.reduce((at, name) => fieldAt(json, at, name), after(SPACE, json, 0));
}

/** Where the value of a field begins, of an object that begins at a place and has it. */
function fieldAt(json: string, object: number, name: string): number {
  let found = object;
  let at = after(SPACE, json, object + 1);
  while (json[at] === '"') {
    const nameEnd = stringEnd(json, at);
    const value = after(SPACE, json, after(SPACE, json, nameEnd) + 1);
    if (JSON.parse(json.slice(at, nameEnd)) === name) found = value;
    at = after(SPACE, json, valueEnd(json, value));
    if (json[at] === ",") at = after(SPACE, json, at + 1);
  }
  return found;
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
