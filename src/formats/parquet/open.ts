import { parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import type { AsyncBuffer, FileMetaData, ParquetReadOptions, SchemaTree } from "hyparquet";
import { checksumLost, CREATED_BY, type ByteRanges } from "../checksum.js";
import { codecs } from "./codecs.js";

/** A Parquet file, its columns known. */
export interface ParquetFile {
  readonly metadata: FileMetaData;
  /** Its columns, each with what is inside of it. */
  readonly columns: readonly SchemaTree[];
  /**
   * Rows in order, as arrays of the values of some columns, so many together at most, that only these are in memory as
   * JavaScript values.
   */
  readonly rows: (names: string[], options: RowsOptions) => AsyncGenerator<readonly unknown[][]>;
}

interface RowsOptions extends Pick<ParquetReadOptions, "parsers" | "utf8"> {
  /** @default all rows of a row group */
  readonly most?: number | undefined;
}

/**
 * Opens a Parquet file.
 *
 * @param options.checked  whether a checksum was found in the file; one that we wrote has to have it
 * @throws Error saying, as a clause, what cannot be read; whatever hyparquet throws on a damaged file. So do the rows
 */
export async function openParquet(file: ByteRanges, { checked }: { readonly checked: boolean }): Promise<ParquetFile> {
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: async (start, end) => (await file.bytes(start, end ?? file.size)).buffer,
  };
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
  if (!checked && metadata.created_by === CREATED_BY) throw checksumLost();
  const columns = parquetSchema(metadata).children;
  checkColumnPaths(metadata, columns);
  return { metadata, columns, rows: (names, options) => rowsOf(buffer, metadata, { names, ...options }) };
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
export const textOfBytes = (bytes: Uint8Array | undefined): string | undefined => bytes && UTF8.decode(bytes);

async function* rowsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { names, most = Infinity, parsers, utf8 }: RowsOptions & { readonly names: string[] },
): AsyncGenerator<readonly unknown[][]> {
  let groupStart = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const groupEnd = groupStart + Number(rows);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += most) {
      let found: unknown[][] = [];
      await parquetRead({
        file,
        metadata,
        columns: names,
        rowStart,
        rowEnd: Math.min(groupEnd, rowStart + most),
        rowFormat: "array",
        compressors: codecs,
        parsers: { stringFromBytes: textOfBytes, ...parsers },
        ...(utf8 !== undefined && { utf8 }),
        onComplete: (complete) => {
          found = complete;
        },
      });
      yield found;
    }
    groupStart = groupEnd;
  }
}
