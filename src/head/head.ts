import { HeadstartError, unreachable } from "../errors.js";
import { row, type Matrix } from "../math/matrix.js";
import { sigmoid, softmax } from "../math/softmax.js";
import { activated, type Activation } from "./mlpGraph.js";
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

/** A multi-layer perceptron on standardised vectors, with one logit a label. */
export interface MlpHead {
  readonly kind: "mlp";
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  readonly standardizer: Standardizer;
  /** Between layers, not after the last. */
  readonly activation: Activation;
  readonly layers: readonly DenseLayer[];
}

export interface DenseLayer {
  /** `[inputs, outputs]` */
  readonly weights: Matrix;
  /** `[outputs]` */
  readonly bias: Float32Array;
}

/** What was trained on top of the encoder. */
export type Head = (LogisticHead | MlpHead) & Tempered;

/** Numbers in the vectors that a head takes. */
export const headWidth = (head: Head): number => head.standardizer.mean.length;

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
    case "mlp":
      return mlpProbabilities(head, x);
    default:
      return unreachable(head);
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

function mlpProbabilities({ labels, layers, activation, standardizer }: MlpHead, x: Matrix): Float64Array {
  const result = new Float64Array(x.rows * labels.length);
  for (let r = 0; r < x.rows; r++) {
    let values: Float64Array = Float64Array.from(
      row(x, r),
      (v, d) => (v - standardizer.mean[d]) * standardizer.factor[d],
    );
    layers.forEach((layer, i) => {
      if (i > 0) values = values.map((z) => activated(activation, z));
      values = denseOutputs(layer, values);
    });
    result.set(softmax(values, 0, labels.length), r * labels.length);
  }
  return result;
}

function denseOutputs({ weights: { rows, cols, data }, bias }: DenseLayer, values: Float64Array): Float64Array {
  const sums = Float64Array.from(bias);
  for (let d = 0, at = 0; d < rows; d++) {
    const value = values[d];
    for (let j = 0; j < cols; j++, at++) sums[j] += value * data[at];
  }
  return sums;
}

/** From logits of one row: softmax, or for a single logit the two probabilities. */
export function labelProbabilities(logits: Float64Array, labels: number): Float64Array {
  if (labels !== 2 || logits.length !== 1) return softmax(logits, 0, labels);
  const p = sigmoid(logits[0]);
  return Float64Array.of(1 - p, p);
}
