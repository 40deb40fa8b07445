import { HeadstartError, messageOf, unreachable } from "../errors.js";
import { matrix } from "../math/matrix.js";
import type { Matrix } from "../math/matrix.js";
import { looksLike, unreadable } from "./sniff.js";
import { withFile } from "../files/readBytes.js";
import type { ReadableFile } from "../files/readBytes.js";
import { readJsonlVectors } from "./jsonl/read.js";
import { readNpyVectors } from "./npy/read.js";
import { readParquetVectors } from "./parquet/read.js";
import { vectorFormat } from "./format.js";
import type { VectorFormat } from "./format.js";
import type { RowValues, VectorTable } from "./sink.js";
import { errnoOf } from "../files/writeError.js";

export interface ReadVectors {
  /** [rows, width]; what was stored as fp16 or int8 is restored to float32. A Parquet or JSON lines file without rows is 0 x 0. */
  readonly vectors: Matrix;
  /** Names of the columns that traveled along. */
  readonly columns: readonly string[];
  /** A row of column values for each vector; null is a missing value. */
  readonly values: RowValues;
  /** What the file says about itself; empty for npy and JSON lines. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a file that a `VectorWriter` wrote, or one of the same form: a list column `vector` in Parquet, Arrow or JSON
 * lines, a matrix in npy. The ending says the format. Everything is read into memory.
 *
 * @throws HeadstartError E_INPUT_ENDING, E_VECTORS_MISSING; E_VECTORS_INVALID saying what the file looks like;
 *   E_NOT_FINITE naming the row
 * @example
 * const { vectors, columns, values } = await readVectors("vectors.parquet");
 * console.log(vectors.rows, columns, values[0]); // 2 [ 'id' ] [ 'a' ]
 */
export async function readVectors(path: string): Promise<ReadVectors> {
  const format = vectorFormat(path, "read");
  const table = await readTable(path, format);
  const { data, width, columns, values, metadata } = table;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    const row = Math.floor(bad / width) + 1;
    throw new HeadstartError(
      "E_NOT_FINITE",
      `Cannot use the vectors of ${path}: row ${row} has ${data[bad]}. Leave that row out, or embed it again`,
      { file: path },
    );
  }
  return { vectors: matrix(values.length, width, data), columns, values, metadata };
}

async function readTable(path: string, format: VectorFormat): Promise<VectorTable> {
  try {
    return await withFile(path, async (file) => {
      const start = await file.bytes(0, 512);
      try {
        return await readerOf(format)(path, file);
      } catch (cause) {
        throw cause instanceof HeadstartError ? cause : explain(path, { start, cause, format });
      }
    });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      const message = `Cannot read vectors from ${path}: there is no such file. Check the name`;
      throw new HeadstartError("E_VECTORS_MISSING", message, { file: path, cause: error });
    }
    const errno = errnoOf(error);
    throw errno === undefined ? error : unreadable(path, `the file cannot be opened (${errno})`, { cause: error });
  }
}

function readerOf(format: VectorFormat): (path: string, file: ReadableFile) => Promise<VectorTable> {
  switch (format) {
    case "parquet":
      return readParquetVectors;
    case "arrow":
      return async (path, file) => (await import("./arrow/read.js")).readArrowVectors(path, file);
    case "npy":
      return readNpyVectors;
    case "jsonl":
      return readJsonlVectors;
    default:
      return unreachable(format);
  }
}

const EXPECTED = { parquet: "a Parquet file", arrow: "an Arrow file", npy: "a numpy array", jsonl: "JSON" } as const;

interface Failure {
  readonly start: Uint8Array;
  readonly cause: unknown;
  readonly format: VectorFormat;
}

function explain(path: string, { start, cause, format }: Failure): HeadstartError {
  const looks = looksLike(start);
  const message = messageOf(cause);
  // What a decoder trips over says nothing to the user.
  const tripped = cause instanceof TypeError || cause instanceof RangeError;
  const said = tripped ? `it is damaged or cut off (${message})` : message;
  // A stream of Arrow batches has no sign at its start.
  const found =
    looks === EXPECTED[format] || looks === "binary data of an unknown kind" ? said : `it looks like ${looks}`;
  return unreadable(path, found, { cause });
}
