import { HeadstartError, unreachable } from "../errors.js";
import { row, type Matrix } from "../math/matrix.js";
import { sigmoid, softmax } from "../math/softmax.js";
import { logitCount } from "./linear/logisticLoss.js";
import { activated, type Activation } from "./mlp/activation.js";
import { refuseNonFinite, type Standardizer } from "./standardize.js";
import { shiftPrior } from "./priorShift.js";
import { applyTemperature } from "./temperature.js";

export { argmax } from "../math/argmax.js";

/** A linear model on standardized vectors. */
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

/** What makes a head's probabilities those of rows like the training rows. It changes no predicted label. */
export interface Calibrated {
  /** Divides the logits, so that probabilities are calibrated. @default 1 */
  readonly temperature?: number | undefined;
  /**
   * Of a head that was fitted with balanced class weights: added to the logits after that, so that probabilities count the
   * labels as often as they occur (see priorShift.ts). Which label is predicted is decided without it. @default none
   */
  readonly priorShift?: Float64Array | undefined;
}

/** An MLP on standardized vectors, with one logit a label. */
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
export type Head = (LogisticHead | MlpHead) & Calibrated;

/** Numbers in the vectors that a head takes. */
export const headWidth = (head: Head): number => head.standardizer.mean.length;

/**
 * Probabilities of every label for every row, `[rows, classes]`, each row summing to 1.
 *
 * A row's result does not depend on the other rows, bit for bit.
 *
 * @throws HeadstartError E_SHAPE when the rows are not as wide as those that the head was trained on; E_NOT_FINITE naming
 *   the first number that is none
 * @example
 * const probabilities = predictProbabilities(trained.head, dev.vectors);
 * console.log(probabilities.length === dev.vectors.rows * trained.head.labels.length); // true
 */
export function predictProbabilities(head: Head, x: Matrix): Float64Array {
  if (x.cols !== headWidth(head)) {
    throw new HeadstartError(
      "E_SHAPE",
      `The head takes vectors of ${headWidth(head)} numbers, not ${x.cols}. Use the encoder that it was trained with`,
    );
  }
  refuseNonFinite(x, "Cannot predict from these vectors");
  return calibrated(head, unscaled(head, x));
}

/** Probabilities `[rows, classes]` of a head without its calibration, calibrated. */
export function calibrated({ labels, temperature = 1, priorShift }: Head, probabilities: Float64Array): Float64Array {
  const scaled = applyTemperature(probabilities, labels.length, temperature);
  return priorShift === undefined ? scaled : shiftPrior(scaled, priorShift);
}

/**
 * What a row's label is decided by, `[rows, classes]`: the probabilities as they would be if all labels were equally frequent
 * where the head was fitted so, and otherwise the probabilities.
 */
export const decisionScores = ({ priorShift }: Pick<Head, "priorShift">, probabilities: Float64Array): Float64Array =>
  priorShift === undefined
    ? probabilities
    : shiftPrior(
        probabilities,
        priorShift.map((shift) => -shift),
      );

function unscaled(head: Head, x: Matrix): Float64Array {
  switch (head.kind) {
    case "logistic":
      return logitProbabilities(linearLogits(head, x), head.labels.length);
    case "mlp":
      return mlpProbabilities(head, x);
    default:
      return unreachable(head);
  }
}

/** Logits `[rows, k]` of a linear model, in float64; a row's do not depend on the other rows, bit for bit. */
export function linearLogits(
  { weights, bias, standardizer }: Pick<LogisticHead, "weights" | "bias" | "standardizer">,
  x: Matrix,
): Float64Array {
  const k = bias.length;
  const logits = new Float64Array(x.rows * k);
  for (let r = 0; r < x.rows; r++) {
    const values = standardized(row(x, r), standardizer);
    for (let c = 0; c < k; c++) {
      let sum = bias[c];
      for (let d = 0, at = c * x.cols; d < x.cols; d++, at++) sum += values[d] * weights.data[at];
      logits[r * k + c] = sum;
    }
  }
  return logits;
}

const standardized = (values: Float32Array, { mean, factor }: Standardizer): Float64Array =>
  Float64Array.from(values, (v, d) => (v - mean[d]) * factor[d]);

function mlpProbabilities({ labels, layers, activation, standardizer }: MlpHead, x: Matrix): Float64Array {
  const result = new Float64Array(x.rows * labels.length);
  for (let r = 0; r < x.rows; r++) {
    let values = standardized(row(x, r), standardizer);
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

/** Probabilities `[rows, classes]` of logits: a softmax of as many logits as labels, or from the one logit of two labels. */
export function logitProbabilities(logits: Float64Array, classes: number): Float64Array {
  const k = logitCount(classes);
  const result = new Float64Array((logits.length / k) * classes);
  for (let r = 0, at = 0; at < logits.length; r++, at += k) {
    result.set(k === 1 ? bothOf(sigmoid(logits[at])) : softmax(logits, at, classes), r * classes);
  }
  return result;
}

const bothOf = (second: number): readonly [first: number, second: number] => [1 - second, second];
