import { shellWord } from "../../text/shell.js";
import { hasText, textFields } from "./fieldNames.js";

type Fields = Readonly<Record<string, unknown>>;

/** A command that writes the rows of a document as JSONL. */
export const jqRows = (file: string, rows = ".[]"): string =>
  file === "-" ? `jq -c ${shellWord(rows)}` : `jq -c ${shellWord(rows)} ${shellWord(file)} > rows.jsonl`;

/**
 * A program of jq that makes rows of an object which is none: one that has the columns as fields, or names of columns and
 * rows of values, as data frames write them; else the objects in it, or its texts. Undefined where it has none of them.
 */
export function rowsProgram(fields: Fields, textColumn: string | readonly string[]): string | undefined {
  const [name] = textFields(fields, textColumn);
  const texts = fields[name];
  const column = `.${JSON.stringify(name)}`;
  if (Array.isArray(texts)) return `range(${column} | length) as $i | map_values(arrays | .[$i])`;
  if (isObject(texts)) return `. as $t | ${column} | keys_unsorted[] as $k | $t | map_values(objects | .[$k])`;
  const values = Object.values(fields);
  const areRows = values.length > 0 && values.every((value) => isObject(value) && hasText(value, textColumn));
  return areRows ? ".[]" : (rowsOfValues(fields) ?? objectsIn(fields) ?? textsIn(fields, name));
}

/** Of a field with names of columns and one with as many values a row. */
function rowsOfValues(fields: Fields): string | undefined {
  const arrays = Object.entries(fields).filter(([, value]) => Array.isArray(value)) as [string, unknown[]][];
  for (const [rows, [first]] of arrays) {
    if (!Array.isArray(first)) continue;
    const names = arrays.find(([, all]) => all.length === first.length && all.every((one) => typeof one === "string"));
    if (names === undefined) continue;
    const [ofNames, ofRows] = [names[0], rows].map((field) => `.${JSON.stringify(field)}`);
    return `${ofNames} as $names | ${ofRows}[] | [$names, .] | transpose | map({(.[0]): .[1]}) | add`;
  }
  return undefined;
}

/** Of the first array of objects, however deep it is, or of fields that are all objects. */
function objectsIn(fields: Fields): string | undefined {
  const path = pathTo(fields, 0);
  if (path !== undefined) return `${path}[]`;
  const values = Object.values(fields);
  return values.length > 0 && values.every(isObject) ? ".[]" : undefined;
}

const DEEPEST = 3;

function pathTo(fields: Fields, depth: number): string | undefined {
  const entries = Object.entries(fields);
  const here = entries.find(([, value]) => Array.isArray(value) && isObject(value[0]))?.[0];
  if (here !== undefined) return `.${JSON.stringify(here)}`;
  for (const [name, value] of depth < DEEPEST ? entries : []) {
    const inner = isObject(value) ? pathTo(value, depth + 1) : undefined;
    if (inner !== undefined) return `.${JSON.stringify(name)}${inner}`;
  }
  return undefined;
}

function textsIn(fields: Fields, textColumn: string): string | undefined {
  const name = Object.keys(fields).find((one) => Array.isArray(fields[one]) && typeof fields[one][0] === "string");
  return name === undefined ? undefined : `.${JSON.stringify(name)}[] | {${JSON.stringify(textColumn)}: .}`;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
