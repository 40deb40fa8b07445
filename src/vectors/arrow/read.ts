import { DataType } from "apache-arrow";
import type { Data, RecordBatch, Schema } from "apache-arrow";
import { arrowFileBytes } from "../../formats/arrow/file.js";
import { openArrowStream } from "../../formats/arrow/stream.js";
import { valueAt } from "../../formats/arrow/text.js";
import { columnText } from "../columnText.js";
import { FloatRows } from "../floatRows.js";
import { floatsOf } from "../../formats/half.js";
import type { ReadableFile } from "../../files/readBytes.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { VectorTable } from "../sink.js";

/**
 * Reads an Arrow IPC file or stream with a column `vector` of lists of numbers, of fixed size or not; all other columns
 * come as text. Uncompressed only.
 *
 * @throws Error saying, as a clause, what cannot be read; whatever apache-arrow throws on a damaged file
 */
export async function readArrowVectors(_path: string, file: ReadableFile): Promise<VectorTable> {
  const { schema, batches } = await openArrowStream(await arrowFileBytes(file));
  const { columns, vector, scale, width } = layoutOf(schema);
  const values: (string | null)[][] = [];
  let vectors: FloatRows | undefined;
  for await (const batch of batches) {
    const rows = rowReader(batch, { vector, scale });
    for (let r = 0; r < batch.numRows; r++) {
      const row = rows(r);
      if (row.length === 0) throw new Error(`its "${VECTOR_COLUMN}" of row ${values.length + 1} is no list of numbers`);
      vectors ??= new FloatRows(row.length);
      vectors.add(row);
      values.push(columns.map((c) => columnText(valueAt(batch.getChildAt(c)!, r))));
    }
  }
  return {
    data: vectors?.all() ?? new Float32Array(0),
    width: vectors?.width ?? width,
    columns: columns.map((c) => schema.fields[c].name),
    values,
    metadata: Object.fromEntries(schema.metadata),
  };
}

/** Places of the columns in the schema; `scale` only where it belongs to int8 vectors. */
interface Layout {
  readonly vector: number;
  readonly scale: number | undefined;
  readonly columns: readonly number[];
  /** As the type of the vectors says; 0 where lists may be of any length. */
  readonly width: number;
}

function layoutOf(schema: Schema): Layout {
  const names = schema.fields.map(({ name }) => name);
  const vector = names.indexOf(VECTOR_COLUMN);
  if (vector === -1) {
    throw new Error(`it has no column "${VECTOR_COLUMN}", only ${names.map((name) => `"${name}"`).join(", ")}`);
  }
  const type: DataType = schema.fields[vector].type;
  if (!DataType.isFixedSizeList(type) && !DataType.isList(type)) {
    throw new Error(`its "${VECTOR_COLUMN}" is ${String(type)}, no list of numbers`);
  }
  const at = names.indexOf(SCALE_COLUMN);
  const isBytes = DataType.isInt(type.valueType) && type.valueType.bitWidth === 8;
  const scale = at !== -1 && isBytes && DataType.isFloat(schema.fields[at].type) ? at : undefined;
  const columns = names.map((_, c) => c).filter((c) => c !== vector && c !== scale);
  return { vector, scale, columns, width: DataType.isFixedSizeList(type) ? type.listSize : 0 };
}

/** Gives the vector of each row; an empty one where it is missing. */
function rowReader(
  batch: RecordBatch,
  { vector, scale }: { readonly vector: number; readonly scale: number | undefined },
): (r: number) => ArrayLike<number> {
  const data = batch.data.children[vector];
  const scales = scale === undefined ? undefined : batch.getChildAt(scale);
  const numbers = numbersOf(data.children[0]);
  return (r) => {
    if (!data.getValid(r)) return [];
    const [start, end] = rangeOf(data, r);
    const row = numbers.subarray(start, end);
    return scales === undefined ? row : Float32Array.from(row, (value) => value * Number(scales?.get(r)));
  };
}

/** Where row r of a list column lies in its numbers. */
function rangeOf(data: Data, r: number): readonly [start: number, end: number] {
  const type: DataType = data.type;
  if (DataType.isFixedSizeList(type)) return [(data.offset + r) * type.listSize, (data.offset + r + 1) * type.listSize];
  return [data.valueOffsets[r], data.valueOffsets[r + 1]];
}

function numbersOf(data: Data): Float32Array {
  const { type, values } = data as { readonly type: DataType; readonly values: unknown };
  if (data.nullCount > 0) throw new Error(`its "${VECTOR_COLUMN}" has missing numbers`);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array || values instanceof Int8Array) return Float32Array.from(values);
  if (values instanceof Uint16Array && DataType.isFloat(type)) return floatsOf(values);
  throw new Error(`its "${VECTOR_COLUMN}" is a list of ${String(type)}, not of numbers`);
}
