import { matrix, takeRows, type Matrix } from "../../math/matrix.js";
import { normalizeInto, lengthOf } from "../../math/pooling.js";
import { hScore } from "./hScore.js";
import { leep } from "./leep.js";
import { logMe } from "./logMe.js";

/** How well a head that was trained on a source goes together with the labels of a target; the higher the better. */
export interface SourceMeasures {
  /** Mean logarithm of the probability of the labels, each guessed from the head's outputs. */
  readonly leep: number;
  /** Logarithm of the evidence of a linear model from the head's outputs to the labels, a row. */
  readonly logMe: number;
  /** How much of the variance of the head's outputs lies between the labels. */
  readonly hScore: number;
}

/**
 * @param outputs  probabilities of the source head on the target's rows, `[rows, outputs]`
 * @param y        label of each row, `0..classes - 1`; need not be the head's labels
 */
export function sourceMeasures(outputs: Float64Array, y: Int32Array, classes: number): SourceMeasures {
  const x = matrix(y.length, outputs.length / y.length, Float32Array.from(outputs));
  return { leep: leep(outputs, y, classes), logMe: logMe(x, y, classes), hScore: hScore(x, y, classes) };
}

/** Rows of a labeled set, a label being a number. */
export interface NumberedRows {
  readonly vectors: Matrix;
  readonly y: Int32Array;
}

/** Accuracy on the target of the label of the nearest source row by cosine: the baseline of every other measure. */
export function nearestSourceLabel(source: NumberedRows, target: NumberedRows): number {
  const [known, asked] = [unitRows(source.vectors), unitRows(target.vectors)];
  const { cols } = known;
  let right = 0;
  for (let t = 0; t < asked.rows; t++) {
    let [best, nearest] = [-Infinity, -1];
    for (let s = 0; s < known.rows; s++) {
      let dot = 0;
      for (let c = 0; c < cols; c++) dot += known.data[s * cols + c] * asked.data[t * cols + c];
      if (dot > best) [best, nearest] = [dot, s];
    }
    if (nearest >= 0 && source.y[nearest] === target.y[t]) right++;
  }
  return asked.rows === 0 ? 0 : right / asked.rows;
}

/** The rows with length 1, but for zeros. */
function unitRows(vectors: Matrix): Matrix {
  const unit = takeRows(
    vectors,
    Int32Array.from({ length: vectors.rows }, (_, r) => r),
  );
  for (let r = 0; r < unit.rows; r++) {
    const own = unit.data.subarray(r * unit.cols, (r + 1) * unit.cols);
    normalizeInto(own, lengthOf(own));
  }
  return unit;
}
