import { HeadstartError, unreachable } from "../errors.js";
import { checkOutputFolder, commitTogether, openPending } from "../files/commit.js";
import type { ColumnType } from "../formats/columnType.js";
import type { FileSystem, PendingFile, PendingOptions } from "../files/commit.js";
import { GroupingWriter } from "./groupingWriter.js";
import type { VectorWriter } from "./groupingWriter.js";
import { refuseReplacingFile } from "../files/replacing.js";
import { jsonlSink } from "./jsonl/sink.js";
import { companionPath, npySink } from "./npy/sink.js";
import type { StoreKind } from "./storedVectors.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../formats/vectorColumns.js";
import type { VectorShape, VectorSink } from "./sink.js";
import { vectorFormat } from "./format.js";
import type { VectorFormat } from "./format.js";

export type { VectorWriter, WrittenVectors } from "./groupingWriter.js";

export interface VectorWriterOptions {
  /** Numbers in a vector, at least 1. */
  readonly width: number;
  /** Names of the columns that travel along, all different. */
  readonly columns: readonly string[];
  /**
   * What the values of each column are, of which Parquet and Arrow files keep the types: each is then given as the text
   * of such a value. @default text
   */
  readonly types?: readonly (ColumnType | undefined)[] | undefined;
  /** How the numbers are kept: exactly, at half the size, or at a quarter. @default "fp32" */
  readonly store?: StoreKind | undefined;
  /** Replaces files that are already there. @default false */
  readonly force?: boolean | undefined;
  /** Kept in Parquet and Arrow files, such as the encoder and its fingerprint; the other formats have no place for it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
  /** Where the files lie until `commit`, on the same disk as the final ones. @default beside them */
  readonly workFolder?: string | undefined;
  /** Whether the caller has seen to it that nothing is there that is not to be replaced; `commit` looks again. @default false */
  readonly claimed?: boolean | undefined;
}

/** The files that a writer to `path` makes, in the order of committing them. @throws HeadstartError E_OUTPUT_ENDING */
export const outputFiles = (path: string): readonly string[] =>
  vectorFormat(path, "write") === "npy" ? [companionPath(path), path] : [path];

/**
 * Opens a writer whose format is the ending of `path`: `.parquet`, `.arrow`, `.npy` (with a `.jsonl` of the other
 * columns beside it) or `.jsonl`. Memory is bounded by one group of rows.
 *
 * @throws HeadstartError E_OUTPUT_ENDING, E_OUTPUT_EXISTS, E_OUTPUT_WRITE; E_COLUMN_AMBIGUOUS for a column named
 *   `vector` (with int8 also `scale`) or two of one name
 * @example
 * const writer = await openVectorWriter("written.parquet", { width: 2, columns: ["id"], force: true });
 * await writer.write(matrix(2, 2, Float32Array.of(1, 2, 3, 4)), [["a"], ["b"]]);
 * await writer.commit();
 */
export async function openVectorWriter(path: string, options: VectorWriterOptions): Promise<VectorWriter> {
  const { width, columns, types, store = "fp32", metadata = {}, force = false } = options;
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`A vector has at least one number, not ${width}`);
  const format = vectorFormat(path, "write");
  checkColumns(path, columns, store);
  if (options.claimed !== true) for (const file of outputFiles(path)) await refuseReplacingFile(file, { force });
  await checkOutputFolder(path);
  const shape = { width, columns, types, store, metadata };
  const pendingOptions = { files: options.files, folder: options.workFolder };
  const { sink, pending } = await openSink(path, { format, shape, pendingOptions });
  return new GroupingWriter({
    path,
    shape,
    sink,
    hasGroups: format === "parquet" || format === "arrow",
    commit: async () => {
      await commitTogether(pending, { force, files: options.files });
      return { bytes: pending.reduce((sum, file) => sum + file.bytes, 0), files: pending.map((file) => file.path) };
    },
    discard: async () => {
      for (const file of pending) await file.discard();
    },
  });
}

interface SinkParts {
  readonly format: VectorFormat;
  readonly shape: VectorShape;
  readonly pendingOptions: PendingOptions;
}

interface OpenedSink {
  readonly sink: VectorSink;
  /** The files that it writes, in the order of committing them. */
  readonly pending: readonly PendingFile[];
}

// The code of Parquet and of Arrow takes longer to load than a small corpus to embed.
async function openSink(path: string, { format, shape, pendingOptions }: SinkParts): Promise<OpenedSink> {
  const file = await openPending(path, pendingOptions);
  const pending = [file];
  switch (format) {
    case "parquet":
      return { sink: (await import("./parquet/sink.js")).parquetSink(file, shape), pending };
    case "arrow":
      return { sink: (await import("./arrow/sink.js")).arrowSink(file, shape), pending };
    case "jsonl":
      return { sink: jsonlSink(file, shape), pending };
    case "npy":
      return openNpySink(file, shape, pendingOptions);
    default:
      return unreachable(format);
  }
}

/** The companion is committed first, so that an npy file is never there without it. */
async function openNpySink(file: PendingFile, shape: VectorShape, options: PendingOptions): Promise<OpenedSink> {
  const opened = [file];
  try {
    const companion = await openPending(companionPath(file.path), options);
    opened.unshift(companion);
    return { sink: await npySink(file, shape, { companion }), pending: opened };
  } catch (error) {
    for (const pending of opened) await pending.discard();
    throw error;
  }
}

/** @throws HeadstartError E_COLUMN_AMBIGUOUS for a column with the name of one of the output's own, or of another */
export function checkColumns(path: string, columns: readonly string[], store: StoreKind): void {
  const taken = new Set(store === "int8" ? [VECTOR_COLUMN, SCALE_COLUMN] : [VECTOR_COLUMN]);
  for (const column of columns) {
    if (taken.has(column)) {
      const found =
        column === VECTOR_COLUMN || column === SCALE_COLUMN
          ? `the input has a column "${column}" too, which is the name of a column of the output`
          : `the input has two columns "${column}"`;
      throw new HeadstartError("E_COLUMN_AMBIGUOUS", `Cannot write ${path}: ${found}. Rename the column of the input`, {
        file: path,
        column,
      });
    }
    taken.add(column);
  }
}
