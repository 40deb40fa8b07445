import type { ColumnChunk, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { checkedTarget, CREATED_BY } from "../../formats/checksum.js";
import type { ColumnType } from "../../formats/columnType.js";
import { listSchema, writeListChunk } from "./list.js";
import { columnSchema, columnValue } from "./typedColumn.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "../sink.js";

/**
 * Writes Parquet: the columns that travel along, as optional strings where nothing else is said, for int8 a FLOAT `scale`, then `vector` as a list.
 * One group is one row group.
 */
export function parquetSink(file: ByteTarget, shape: VectorShape): VectorSink {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(shape),
    kvMetadata: Object.entries(shape.metadata).map(([key, value]) => ({ key, value })),
    createdBy: CREATED_BY,
  });
  const checked = checkedTarget(file);
  return {
    append: async (group) => {
      writeRowGroup(writer, { group, shape, bytes });
      await checked.write(bytes.getBytes());
      // The offset goes on counting; only the buffer starts anew.
      bytes.index = 0;
    },
    finish: async () => {
      // Without rows, the mark at the start is still there.
      await checked.write(bytes.getBytes());
      bytes.index = 0;
      await writer.finish();
      await checked.end(bytes.getBytes());
    },
  };
}

function schemaOf({ columns, types = [], store }: VectorShape): SchemaElement[] {
  const own = columns.map((name, c) => columnSchema(name, types[c]));
  const scale: SchemaElement[] =
    store === "int8" ? [{ name: SCALE_COLUMN, type: "FLOAT", repetition_type: "REQUIRED" }] : [];
  const children = own.length + scale.length + 1;
  return [{ name: "root", num_children: children }, ...own, ...scale, ...listSchema(VECTOR_COLUMN, store)];
}

const columnCell = (text: string | null, type: ColumnType | undefined): ReturnType<typeof columnValue> | null =>
  text === null ? null : columnValue(text, type);

interface RowGroupParts {
  readonly group: VectorGroup;
  readonly shape: VectorShape;
  readonly bytes: ByteWriter;
}

function writeRowGroup(writer: ParquetWriter, { group, shape, bytes }: RowGroupParts): void {
  const { rows, vectors, values } = group;
  const columnData = shape.columns.map((name, c) => ({
    name,
    data: values.map((row) => columnCell(row[c], shape.types?.[c])),
    ...(shape.types?.[c] !== undefined && { statistics: false }),
    // Page indexes cost an entry a page and nobody filters by them here.
    offsetIndex: false,
  }));
  const scales =
    vectors.kind === "int8"
      ? [{ name: SCALE_COLUMN, data: vectors.scales, offsetIndex: false, statistics: false }]
      : [];
  const start = bytes.offset;
  const flat = [...columnData, ...scales];
  if (flat.length > 0) void writer.write({ columnData: flat, rowGroupSize: rows });
  const chunk = writeListChunk(bytes, vectors, { name: VECTOR_COLUMN, width: shape.width });
  addToRowGroup(writer, { chunk, rows, start, end: bytes.offset, first: flat.length === 0 });
}

interface AddedChunk {
  readonly chunk: ColumnChunk;
  readonly rows: number;
  /** Byte offsets of the row group. */
  readonly start: number;
  readonly end: number;
  /** Whether the row group has no other column. */
  readonly first: boolean;
}

function addToRowGroup(writer: ParquetWriter, { chunk, rows, start, end, first }: AddedChunk): void {
  if (first) {
    writer.row_groups.push({ columns: [], num_rows: BigInt(rows), total_byte_size: 0n });
    writer.num_rows += BigInt(rows);
  }
  const group = writer.row_groups[writer.row_groups.length - 1];
  group.columns.push(chunk);
  group.total_byte_size += chunk.meta_data?.total_uncompressed_size ?? 0n;
  group.total_compressed_size = BigInt(end - start);
}
