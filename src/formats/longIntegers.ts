import { outsideStrings } from "./json.js";

/** Integers that a double cannot hold; beyond a thousand digits, which no number that means one has, they stay doubles. */
const LONG_INTEGER = /(?<![\d.eE+-])-?[1-9]\d{15,999}(?=\s*[,}\]])/g;

/**
 * The fields of a line of JSONL with long integers (such as the ids of posts), which have lost their last digits as
 * doubles: as BigInt, or as strings where they are inside of arrays and objects. Other fields may be among them, as they
 * are.
 *
 * @param fields  what `line` is as JSON
 */
export function longIntegers(fields: Readonly<Record<string, unknown>>, line: string): readonly [string, unknown][] {
  // Most lines have no such digits, and fractions that have them need no second look.
  if (!/\d{16}/.test(line) || !/(?<![\d.eE+-])-?[1-9]\d{15}/.test(line)) return [];
  return Object.entries(JSON.parse(quoteLongIntegers(line)) as object).map(([name, value]: [string, unknown]) => {
    const isLong = typeof value === "string" && typeof fields[name] === "number";
    return [name, isLong ? BigInt(value) : value];
  });
}

/** A line of JSON in which long integers are strings. */
const quoteLongIntegers = (line: string): string => outsideStrings(line, (part) => part.replace(LONG_INTEGER, '"$&"'));
