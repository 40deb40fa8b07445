import { matrix, type Matrix } from "../../math/matrix.js";
import { principalAxes } from "../../math/pca.js";
import { openProducts } from "../../onnx/runtime/gemm.js";

/** Rows multiplied at once, in float64. */
const ROWS_AT_ONCE = 4096;

interface Reduced {
  /** `[rows, dims]`: each row less the mean, along the first `dims` principal axes. */
  readonly rows: Matrix;
  /** Share of the variance that is kept, 0 to 1. */
  readonly explained: number;
}

/** Principal component analysis: the rows in the `dims` directions in which they differ most. */
export async function reduceRows(
  rows: Matrix,
  dims: number,
  options: { readonly threads?: number | undefined } = {},
): Promise<Reduced> {
  const { cols } = rows;
  if (dims > cols) throw new RangeError(`Rows of ${cols} numbers have no ${dims} axes`);
  const mean = meanRow(rows);
  const sums = new Float64Array(cols * cols);
  await byChunks(rows, { mean, options }, async (products, chunk) => {
    const square = await products.backward(chunk.centered, cols);
    for (let i = 0; i < sums.length; i++) sums[i] += square[i];
  });
  const { axes, variances } = principalAxes(
    sums.map((sum) => sum / Math.max(1, rows.rows)),
    cols,
  );
  const reduced = matrix(rows.rows, dims);
  await byChunks(rows, { mean, options }, async (products, chunk) => {
    reduced.data.set(await products.forward(axes.subarray(0, dims * cols), dims), chunk.first * dims);
  });
  const total = variances.reduce((sum, v) => sum + v, 0);
  const kept = variances.subarray(0, dims).reduce((sum, v) => sum + v, 0);
  return { rows: reduced, explained: total === 0 ? 1 : kept / total };
}

function meanRow({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let at = 0; at < data.length; at++) mean[at % cols] += data[at];
  return mean.map((sum) => sum / Math.max(1, rows));
}

interface Chunk {
  /** Row of the whole that the chunk starts with. */
  readonly first: number;
  /** `[rows, cols]`, less the mean. */
  readonly centered: Float64Array;
}

async function byChunks(
  { rows, cols, data }: Matrix,
  { mean, options }: { readonly mean: Float64Array; readonly options: { readonly threads?: number | undefined } },
  work: (products: Awaited<ReturnType<typeof openProducts>>, chunk: Chunk) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - first);
    const centered = Float64Array.from({ length: count * cols }, (_, i) => data[first * cols + i] - mean[i % cols]);
    const products = await openProducts(centered, { rows: count, cols }, options);
    try {
      await work(products, { first, centered });
    } finally {
      await products.close();
    }
  }
}
