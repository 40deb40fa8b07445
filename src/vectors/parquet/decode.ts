import { parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import type { AsyncBuffer, FileMetaData, SchemaTree } from "hyparquet";
import { checksumLost, CREATED_BY } from "../../formats/checksum.js";
import { columnText } from "../columnText.js";
import { FloatRows } from "../floatRows.js";
import type { ReadableFile } from "../../files/readBytes.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { VectorTable } from "../sink.js";

/**
 * Reads a Parquet file with a column `vector` of lists of numbers; all other columns come as text. Uncompressed and
 * Snappy only.
 *
 * @param options.checked  whether a checksum was found in the file; one that we wrote has to have it
 * @throws Error saying, as a clause, what cannot be read; whatever hyparquet throws on a damaged file
 */
export async function decodeParquet(
  file: ReadableFile,
  { checked }: { readonly checked: boolean },
): Promise<VectorTable> {
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: async (start, end) => (await file.bytes(start, end ?? file.size)).buffer,
  };
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
  if (!checked && metadata.created_by === CREATED_BY) throw checksumLost();
  const tree = parquetSchema(metadata).children;
  checkColumnPaths(metadata, tree);
  const scaled = isScaled(tree);
  const names = tree.map(({ element }) => element.name);
  if (!names.includes(VECTOR_COLUMN)) throw new Error(`it has no column "${VECTOR_COLUMN}", only ${list(names)}`);
  const columns = names.filter((name) => name !== VECTOR_COLUMN && !(scaled && name === SCALE_COLUMN));
  const wanted = [...columns, ...(scaled ? [SCALE_COLUMN] : []), VECTOR_COLUMN];
  const values: (string | null)[][] = [];
  let vectors: FloatRows | undefined;
  for await (const row of rowsOf(buffer, metadata, wanted)) {
    const vector = numbers(row[row.length - 1], values.length + 1);
    vectors ??= new FloatRows(vector.length);
    vectors.add(scaled ? vector.map((value) => value * Number(row[columns.length])) : vector);
    values.push(row.slice(0, columns.length).map(columnText));
  }
  return {
    data: vectors?.all() ?? new Float32Array(0),
    width: vectors?.width ?? 0,
    columns,
    values,
    metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""])),
  };
}

/**
 * Checks that every row group has the columns of the schema. Of a damaged file the decoder notices that only while it
 * already reads others, whose errors then nobody waits for.
 */
function checkColumnPaths(metadata: FileMetaData, tree: readonly SchemaTree[]): void {
  const leaves = tree.flatMap(leavesOf);
  for (const { columns } of metadata.row_groups) {
    const paths = columns.map((column) => JSON.stringify(column.meta_data?.path_in_schema));
    if (paths.join() !== leaves.join())
      throw new Error("it is damaged: its row groups do not have the columns of its schema");
  }
}

function leavesOf(node: SchemaTree): string[] {
  return node.children.length > 0 ? node.children.flatMap(leavesOf) : [JSON.stringify(node.path)];
}

/** By default the library takes a byte order mark off each string. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && UTF8.decode(bytes) };

/** Rows of one row group after the other, so that only one is in memory as JavaScript values. */
async function* rowsOf(file: AsyncBuffer, metadata: FileMetaData, columns: string[]): AsyncGenerator<unknown[]> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: unknown[][] = [];
    await parquetRead({
      file,
      metadata,
      columns,
      rowStart,
      rowEnd,
      rowFormat: "array",
      parsers,
      onComplete: (complete) => {
        rows = complete;
      },
    });
    yield* rows;
    rowStart = rowEnd;
  }
}

/** int8 lists with a FLOAT `scale` beside them are ours. */
function isScaled(tree: readonly SchemaTree[]): boolean {
  const scale = tree.find(({ element }) => element.name === SCALE_COLUMN)?.element;
  let leaf = tree.find(({ element }) => element.name === VECTOR_COLUMN);
  while (leaf !== undefined && leaf.children.length > 0) leaf = leaf.children[0];
  return scale?.type === "FLOAT" && leaf?.element.converted_type === "INT_8";
}

function numbers(value: unknown, row: number): number[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
  if (!isList) throw new Error(`its "${VECTOR_COLUMN}" of row ${row} is no list of numbers`);
  return value;
}

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
