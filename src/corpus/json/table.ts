import { excerpt, HeadstartError } from "../../errors.js";
import { fieldsOf, kindOf, nonFiniteAsNull, NO_OBJECT, TOO_DEEP } from "../../formats/json.js";
import { longIntegers } from "../../formats/longIntegers.js";
import type { ValuesJson } from "../row.js";
import type { TextChunk, TextPosition } from "../decode/textChunk.js";
import { textColumnNames } from "../columns.js";
import { FieldNames } from "./fieldNames.js";
import type { JsonFrame } from "./frame.js";
import { jsonGroups, type JsonRecordsOptions } from "./records.js";
import type { Fault, Table, TableRecord } from "../table.js";

interface JsonTableOptions extends JsonRecordsOptions {
  /** Field that must hold a text where the objects lack `textColumn`. */
  readonly textOtherwise?: string | undefined;
  /** Fields that are columns; without them those of the first objects that come together. */
  readonly fields?: Pick<FieldNames, "columns" | "vectors"> | undefined;
  /** Is given the records in front of the first object, which name no columns; it may throw. */
  readonly onFault: (record: TableRecord, fault: Fault) => void;
}

/**
 * Opens JSON as a table: one object a row, in the forms of `jsonRecords`.
 *
 * Strings are values as they are, numbers and booleans as JavaScript writes them (integers keep all their digits), null
 * and a field left out are null, arrays and objects are JSON text; `json` tells what was no string. `NaN` and `Infinity`,
 * which JSON does not have, are null. Lone surrogates become U+FFFD.
 *
 * @throws HeadstartError E_JSONL when no object names the columns, and whatever `jsonRecords` throws
 */
