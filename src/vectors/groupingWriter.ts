import { HeadstartError } from "../errors.js";
import { matrix } from "../math/matrix.js";
import type { Matrix } from "../math/matrix.js";
import { cosineMeter, fitsHalf, storeVectors } from "./storedVectors.js";
import type { StoreCosine, StoreKind } from "./storedVectors.js";
import type { RowsJson, RowValues, VectorShape, VectorSink } from "./sink.js";

export interface WrittenVectors {
  readonly rows: number;
  /** Of all files together. */
  readonly bytes: number;
  /** As the user sees them; for npy the companion first. */
  readonly files: readonly string[];
  /** How near the stored vectors are to those given; absent for fp32, which keeps every bit, and for no rows. */
  readonly storeCosine?: StoreCosine | undefined;
}

/** Writes vectors with the columns they came with; nothing is visible under the final name before `commit`. */
export interface VectorWriter {
  /**
   * Adds rows in order; how they are spread over calls does not show in the file. One call at a time. After an error
   * the writer is aborted.
   *
   * @param vectors [rows, width]; copied
   * @param values  one row of column values for each vector; null is a missing value
   * @param json    of values that are no strings, for the formats that keep types row by row
   * @throws HeadstartError E_NOT_FINITE naming the row, E_OUTPUT_WRITE
   * @throws RangeError when the shapes do not fit
   */
  write(vectors: Matrix, values: RowValues, json?: RowsJson): Promise<void>;
  /** Completes the files and gives them their names. @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE */
  commit(): Promise<WrittenVectors>;
  /** Removes everything written so far; after `commit` it does nothing. */
  abort(): Promise<void>;
}

/** Bytes of float32 that are gathered before they are written as one row group or batch, which readers like large. */
const GROUP_BYTES = 2 ** 24;
/** The same for files that have no groups. */
const PIECE_BYTES = 2 ** 21;
const GROUP_ROWS = 10_000;
/** UTF-16 units of column values after which a group is written early, however few rows it has. */
const GROUP_TEXT = 2 ** 24;

/** What a `GroupingWriter` writes to, and how that ends. */
interface GroupTarget {
  /** Named in messages. */
  readonly path: string;
  readonly shape: VectorShape;
  readonly sink: VectorSink;
  /** Whether each call of `write` passes its rows on, for a reader that waits for them. @default false */
  readonly prompt?: boolean | undefined;
  /** Whether the file shows which rows came together. @default true */
  readonly hasGroups?: boolean | undefined;
  /** Makes what the sink wrote final. */
  commit(): Promise<Pick<WrittenVectors, "bytes" | "files">>;
  /** Removes what the sink wrote. */
  discard(): Promise<void>;
}

/** Gathers rows into groups, checks and rounds their numbers, and hands the groups to a sink. */
export class GroupingWriter implements VectorWriter {
  readonly #target: GroupTarget;
  readonly #buffer: Float32Array;
  readonly #groupRows: number;
  readonly #meter = cosineMeter();
  #values: (readonly (string | null)[])[] = [];
  #json: RowsJson[number][] = [];
  #text = 0;
  #rows = 0;
  #state: "open" | "committed" | "aborted" = "open";

  constructor(target: GroupTarget) {
    const { width } = target.shape;
    this.#target = target;
    const bytes = target.hasGroups === false ? PIECE_BYTES : GROUP_BYTES;
    this.#groupRows = Math.max(1, Math.min(GROUP_ROWS, Math.floor(bytes / (4 * width))));
    this.#buffer = new Float32Array(this.#groupRows * width);
  }

  async write(vectors: Matrix, values: RowValues, json: RowsJson = []): Promise<void> {
    this.#checkShapes(vectors, values);
    try {
      checkNumbers(vectors, { path: this.#target.path, store: this.#target.shape.store, before: this.#rows });
      for (let r = 0; r < vectors.rows; r++) {
        const { width } = this.#target.shape;
        this.#buffer.set(vectors.data.subarray(r * width, (r + 1) * width), this.#values.length * width);
        this.#values.push(values[r]);
        this.#json.push(json[r]);
        for (const value of values[r]) this.#text += value?.length ?? 0;
        this.#rows++;
        if (this.#values.length === this.#groupRows || this.#text >= GROUP_TEXT) await this.#flush();
      }
      if (this.#target.prompt === true) await this.#flush();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async commit(): Promise<WrittenVectors> {
    this.#checkOpen();
    let final: Awaited<ReturnType<GroupTarget["commit"]>>;
    try {
      await this.#flush();
      await this.#target.sink.finish();
      final = await this.#target.commit();
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#state = "committed";
    const storeCosine = this.#meter.result();
    return { rows: this.#rows, ...final, ...(storeCosine && { storeCosine }) };
  }

  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    await this.#target.discard();
  }

  async #flush(): Promise<void> {
    const rows = this.#values.length;
    if (rows === 0) return;
    const { sink, shape } = this.#target;
    const { width, store } = shape;
    const given = matrix(rows, width, this.#buffer.subarray(0, rows * width));
    const vectors = storeVectors(given, store);
    if (store !== "fp32") this.#meter.add(given, vectors);
    await sink.append({ rows, vectors, values: this.#values, json: this.#json });
    this.#values = [];
    this.#json = [];
    this.#text = 0;
  }

  #checkOpen(): void {
    if (this.#state !== "open") throw new Error(`The writer of ${this.#target.path} is already ${this.#state}`);
  }

  #checkShapes(vectors: Matrix, values: RowValues): void {
    const { width, columns } = this.#target.shape;
    this.#checkOpen();
    if (vectors.cols !== width) throw new RangeError(`Vectors of width ${vectors.cols} where ${width} was announced`);
    if (values.length !== vectors.rows)
      throw new RangeError(`${values.length} rows of values, ${vectors.rows} vectors`);
    const odd = values.find((row) => row.length !== columns.length);
    if (odd !== undefined)
      throw new RangeError(`A row of ${odd.length} values where there are ${columns.length} columns`);
  }
}

/** @throws HeadstartError E_NOT_FINITE naming the row, of which `before` came earlier */
export function checkNumbers(
  { cols, data }: Matrix,
  { path, store, before }: { readonly path: string; readonly store: StoreKind; readonly before: number },
): void {
  const half = store === "fp16";
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i]) && (!half || fitsHalf(data[i]))) continue;
    const row = before + Math.floor(i / cols) + 1;
    const found = Number.isFinite(data[i])
      ? `${data[i]}, more than half precision can hold. Give --store fp32`
      : `${data[i]}, which is no finite number. Leave the row out or take another encoder`;
    throw new HeadstartError("E_NOT_FINITE", `Cannot write ${path}: the vector of row ${row} has ${found}`, {
      file: path,
    });
  }
}
