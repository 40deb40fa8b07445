import { HeadstartError, unreachable } from "../errors.js";
import { matrix } from "../math/matrix.js";
import type { Matrix } from "../math/matrix.js";
import { arrowSink } from "./arrow-sink.js";
import { checkOutputFolder, commitTogether, openPending, refuseExisting } from "./commit.js";
import type { FileSystem, PendingFile } from "./commit.js";
import { jsonlSink } from "./jsonl-sink.js";
import { companionPath, npySink } from "./npy-sink.js";
import { parquetSink } from "./parquet-sink.js";
import { cosineMeter, fitsHalf, storeVectors } from "./stored-vectors.js";
import type { StoreCosine, StoreKind } from "./stored-vectors.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "./vector-sink.js";
import type { RowValues, VectorShape, VectorSink } from "./vector-sink.js";
import { vectorFormat } from "./vector-format.js";

export interface VectorWriterOptions {
  /** Numbers in a vector, at least 1. */
  readonly width: number;
  /** Names of the columns that travel along, all different. */
  readonly columns: readonly string[];
  /** How the numbers are kept: exactly, at half the size, or at a quarter. @default "fp32" */
  readonly store?: StoreKind;
  /** Replaces files that are already there. @default false */
  readonly force?: boolean;
  /** Kept in Parquet and Arrow files, such as the encoder and its fingerprint; the other formats have no place for it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem;
}

export interface WrittenVectors {
  readonly rows: number;
  /** Of all files together. */
  readonly bytes: number;
  /** As the user sees them; for npy the companion first. */
  readonly files: readonly string[];
  /** How near the stored vectors are to those given; absent for fp32, which keeps every bit, and for no rows. */
  readonly storeCosine?: StoreCosine;
}

/** Writes vectors with the columns they came with; nothing is visible under the final name before `commit`. */
export interface VectorWriter {
  /**
   * Adds rows in order; how they are spread over calls does not show in the file. One call at a time. After an error
   * the writer is aborted.
   *
   * @param vectors [rows, width]; copied
   * @param values  one row of column values for each vector; null is a missing value
   * @throws HeadstartError E_NOT_FINITE naming the row, E_OUTPUT_WRITE
   * @throws RangeError when the shapes do not fit
   */
  write(vectors: Matrix, values: RowValues): Promise<void>;
  /** Completes the files and gives them their names. @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE */
  commit(): Promise<WrittenVectors>;
  /** Removes everything written so far; after `commit` it does nothing. */
  abort(): Promise<void>;
}

/** Bytes of float32 that are gathered before they are written as one row group or batch. */
const GROUP_BYTES = 2 ** 24;
const GROUP_ROWS = 10_000;
/** UTF-16 units of column values after which a group is written early, however few rows it has. */
const GROUP_TEXT = 2 ** 24;

/**
 * Opens a writer whose format is the ending of `path`: `.parquet`, `.arrow`, `.npy` (with a `.jsonl` of the other
 * columns beside it) or `.jsonl`. Memory is bounded by one group of rows.
 *
 * @throws HeadstartError E_OUTPUT_ENDING, E_OUTPUT_EXISTS, E_OUTPUT_WRITE; E_COLUMN_AMBIGUOUS for a column named
 *   `vector` (with int8 also `scale`) or two of one name
 */
export async function openVectorWriter(path: string, options: VectorWriterOptions): Promise<VectorWriter> {
  const { width, columns, store = "fp32", metadata = {}, force = false } = options;
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`A vector has at least one number, not ${width}`);
  const format = vectorFormat(path, "write");
  checkColumns(path, columns, store);
  for (const file of format === "npy" ? [companionPath(path), path] : [path]) await refuseExisting(file, force);
  await checkOutputFolder(path);
  const sink = await openSink(path, { format, files: options.files, shape: { width, columns, store, metadata } });
  return new GroupingWriter(path, { ...options, sink });
}

interface SinkParts {
  readonly format: ReturnType<typeof vectorFormat>;
  readonly shape: VectorShape;
  readonly files: FileSystem | undefined;
}

async function openSink(path: string, { format, shape, files }: SinkParts): Promise<VectorSink> {
  const file = await openPending(path, files);
  switch (format) {
    case "parquet":
      return parquetSink(file, shape);
    case "arrow":
      return arrowSink(file, shape);
    case "jsonl":
      return jsonlSink(file, shape);
    case "npy":
      return openNpySink(file, shape, files);
    default:
      return unreachable(format);
  }
}

