import { DataType, type Field, type FixedSizeList, type RecordBatch, type Schema } from "apache-arrow";
import { excerpt, HeadstartError, messageOf } from "../../errors.js";
import { openArrowStream, type ArrowStream } from "../../formats/arrow/stream.js";
import { cellsOf, columnTypeOf } from "../../formats/arrow/cells.js";
import { isText, textsOf } from "../../formats/arrow/text.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import { checkHeader, joinTexts, textColumnNames } from "../columns.js";
import type { Fault, Table, TableRecord } from "../table.js";

interface ArrowTableOptions {
  readonly file: string;
  /** Column that must hold text, or several. */
  readonly textColumn: string | readonly string[];
  /** Read where the stream lacks that. */
  readonly textOtherwise?: string | undefined;
}

/**
 * Opens an Arrow IPC stream as a table with the cells of `cellsOf`, without the vectors of an earlier embedding. A row
 * without a text comes as a record with a fault.
 *
 * @throws HeadstartError E_ARROW for bytes that are no sound Arrow stream or a text column of another type; so do the
 * records
 */
export async function openArrowTable(
  source: AsyncIterable<Uint8Array>,
  { file, textColumn, textOtherwise }: ArrowTableOptions,
): Promise<Table> {
  const { schema, batches, close } = await openArrow(source, file);
  const own = ownColumns(schema);
  const names = schema.fields.map(({ name }) => name);
  return {
    columns: own.map((c) => names[c]),
    vectors: names.filter((_, c) => !own.includes(c)),
    types: own.map((c) => columnTypeOf(schema.fields[c].type)),
    records: recordsOf(batches, { schema, own, file, wanted: textColumnNames(names, textColumn, textOtherwise) }),
    close,
  };
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
  JSON.stringify(
    Object.fromEntries(batch.schema.fields.map(({ name }, c) => [name, cellsOf(batch.getChildAt(c))(r).text])),
  );

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
    "Write it again with an Arrow writer that is closed at its end, such as pyarrow.ipc.new_stream or new_file";
  return new HeadstartError("E_ARROW", `Cannot read Arrow from ${file}: ${found}. ${advice}`, { file, cause: error });
}

/**
 * Places of the columns that are no vectors of an earlier embedding: those are the column `vector` where it is a list of
 * numbers, with the scales of int8 vectors, and lists of so many floating point numbers.
 */
export function ownColumns({ fields }: Schema): readonly number[] {
  const vector: DataType | undefined = fields.find(({ name }) => name === VECTOR_COLUMN)?.type;
  const bits = vector && numberBits(vector);
  const isOwn = ({ name, type }: Field): boolean => {
    if (name === VECTOR_COLUMN) return bits === undefined;
    if (name === SCALE_COLUMN && bits === 8) return !DataType.isFloat(type);
    return !(DataType.isFixedSizeList(type) && DataType.isFloat(type.valueType));
  };
  return fields.flatMap((field, c) => (isOwn(field) ? [c] : []));
}

/** Bits of a number in a list; undefined for what is no list of numbers. */
function numberBits(type: DataType): number | undefined {
  if (!DataType.isList(type) && !DataType.isLargeList(type) && !DataType.isFixedSizeList(type)) return undefined;
  const item: DataType = (type as FixedSizeList).valueType;
  if (DataType.isInt(item)) return item.bitWidth;
  return DataType.isFloat(item) ? 32 : undefined;
}

interface TextRecords {
  readonly schema: Schema;
  /** Places of the columns that travel along. */
  readonly own: readonly number[];
  readonly file: string;
  /** Names of the columns of the texts. */
  readonly wanted: readonly string[];
}

async function* recordsOf(
  batches: AsyncGenerator<RecordBatch>,
  { schema, own, file, wanted }: TextRecords,
): AsyncGenerator<TableRecord> {
  const names = schema.fields.map(({ name }) => name);
  const places = wanted.map((name) => names.indexOf(name)).filter((place) => place >= 0);
  for (const place of places) checkTextType(schema, place, file);
  let row = 0;
  for await (const batch of batches) {
    const columns = own.map((c) => cellsOf(batch.getChildAt(c)));
    const texts = rowTexts(places.map((place) => textsOf(batch.getChildAt(place)!)));
    for (let r = 0; r < batch.numRows; r++) {
      const position = { chunk: undefined, index: 0, line: ++row };
      const fault = texts[r] === null ? missingText(wanted) : undefined;
      const cells = fault === undefined ? columns.map((cellAt) => cellAt(r)) : [];
      const raw = fault === undefined ? (texts[r] ?? "") : rawRow(batch, r);
      const json = cells.some((cell) => cell.json !== undefined) ? { json: cells.map((cell) => cell.json) } : {};
      yield {
        position,
        raw,
        cells: cells.map((cell) => cell.text),
        ...json,
        fault,
        loneSurrogates: 0,
        unknownFields: [],
      };
    }
  }
}
