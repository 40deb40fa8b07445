import { HeadstartError } from "../errors.js";
import { textColumnNames } from "./columns.js";
import { fieldsOf, NO_OBJECT, TOO_DEEP } from "../formats/json.js";
import { longIntegers } from "../formats/longIntegers.js";
import type { ValuesJson } from "./row.js";
import type { TextChunk, TextPosition } from "./decode/textChunk.js";
import { textLines } from "./decode/textLines.js";
import type { Fault, Table, TableRecord } from "./table.js";

interface JsonlTableOptions {
  readonly file: string;
  /** Field that must hold a string or a number; of several one must, and the others may hold nothing. */
  readonly textColumn: string | readonly string[];
  /** Read where the first object lacks that. */
  readonly textOtherwise?: string | undefined;
  /** Columns of the corpus so far; without them the first object names the columns. */
  readonly columns?: readonly string[] | undefined;
  /** Longest line, in UTF-16 units. */
  readonly maxLineLength: number;
  /** Is given the records in front of the first object, which name no columns; it may throw. */
  readonly onFault: (record: TableRecord, fault: Fault) => void;
}

/**
 * Opens JSONL text: one object a line; blank lines are not rows.
 *
 * Strings are values as they are, numbers and booleans as JavaScript writes them (integers keep all their digits), null
 * and a field left out are null, arrays and objects are JSON text; `json` tells what was no string. Lone surrogates become
 * U+FFFD.
 *
 * @throws HeadstartError E_JSONL when no object names the columns, E_FIELD_TOO_LARGE for a line without end
 */
export async function openJsonl(chunks: AsyncGenerator<TextChunk>, options: JsonlTableOptions): Promise<Table> {
  const objects = jsonlObjects(chunks, options);
  const close = async (): Promise<void> => {
    await objects.return(undefined);
  };
  const { columns, file, textColumn, textOtherwise } = options;
  const records = (own: AsyncGenerator<JsonlObject>, names: readonly string[]): Table["records"] =>
    rowsOf(own, names, textColumnNames(names, textColumn, textOtherwise));
  if (columns !== undefined) return { columns, records: records(objects, columns), close };
  try {
    for (let next = await objects.next(); next.done !== true; next = await objects.next()) {
      const { fields } = next.value;
      if (!isFields(fields)) {
        const record = recordOf(next.value, [], []);
        options.onFault(record, record.fault ?? NOT_AN_OBJECT);
        continue;
      }
      const names = [...fields.keys()];
      return { columns: names, records: records(replay(next.value, objects), names), close };
    }
  } catch (error) {
    await close();
    throw error;
  }
  const message =
    `Cannot read the columns of ${file}: it holds no JSON object. ` +
    `Write one on each line, such as {"text": "...", "label": "..."}`;
  throw new HeadstartError("E_JSONL", message, { file, line: 1 });
}

interface JsonlObject {
  readonly position: TextPosition;
  readonly raw: string;
  /** Or why the line gives none. */
  readonly fields: ReadonlyMap<string, unknown> | Fault;
}

const LEAVE_OUT = "or leave such rows out with --bad-rows skip";
const NOT_AN_OBJECT: Fault = {
  code: "E_JSONL",
  found: NO_OBJECT,
  advice: `Write one JSON object on each line, ${LEAVE_OUT}`,
};

const NESTED: Fault = {
  code: "E_JSONL",
  found: TOO_DEEP,
  advice: `Take the column out that holds so deep a value, ${LEAVE_OUT}`,
};

async function* replay(first: JsonlObject, rest: AsyncGenerator<JsonlObject>): AsyncGenerator<JsonlObject> {
  yield first;
  yield* rest;
}

async function* rowsOf(
  objects: AsyncGenerator<JsonlObject>,
  columns: readonly string[],
  texts: readonly string[],
): AsyncGenerator<TableRecord> {
  for await (const object of objects) yield recordOf(object, columns, texts);
}

function recordOf(
  { position, raw, fields }: JsonlObject,
  columns: readonly string[],
  texts: readonly string[],
): TableRecord {
  const faulty = (fault: Fault): TableRecord => {
    return { position, raw, cells: [], fault, loneSurrogates: 0, unknownFields: [] };
  };
  if (!isFields(fields)) return faulty(fields);
  const without = fieldWithoutText(fields, texts);
  if (without !== undefined) return faulty(noText(fields.get(without), without));
  let loneSurrogates = 0;
  const values = columns.map((column) => fields.get(column));
  const cells = values.map(
    (value) =>
      cellOf(value)?.replace(/\p{Surrogate}/gu, () => {
        loneSurrogates++;
        return "\ufffd";
      }) ?? null,
  );
  // No line has more fields than the columns without having an unknown one, so most lines need no search.
  const known = columns.reduce((sum, column) => sum + (fields.has(column) ? 1 : 0), 0);
  const unknownFields = known === fields.size ? [] : [...fields.keys()].filter((name) => !columns.includes(name));
  const json = jsonOf(values, cells);
  return { position, raw, cells, ...(json && { json }), fault: undefined, loneSurrogates, unknownFields };
}

/** The field that keeps a row from having a text: one of another kind than text, or the first if all hold nothing. */
function fieldWithoutText(fields: ReadonlyMap<string, unknown>, texts: readonly string[]): string | undefined {
  const isMissing = (name: string): boolean => (fields.get(name) ?? undefined) === undefined;
  const isOther = (name: string): boolean =>
    !isMissing(name) && !["string", "number", "bigint"].includes(typeof fields.get(name));
  return texts.find(isOther) ?? (texts.every(isMissing) ? texts[0] : undefined);
}

function noText(value: unknown, textColumn: string): Fault {
  const kind =
    value === undefined
      ? "missing"
      : value === null
        ? "null"
        : Array.isArray(value)
          ? "an array"
          : typeof value === "object"
            ? "an object"
            : `a ${typeof value}`;
  return {
    code: "E_JSONL",
    found: `its field "${textColumn}" is ${kind}`,
    advice: `Give it a string, ${LEAVE_OUT}`,
  };
}

function cellOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** JSON of the values of a row that are no strings; undefined where there are none. */
function jsonOf(values: readonly unknown[], cells: readonly (string | null)[]): ValuesJson | undefined {
  const json = values.map((value, c) => (isText(value) ? undefined : (cells[c] ?? undefined)));
  return json.some((one) => one !== undefined) ? json : undefined;
}

/** Whether JSON can have it as a string alone: a number too large for a double is infinite. */
const isText = (value: unknown): boolean =>
  typeof value === "string" || (typeof value === "number" && !Number.isFinite(value));

async function* jsonlObjects(
  chunks: AsyncGenerator<TextChunk>,
  options: JsonlTableOptions,
): AsyncGenerator<JsonlObject> {
  for await (const { position, raw } of textLines(chunks, options)) {
    if (raw.trim() !== "") yield { position, raw, fields: rowFields(raw) };
  }
}

const isFields = (fields: JsonlObject["fields"]): fields is ReadonlyMap<string, unknown> => fields instanceof Map;

/** The fields of a line in its order, in a map so that no name can mean more than itself. */
function rowFields(line: string): ReadonlyMap<string, unknown> | Fault {
  const value = fieldsOf(line);
  if (typeof value === "string") return value === TOO_DEEP ? NESTED : NOT_AN_OBJECT;
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const [name, exact] of longIntegers(value, line)) fields.set(name, exact);
  return fields;
}
