/** Rows of float32 numbers with their shape. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** Row-major: element (r, c) is at `data[r * cols + c]`; its length is `rows * cols`. */
  readonly data: Float32Array;
}

/**
 * A matrix over `data` (not copied), or over fresh zeros.
 *
 * @throws RangeError when `data` has another length than `rows * cols`
 * @example
 * const { rows, cols, data } = matrix(2, 3);
 * console.log(rows, cols, data.length); // 2 3 6
 */
export function matrix(rows: number, cols: number, data: Float32Array = new Float32Array(rows * cols)): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`A matrix of ${rows} x ${cols} needs ${rows * cols} numbers, not ${data.length}`);
  }
  return { rows, cols, data };
}

/** Row `r` as a view, not a copy. */
export const row = (m: Matrix, r: number): Float32Array => m.data.subarray(r * m.cols, (r + 1) * m.cols);

/** The rows at `indices`, in that order, as a fresh matrix. */
export function takeRows(m: Matrix, indices: ArrayLike<number>): Matrix {
  const data = new Float32Array(indices.length * m.cols);
  for (let i = 0; i < indices.length; i++) data.set(row(m, indices[i]), i * m.cols);
  return matrix(indices.length, m.cols, data);
}

/** All rows of `parts`, one after the other, as a fresh matrix of `cols` columns. */
export function stackRows(cols: number, parts: readonly Matrix[]): Matrix {
  const result = matrix(
    parts.reduce((sum, part) => sum + part.rows, 0),
    cols,
  );
  let at = 0;
  for (const part of parts) {
    if (part.cols !== cols) throw new RangeError(`Cannot stack rows of width ${part.cols} and ${cols}`);
    result.data.set(part.data, at);
    at += part.data.length;
  }
  return result;
}

/**
 * Cosine of the angle between two vectors, summed in float64; 0 where one of them is zero.
 *
 * @example
 * console.log(cosine([1, 0], [1, 1]).toFixed(3)); // 0.707
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}
