import { CholeskyDecomposition, Matrix as Square } from "ml-matrix";
import type { Matrix } from "../../math/matrix.js";

/** What the rows that a product takes look like: the sum of x x' over them, `[width, width]`, row-major. */
export type Moments = Float64Array;

/** Share of the mean of the diagonal that is added to it, so that it can be decomposed whatever the rows were. */
const DAMPING = 0.01;

/**
 * Whole numbers q of at most `most`, so that the products with `q * scale` are near those with the weights.
 *
 * Rounding each weight to the nearest leaves errors that add up; here each takes up what those before it left over, by
 * how their inputs go together. With H = L L' the moments, that is Babai's nearest plane for |L' (W - q scale)|, row by
 * row from the last: q_k = round((w_k + sum over j > k of L_jk / L_kk d_j) / scale), d_j = w_j - q_j scale.
 *
 * @param scale  of each column
 * @see Frantar et al. 2023 (GPTQ): https://arxiv.org/abs/2210.17323
 */
export function roundTogether(
  { rows, cols, data }: Matrix,
  { scale, moments, most }: { readonly scale: Float32Array; readonly moments: Moments; readonly most: number },
): Int8Array {
  const lower = lowerTriangle(moments, rows);
  const steps = new Int8Array(data.length);
  const left = new Float64Array(data.length);
  const wanted = new Float64Array(cols);
  for (let k = rows - 1; k >= 0; k--) {
    for (let c = 0; c < cols; c++) wanted[c] = data[k * cols + c];
    for (let j = k + 1; j < rows; j++) {
      const share = lower[j][k] / lower[k][k];
      for (let c = 0, at = j * cols; c < cols; c++, at++) wanted[c] += share * left[at];
    }
    for (let c = 0, at = k * cols; c < cols; c++, at++) {
      steps[at] = Math.max(-most, Math.min(most, Math.round(wanted[c] / scale[c])));
      left[at] = data[at] - steps[at] * scale[c];
    }
  }
  return steps;
}

function lowerTriangle(moments: Moments, size: number): number[][] {
  let diagonal = 0;
  for (let i = 0; i < size; i++) diagonal += moments[i * size + i] / size;
  const square = new Square(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) square.set(i, j, moments[i * size + j]);
    square.set(i, i, square.get(i, i) + DAMPING * diagonal + Number.MIN_VALUE);
  }
  return new CholeskyDecomposition(square).lowerTriangularMatrix.to2DArray();
}
