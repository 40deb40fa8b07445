import type { ColumnType } from "../formats/columnType.js";
import type { StoredVectors, StoreKind } from "./storedVectors.js";

/** Values of the columns that travel with the vectors, one row each; null is a missing value. */
export type RowValues = readonly (readonly (string | null)[])[];

/** For each row, JSON of those of its values that are no strings, where there are any. */
export type RowsJson = readonly (readonly (string | undefined)[] | undefined)[];

/** What a file of vectors consists of, whatever its format. */
export interface VectorShape {
  /** Numbers in a vector, at least 1. */
  readonly width: number;
  /** Names of the columns that travel along, all different. */
  readonly columns: readonly string[];
  /** What the values of each column are, for the formats that keep the types of columns; text where it is left out. */
  readonly types?: readonly (ColumnType | undefined)[] | undefined;
  readonly store: StoreKind;
  /** Goes into the file where the format has a place for it (Parquet and Arrow). */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Some rows on their way to a file. */
export interface VectorGroup {
  readonly rows: number;
  readonly vectors: StoredVectors;
  readonly values: RowValues;
  readonly json: RowsJson;
}

/** Where a sink writes to: a file, or a pipe. */
export interface ByteTarget {
  /** Appends bytes, or text as UTF-8; resolves when more can be taken. */
  write(content: Uint8Array | string): Promise<void>;
}

/** Writes one format; the group is not kept after `append` returns. */
export interface VectorSink {
  append(group: VectorGroup): Promise<void>;
  /** Writes what comes after the last row. */
  finish(): Promise<void>;
}

/** What a file of vectors held, restored to float32 and to strings. */
export interface VectorTable {
  /** Row-major, one row after the other. */
  readonly data: Float32Array;
  readonly width: number;
  readonly columns: readonly string[];
  readonly values: RowValues;
  readonly metadata: Readonly<Record<string, string>>;
}
