import { firstOfEachText } from "../../dataset/duplicates.js";
import { takeRows, type Matrix } from "../../math/matrix.js";
import { seeded, shuffled } from "../../math/random.js";
import { hScore } from "./hScore.js";
import { logMe } from "./logMe.js";
import { neighborScore } from "./neighborScore.js";

/** Measures of labeled vectors that need no training; the higher the better, among vectors of the same rows. */
export interface VectorMeasures {
  /** Logarithm of the evidence of a linear model, a row. */
  readonly logMe: number;
  /** How much of the vectors' variance lies between the labels. */
  readonly hScore: number;
  /** Accuracy of the label of the nearest other row: the baseline that the two others have to beat. */
  readonly neighbors: number;
}

/** Every pair of rows is compared. */
const MOST_ROWS = 2000;

/** Rows that measures are taken of: each text once, which is no neighbor of itself, and 2,000 at most. */
export function rowsToMeasure(texts: readonly string[], seed: number): Int32Array {
  const firsts = firstOfEachText(texts);
  if (firsts.length <= MOST_ROWS) return firsts;
  const drawn = shuffled(firsts.length, seeded(seed)).subarray(0, MOST_ROWS);
  return Int32Array.from(drawn, (at) => firsts[at]).sort();
}

/** @param y  label of each row of `vectors`, `0..classes - 1` */
export function vectorMeasures(
  vectors: Matrix,
  y: Int32Array,
  { classes, rows }: { readonly classes: number; readonly rows: Int32Array },
): VectorMeasures {
  const x = takeRows(vectors, rows);
  const own = Int32Array.from(rows, (r) => y[r]);
  return { logMe: logMe(x, own, classes), hScore: hScore(x, own, classes), neighbors: neighborScore(x, own) };
}
