import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Matrix } from "../math/matrix.js";
import { matrix } from "../math/matrix.js";
import { ignoringFailure, nodeFiles, removeLeftovers } from "../files/commit.js";
import { PRIVATE_FOLDER } from "../files/fileSystem.js";
import type { StoreKind } from "./storedVectors.js";
import { tempPath } from "../files/tempName.js";
import type { RowValues } from "./sink.js";
import type { VectorFormat } from "./format.js";
import { openVectorWriter } from "./writer.js";
import { writing } from "../files/writeError.js";

/** Bytes of an output in each format; npy with the JSON lines beside it. */
export type OutputBytes = Readonly<Record<VectorFormat, number>>;

interface OutputSample {
  /** [rows of the sample, width] */
  readonly vectors: Matrix;
  /** A row of column values for each vector. */
  readonly values: RowValues;
  readonly columns: readonly string[];
  readonly store: StoreKind;
  /** Rows that the output will have. */
  readonly rows: number;
}

const folderOfSamples = (): string => join(tmpdir(), "headstart-sizes");

/** Removes the samples that runs which were killed left in the system's folder for temporary files, where it can. */
export const sweepSamples = (): Promise<void> => ignoringFailure(removeLeftovers(folderOfSamples(), nodeFiles));

/**
 * How large an output will be, by writing the sample, and half of it, to a temporary folder: what a row takes is the
 * difference, what it takes without rows the rest. Exact when the sample is the whole.
 *
 * @throws HeadstartError E_OUTPUT_WRITE
 */
export async function outputBytes(sample: OutputSample): Promise<OutputBytes> {
  const folder = tempPath(folderOfSamples());
  try {
    // Everyone may look into the system's folder, and the sample holds texts.
    await writing(folder, () => nodeFiles.mkdir(folder, PRIVATE_FOLDER));
    const sizes: [VectorFormat, number][] = [];
    for (const format of ["parquet", "arrow", "npy", "jsonl"] as const) {
      sizes.push([format, await forecast(sample, join(folder, `sample.${format}`))]);
    }
    return Object.fromEntries(sizes) as OutputBytes;
  } finally {
    await nodeFiles.removeFolder(folder);
  }
}

async function forecast(sample: OutputSample, path: string): Promise<number> {
  const count = sample.values.length;
  const whole = await written(sample, { path, count });
  if (count === sample.rows) return whole;
  const half = Math.floor(count / 2);
  const aRow = (whole - (await written(sample, { path, count: half }))) / (count - half);
  return Math.round(whole + aRow * (sample.rows - count));
}

/** Bytes of the first `count` rows. */
async function written(
  { vectors, values, columns, store }: OutputSample,
  { path, count }: { readonly path: string; readonly count: number },
): Promise<number> {
  const { cols, data } = vectors;
  const writer = await openVectorWriter(path, { width: cols, columns, store, force: true });
  await writer.write(matrix(count, cols, data.subarray(0, count * cols)), values.slice(0, count));
  return (await writer.commit()).bytes;
}
