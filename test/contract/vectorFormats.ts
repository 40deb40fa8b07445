/** The formats of vectors, what each can do, and files of them. */

import { matrix, type Matrix } from "../../src/math/matrix.js";
import { openVectorWriter, type VectorWriterOptions, type WrittenVectors } from "../../src/vectors/writer.js";
import { COLUMNS, sampleValues, sampleVectors } from "../unit/vectors/sample.js";

export interface Format {
  readonly ending: "parquet" | "arrow" | "npy" | "jsonl";
  /** Endings of the files that hold it, in the order of writing them. */
  readonly endings: readonly string[];
  /** Notices any byte that changed. */
  readonly hasChecksum: boolean;
  /** Keeps what is said of the file as a whole. */
  readonly hasMetadata: boolean;
  /** What is known of a table of no rows: its width, its columns. */
  readonly ofNoRows: { readonly width: boolean; readonly columns: boolean };
  /** Where each row is a line of JSON, in which values keep their types: the ending of that file. */
  readonly lines: string | undefined;
}

export const FORMATS: readonly Format[] = [
  {
    ending: "parquet",
    endings: ["parquet"],
    hasChecksum: true,
    hasMetadata: true,
    ofNoRows: { width: false, columns: true },
    lines: undefined,
  },
  {
    ending: "arrow",
    endings: ["arrow"],
    hasChecksum: true,
    hasMetadata: true,
    ofNoRows: { width: true, columns: true },
    lines: undefined,
  },
  {
    ending: "npy",
    endings: ["jsonl", "npy"],
    hasChecksum: false,
    hasMetadata: false,
    ofNoRows: { width: true, columns: false },
    lines: "jsonl",
  },
  {
    ending: "jsonl",
    endings: ["jsonl"],
    hasChecksum: false,
    hasMetadata: false,
    ofNoRows: { width: false, columns: false },
    lines: "jsonl",
  },
];

export const STORES = ["fp32", "fp16", "int8"] as const;

export interface Written {
  readonly vectors: Matrix;
  readonly values: readonly (readonly (string | null)[])[];
  readonly json?: readonly (readonly (string | undefined)[] | undefined)[];
  readonly columns?: readonly string[];
  readonly step?: number;
}

/** Writes all rows, `step` at a time. */
export async function writeAll(
  path: string,
  { vectors, values, json, columns = COLUMNS, step = 7 }: Written,
  options: Partial<VectorWriterOptions> = {},
): Promise<WrittenVectors> {
  const writer = await openVectorWriter(path, { width: vectors.cols, columns, ...options });
  for (let start = 0; start < vectors.rows; start += step) {
    const end = Math.min(vectors.rows, start + step);
    const part = vectors.data.subarray(start * vectors.cols, end * vectors.cols);
    await writer.write(matrix(end - start, vectors.cols, part), values.slice(start, end), json?.slice(start, end));
  }
  return writer.commit();
}

export const sample = (rows: number, width: number): Written => ({
  vectors: sampleVectors(rows, width),
  values: sampleValues(rows),
});