async function openNpySink(file: PendingFile, shape: VectorShape, files: FileSystem | undefined): Promise<VectorSink> {
  const opened = [file];
  try {
    const companion = await openPending(companionPath(file.path), files);
    opened.push(companion);
    return await npySink(file, shape, { companion });
  } catch (error) {
    for (const pending of opened) await pending.discard();
    throw error;
  }
}

function checkColumns(path: string, columns: readonly string[], store: StoreKind): void {
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

class GroupingWriter implements VectorWriter {
  readonly #path: string;
  readonly #options: VectorWriterOptions & { readonly sink: VectorSink };
  readonly #buffer: Float32Array;
  readonly #groupRows: number;
  readonly #meter = cosineMeter();
  #values: (readonly (string | null)[])[] = [];
  #text = 0;
  #rows = 0;
  #state: "open" | "committed" | "aborted" = "open";

  constructor(path: string, options: VectorWriterOptions & { readonly sink: VectorSink }) {
    this.#path = path;
    this.#options = options;
    this.#groupRows = Math.max(1, Math.min(GROUP_ROWS, Math.floor(GROUP_BYTES / (4 * options.width))));
    this.#buffer = new Float32Array(this.#groupRows * options.width);
  }

  async write(vectors: Matrix, values: RowValues): Promise<void> {
    this.#checkShapes(vectors, values);
    try {
      this.#checkNumbers(vectors);
      for (let r = 0; r < vectors.rows; r++) {
        const { width } = this.#options;
        this.#buffer.set(vectors.data.subarray(r * width, (r + 1) * width), this.#values.length * width);
        this.#values.push(values[r]);
        for (const value of values[r]) this.#text += value?.length ?? 0;
        this.#rows++;
        if (this.#values.length === this.#groupRows || this.#text >= GROUP_TEXT) await this.#flush();
      }
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async commit(): Promise<WrittenVectors> {
    if (this.#state !== "open") throw new Error(`The writer of ${this.#path} is already ${this.#state}`);
    const { sink, force = false, files } = this.#options;
    try {
      await this.#flush();
      await sink.finish();
      await commitTogether(sink.pending, { force, ...(files && { files }) });
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#state = "committed";
    const bytes = sink.pending.reduce((sum, file) => sum + file.bytes, 0);
    const storeCosine = this.#meter.result();
    return {
      rows: this.#rows,
      bytes,
      files: sink.pending.map(({ path }) => path),
      ...(storeCosine && { storeCosine }),
    };
  }

  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    for (const file of this.#options.sink.pending) await file.discard();
  }

  async #flush(): Promise<void> {
    const rows = this.#values.length;
    if (rows === 0) return;
    const { width, store = "fp32", sink } = this.#options;
    const given = matrix(rows, width, this.#buffer.subarray(0, rows * width));
    const vectors = storeVectors(given, store);
    if (store !== "fp32") this.#meter.add(given, vectors);
    await sink.append({ rows, vectors, values: this.#values });
    this.#values = [];
    this.#text = 0;
  }

  #checkShapes(vectors: Matrix, values: RowValues): void {
    const { width, columns } = this.#options;
    if (this.#state !== "open") throw new Error(`The writer of ${this.#path} is already ${this.#state}`);
    if (vectors.cols !== width) throw new RangeError(`Vectors of width ${vectors.cols} where ${width} was announced`);
    if (values.length !== vectors.rows)
      throw new RangeError(`${values.length} rows of values, ${vectors.rows} vectors`);
    const odd = values.find((row) => row.length !== columns.length);
    if (odd !== undefined)
      throw new RangeError(`A row of ${odd.length} values where there are ${columns.length} columns`);
  }

  #checkNumbers({ cols, data }: Matrix): void {
    const half = this.#options.store === "fp16";
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i]) && (!half || fitsHalf(data[i]))) continue;
      const row = this.#rows + Math.floor(i / cols) + 1;
      const found = Number.isFinite(data[i])
        ? `${data[i]}, more than half precision can hold. Give --store fp32`
        : `${data[i]}, which is no finite number. Leave the row out or take another encoder`;
      throw new HeadstartError("E_NOT_FINITE", `Cannot write ${this.#path}: the vector of row ${row} has ${found}`, {
        file: this.#path,
      });
    }
  }
}
