/** Gradients of those rows of a table that a batch touches. */
export interface RowGradients {
  /** Rows in the table. */
  readonly rows: Int32Array;
  /** `[rows, width]` */
  readonly data: Float32Array;
}

/**
 * Adds up, for every row of a table that words have, the gradients of these words.
 *
 * @param rowsOfWords  rows of every word in the table
 * @param gradients    `[words, width]`
 * @param size         rows of the table
 */
export function rowGradients(
  rowsOfWords: readonly Int32Array[],
  gradients: Float32Array,
  { size, width }: { readonly size: number; readonly width: number },
): RowGradients {
  const places = new Int32Array(size); // from 1 on, 0 for a row that no word has
  const touched: number[] = [];
  for (const rows of rowsOfWords) for (const row of rows) if (places[row] === 0) places[row] = touched.push(row);
  const data = new Float32Array(touched.length * width);
  for (let word = 0, from = 0; word < rowsOfWords.length; word++, from += width) {
    for (const row of rowsOfWords[word]) {
      const to = (places[row] - 1) * width;
      for (let u = 0; u < width; u++) data[to + u] += gradients[from + u];
    }
  }
  return { rows: Int32Array.from(touched), data };
}