export async function openJsonTable(chunks: AsyncGenerator<TextChunk>, options: JsonTableOptions): Promise<Table> {
  const groups = jsonGroups(chunks, options);
  const close = async (): Promise<void> => {
    await groups.return(undefined);
  };
  const { fields, file, format, textColumn, textOtherwise } = options;
  const tableOf = (names: Pick<FieldNames, "columns" | "vectors">, frames: typeof groups): Table => {
    const { columns, vectors } = names;
    return {
      columns,
      vectors,
      records: rowsOf(frames, { format, columns, vectors, texts: textColumnNames(columns, textColumn, textOtherwise) }),
      close,
    };
  };
  if (fields !== undefined) return tableOf(fields, groups);
  try {
    for (let next = await groups.next(); next.done !== true; next = await groups.next()) {
      const { value: frames } = next;
      const names = new FieldNames();
      for (const { raw } of frames) addObject(names, raw, textColumn);
      const first = names.columns.length === 0 ? frames.length : frames.findIndex(({ raw }) => isObject(raw));
      for (const frame of frames.slice(0, first)) {
        const record = recordOf(objectOf(frame, format), { format, columns: [], vectors: [], texts: [] });
        options.onFault(record, record.fault ?? NOT_AN_OBJECT);
      }
      if (first < frames.length) return tableOf(names, replay(frames.slice(first), groups));
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

/** Reads JSON for the fields of its objects alone, those of its first `limit` texts. */
export async function addFields(
  names: FieldNames,
  chunks: AsyncGenerator<TextChunk>,
  { limit, ...options }: JsonRecordsOptions & { readonly limit: number },
): Promise<void> {
  for await (const group of jsonGroups(chunks, options)) {
    for (const { raw } of group) {
      if (names.texts >= limit) return;
      addObject(names, raw, options.textColumn);
    }
  }
}

const isObject = (raw: string): boolean => typeof parsed(raw).value !== "string";

function addObject(names: FieldNames, raw: string, textColumn: string | readonly string[]): void {
  const { value } = parsed(raw);
  if (typeof value !== "string") names.add(value, textColumn);
}

interface JsonObject {
  readonly position: TextPosition;
  readonly raw: string;
  /** Or why there are none. */
  readonly fields: ReadonlyMap<string, unknown> | Fault;
  /** Whether it had numbers that JSON does not have. */
  readonly nonFinite: boolean;
}

const LEAVE_OUT = "or leave such rows out with --bad-rows skip";
const NOT_AN_OBJECT: Fault = {
  code: "E_JSONL",
  found: NO_OBJECT,
  advice: `Write one JSON object on each line, ${LEAVE_OUT}`,
};

/** A line of JSONL with which a document of JSON begins, or with several objects. */
const OF_DOCUMENT: Fault = {
  ...NOT_AN_OBJECT,
  advice: `If the file is one JSON document, or has its objects in other than one line each, read it with --from json`,
};
const DOCUMENT_START = /^\s*(?:\[\s*(?:\{|$)|\{\s*$)|\}\s*,?\s*\{/;

const NESTED: Fault = {
  code: "E_JSONL",
  found: TOO_DEEP,
  advice: `Take the column out that holds so deep a value, ${LEAVE_OUT}`,
};

async function* replay(
  first: readonly JsonFrame[],
  rest: AsyncGenerator<readonly JsonFrame[]>,
): AsyncGenerator<readonly JsonFrame[]> {
  yield first;
  yield* rest;
}

interface Columns extends Pick<FieldNames, "columns" | "vectors">, Pick<JsonRecordsOptions, "format"> {
  /** Fields that must hold a string or a number; of several one must, and the others may hold nothing. */
  readonly texts: readonly string[];
}

async function* rowsOf(groups: AsyncGenerator<readonly JsonFrame[]>, columns: Columns): AsyncGenerator<TableRecord> {
  for await (const group of groups) for (const frame of group) yield recordOf(objectOf(frame, columns.format), columns);
}

function recordOf({ position, raw, fields, nonFinite }: JsonObject, own: Columns): TableRecord {
  const { columns, vectors, texts } = own;
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
  const isKnown = (name: string): boolean => columns.includes(name) || vectors.includes(name);
  const known = columns.reduce((sum, column) => sum + (fields.has(column) ? 1 : 0), 0);
  const unknownFields = known === fields.size ? [] : [...fields.keys()].filter((name) => !isKnown(name));
  const json = jsonOf(values, cells);
  return { position, raw, cells, json, fault: undefined, loneSurrogates, nonFinite, unknownFields };
}

/** The field that keeps a row from having a text: one of another kind than text, or the first if all hold nothing. */
function fieldWithoutText(fields: ReadonlyMap<string, unknown>, texts: readonly string[]): string | undefined {
  const isMissing = (name: string): boolean => (fields.get(name) ?? undefined) === undefined;
  const isOther = (name: string): boolean =>
    !isMissing(name) && !["string", "number", "bigint"].includes(typeof fields.get(name));
  return texts.find(isOther) ?? (texts.every(isMissing) ? texts[0] : undefined);
}

function noText(value: unknown, textColumn: string): Fault {
  const isMissing = value === undefined || value === null;
  const found = value === undefined ? "missing" : kindOf(value);
  return {
    code: "E_JSONL",
    ...(isMissing && { missing: true }),
    found: `its field "${excerpt(textColumn)}" is ${found}`,
    advice: `Give it a string, or leave such rows out with ${isMissing ? "--drop-missing or " : ""}--bad-rows skip`,
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

const isFields = (fields: JsonObject["fields"]): fields is ReadonlyMap<string, unknown> => fields instanceof Map;

/** The object of a frame, its fields in their order, in a map so that no name can mean more than itself. */
function objectOf({ position, raw }: JsonFrame, format: JsonRecordsOptions["format"]): JsonObject {
  const { value, json } = parsed(raw);
  const nonFinite = json !== raw;
  if (typeof value === "string") {
    const notAnObject = format === "jsonl" && DOCUMENT_START.test(raw) ? OF_DOCUMENT : NOT_AN_OBJECT;
    return { position, raw, nonFinite, fields: value === TOO_DEEP ? NESTED : notAnObject };
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const [name, exact] of longIntegers(value, json)) fields.set(name, exact);
  return { position, raw, nonFinite, fields };
}

/** What JSON says, or what is wrong with it, and the JSON without numbers that it does not have. */
function parsed(raw: string): { readonly value: ReturnType<typeof fieldsOf>; readonly json: string } {
  const value = fieldsOf(raw);
  const json = value === NO_OBJECT ? nonFiniteAsNull(raw) : undefined;
  return json === undefined ? { value, json: raw } : { value: fieldsOf(json), json };
}
