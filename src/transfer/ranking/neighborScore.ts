import { cosine, row, type Matrix } from "../../math/matrix.js";

/**
 * Accuracy of the label of the nearest other row by cosine: the baseline that a score of transferability has to beat.
 *
 * @param y  label of each row
 */
export function neighborScore(x: Matrix, y: Int32Array): number {
  const nearest = new Int32Array(x.rows).fill(-1);
  const best = new Float64Array(x.rows).fill(-Infinity);
  for (let a = 0; a < x.rows; a++) {
    for (let b = 0; b < a; b++) {
      const alike = cosine(row(x, a), row(x, b));
      if (alike > best[a]) [best[a], nearest[a]] = [alike, b];
      if (alike > best[b]) [best[b], nearest[b]] = [alike, a];
    }
  }
  return nearest.filter((other, r) => other >= 0 && y[other] === y[r]).length / x.rows;
}
