import { DataType, type RecordBatch, type Schema, type Vector } from "apache-arrow";
import { excerpt, HeadstartError, messageOf } from "../errors.js";
import { openArrowStream, type ArrowStream } from "../formats/arrow/stream.js";
import { isText, textsOf, valueAt } from "../formats/arrow/text.js";
import { checkHeader, joinTexts, textColumnNames } from "./columns.js";
import type { Fault, Table, TableRecord } from "./table.js";

interface ArrowTableOptions {
  readonly file: string;
  /** Column that must hold text, or several. */
  readonly textColumn: string | readonly string[];
  /** Read where the stream lacks that. */
  readonly textOtherwise?: string | undefined;
}

/**
 * Opens an Arrow IPC stream as a table of text: strings as they are, numbers and booleans as JavaScript writes them, times
 * in ISO 8601, bytes in base64, lists and structs as JSON. A row without a text comes as a record with a fault.
 *
 * @throws HeadstartError E_ARROW for bytes that are no sound Arrow stream or a text column of another type; so do the
 * records
 */
export async function openArrowTable(
  source: AsyncIterable<Uint8Array>,
  { file, textColumn, textOtherwise }: ArrowTableOptions,
): Promise<Table> {
  const { schema, batches, close } = await openArrow(source, file);
  const columns = schema.fields.map(({ name }) => name);
  const texts = textColumnNames(columns, textColumn, textOtherwise);
  return { columns, records: recordsOf(batches, { schema, file, texts }), close };
}

/** An Arrow stream as `openArrowStream` gives it, whose failures name the file and what to do. */
export async function openArrow(source: AsyncIterable<Uint8Array>, file: string): Promise<ArrowStream> {
  try {
    const { schema, batches, close } = await openArrowStream(source);
    const columns = schema.fields.map(({ name }) => name);
    checkHeader(columns, file, 1);
    return { schema, batches: explained(batches, file), close };
  } catch (error) {
    throw explain(error, file);
  }
}

/** @throws HeadstartError E_ARROW when a column holds no text */
export function checkTextType(schema: Schema, column: number, file: string): void {
  const { name, type } = schema.fields[column];
  if (isText(type) || DataType.isNull(type)) return;
  throw new HeadstartError(
    "E_ARROW",
    `Cannot read texts from column "${excerpt(name)}" of ${file}: it is ${String(type)}. ` +
      `Cast it to a string, or name another one with --text-column`,
    { file, column: name },
  );
}

/** The text of each row, from one column or several; null where none has any. */
export function rowTexts(columns: readonly (readonly (string | null)[])[]): readonly (string | null)[] {
  if (columns.length === 1) return columns[0];
  return (columns[0] ?? []).map((_, r) => {
    const parts = columns.map((texts) => texts[r]);
    return parts.every((part) => part === null) ? null : joinTexts(parts);
  });
}

/** What is wrong with a row that has no text. */
export function missingText(columns: readonly string[]): Fault {
  const names = columns.map((name) => `"${excerpt(name)}"`).join(", ");
  return {
    code: "E_ARROW",
    missing: true,
    found: columns.length === 1 ? `its text in column ${names} is null` : `its texts in columns ${names} are null`,
    advice: "Give it a text, or leave such rows out with --drop-missing or --bad-rows skip",
  };
}

/** The row `r` of a batch as it goes to a file of rejects: JSON. */
export const rawRow = (batch: RecordBatch, r: number): string =>
  JSON.stringify(Object.fromEntries(batch.schema.fields.map(({ name }, c) => [name, cellOf(batch.getChildAt(c), r)])));

async function* explained(batches: AsyncGenerator<RecordBatch>, file: string): AsyncGenerator<RecordBatch> {
  try {
    yield* batches;
  } catch (error) {
    throw explain(error, file);
  }
}

function explain(error: unknown, file: string): HeadstartError {
  if (error instanceof HeadstartError) return error;
  const message = messageOf(error);
  // What a decoder trips over says nothing to the user.
  const found = error instanceof TypeError || error instanceof RangeError ? `it is damaged (${message})` : message;
  const advice =
    "Write it with an Arrow stream writer, uncompressed and closed at its end, such as pyarrow.ipc.new_stream";
  return new HeadstartError("E_ARROW", `Cannot read Arrow from ${file}: ${found}. ${advice}`, { file, cause: error });
}

interface TextRecords {
  readonly schema: Schema;
  readonly file: string;
  /** Names of the columns of the texts. */
  readonly texts: readonly string[];
}

async function* recordsOf(
  batches: AsyncGenerator<RecordBatch>,
  { schema, file, texts: wanted }: TextRecords,
): AsyncGenerator<TableRecord> {
  const names = schema.fields.map(({ name }) => name);
  const places = wanted.map((name) => names.indexOf(name));
  for (const place of places) checkTextType(schema, place, file);
  let row = 0;
  for await (const batch of batches) {
    const columns = schema.fields.map((_, c) => batch.getChildAt(c));
    const texts = rowTexts(places.map((place) => textsOf(columns[place]!)));
    for (let r = 0; r < batch.numRows; r++) {
      const position = { chunk: undefined, index: 0, line: ++row };
      const fault = texts[r] === null ? missingText(wanted) : undefined;
      const cells = fault === undefined ? columns.map((column) => cellOf(column, r)) : [];
      const raw = fault === undefined ? (texts[r] ?? "") : rawRow(batch, r);
      yield { position, raw, cells, fault, loneSurrogates: 0, unknownFields: [] };
    }
  }
}

/** One value as the text that a CSV would have. */
function cellOf(column: Vector | null, r: number): string | null {
  const value = column === null ? null : valueAt(column, r);
  if (value === null || value === undefined) return null;
  const type: DataType = column!.type;
  if (typeof value === "string" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return new Date(Number(value)).toISOString();
  if (DataType.isDecimal(type)) return decimalText(value as Uint32Array, type.scale);
  if (typeof value === "number") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
}

/** A decimal of 32-bit words, the lowest first, in two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
  const bits = BigInt(words.length * 32);
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const value = BigInt.asIntN(Number(bits), unsigned);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
}
