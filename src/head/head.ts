import { HeadstartError, unreachable } from "../errors.js";
import { row, type Matrix } from "../math/matrix.js";
import { sigmoid, softmax } from "../math/softmax.js";
import { refuseNonFinite, type Standardizer } from "./standardize.js";
import { temper } from "./temperature.js";

export { likeliest } from "./likeliest.js";

/** A linear model on standardised vectors. */
export interface LogisticHead {
  readonly kind: "logistic";
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  readonly standardizer: Standardizer;
  /** `[k, width]`: k is the number of labels, or 1 for two labels (the logit of the second). */
  readonly weights: Matrix;
  /** `[k]` */
  readonly bias: Float32Array;
}

/** What dev rows taught a head about its own certainty. */
export interface Tempered {
  /** Divides the logits, so that probabilities can be taken at their word; changes no answer. @default 1 */
  readonly temperature?: number;
}

/** What was trained on top of the encoder. */
export type Head = LogisticHead & Tempered;

export const headWidth = (head: Head): number => head.weights.cols;

/**
 * Probabilities of every label for every row, `[rows, labels]`, each row summing to 1.
 *
 * A row's result does not depend on the other rows, bit for bit.
 *
 * @throws HeadstartError E_SHAPE when the rows are not as wide as those that the head was trained on; E_NOT_FINITE naming
 *   the first number that is none
 */
export function predictProbabilities(head: Head, x: Matrix): Float64Array {
  if (x.cols !== headWidth(head)) {
    throw new HeadstartError(
      "E_SHAPE",
      `The head takes vectors of ${headWidth(head)} numbers, not ${x.cols}. Use the encoder that it was trained with`,
    );
  }
  refuseNonFinite(x, "Cannot answer for these vectors");
  return temper(untempered(head, x), head.labels.length, head.temperature ?? 1);
}

function untempered(head: Head, x: Matrix): Float64Array {
  switch (head.kind) {
    case "logistic":
      return logisticProbabilities(head, x);
    default:
      return unreachable(head.kind);
  }
}

function logisticProbabilities(head: LogisticHead, x: Matrix): Float64Array {
  const { labels, weights, bias, standardizer } = head;
  const result = new Float64Array(x.rows * labels.length);
  const logits = new Float64Array(bias.length);
  for (let r = 0; r < x.rows; r++) {
    const values = row(x, r);
    for (let k = 0; k < bias.length; k++) {
      let sum = bias[k];
      for (let d = 0, at = k * x.cols; d < x.cols; d++, at++) {
        sum += (values[d] - standardizer.mean[d]) * standardizer.factor[d] * weights.data[at];
      }
      logits[k] = sum;
    }
    result.set(labelProbabilities(logits, labels.length), r * labels.length);
  }
  return result;
}

/** From logits of one row: softmax, or for a single logit the two probabilities. */
export function labelProbabilities(logits: Float64Array, labels: number): Float64Array {
  if (labels !== 2 || logits.length !== 1) return softmax(logits, 0, labels);
  const p = sigmoid(logits[0]);
  return Float64Array.of(1 - p, p);
}
