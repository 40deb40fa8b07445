import { argmax } from "../math/argmax.js";

/** Bounds of a temperature; beyond them probabilities are all alike, or all 0 and 1. */
const COLDEST = 0.01;
const HOTTEST = 100;
/** Halvings of the interval of log temperatures; the last one is 9.2 / 2^50 wide. */
const HALVINGS = 50;
/** Logarithm that stands for a probability of 0: below that of the smallest number there is. */
const LOG_OF_ZERO = -745;

/**
 * Probabilities `[rows, classes]` after dividing the logits by `temperature`: above 1 they become more even, below 1 more
 * extreme. The most probable label of a row stays the most probable, ties included, and rows still sum to 1.
 *
 * Logits are not needed: up to a constant they are the logarithms of the probabilities.
 *
 * @throws RangeError when the temperature is not a finite number above 0
 * @see Guo et al. 2017, section 4.2: https://arxiv.org/abs/1706.04599
 * @example
 * console.log([...applyTemperature(Float64Array.of(0.2, 0.8), 2, 1)]); // [ 0.2, 0.8 ]
 */
export function applyTemperature(probabilities: Float64Array, classes: number, temperature: number): Float64Array {
  if (!(temperature > 0 && temperature < Infinity)) throw new RangeError(`temperature ${temperature} is not above 0`);
  if (temperature === 1) return probabilities.slice();
  const result = new Float64Array(probabilities.length);
  const tops = argmax(probabilities, classes);
  tops.forEach((top, r) => {
    const start = r * classes;
    const highest = Math.log(probabilities[start + top]);
    let sum = 0;
    for (let c = start; c < start + classes; c++) {
      sum += result[c] = Math.exp((Math.log(probabilities[c]) - highest) / temperature);
    }
    for (let c = start; c < start + classes; c++) result[c] /= sum;
    // Rounding may have made an earlier label as likely as the top one.
    if (result.subarray(start, start + top).includes(result[start + top])) result[start + top] *= 1 + 2 ** -52;
  });
  return result;
}

/**
 * The temperature under which the true labels are most probable: the log loss is convex in its reciprocal, so halving
 * an interval of log temperatures by the sign of the derivative finds the one minimum.
 *
 * One more row of evenly spread truth is counted beside the rows (Platt's correction): a few rows that are all right
 * would otherwise make the head certain of everything. Without rows, or where all probabilities are alike, it is 1.
 *
 * @param probabilities  `[rows, classes]`
 * @param y              true label of every row
 * @param shift          added to the scaled logits, for each label (see priorShift.ts); none by default
 * @see Guo et al. 2017, section 4.2; Platt 1999, section 2.2
 * @example
 * const probabilities = Float64Array.of(0.99, 0.01, 0.99, 0.01, 0.01, 0.99);
 * console.log(fitTemperature(probabilities, Int32Array.of(0, 1, 1), 2) > 1); // true
 */
export function fitTemperature(
  probabilities: Float64Array,
  y: Int32Array,
  classes: number,
  shift: Float64Array = new Float64Array(classes),
): number {
  const logs = probabilities.map((p) => Math.max(Math.log(p), LOG_OF_ZERO));
  let truth = 0; // mean log probability of the true labels, the even row counted
  for (let r = 0; r < y.length; r++) {
    const own = logs.subarray(r * classes, (r + 1) * classes);
    truth += own[y[r]] + own.reduce((sum, log) => sum + log, 0) / classes / y.length;
  }
  const slope = (inverse: number): number =>
    (1 + 1 / y.length) * expectedLogs(logs, { classes, inverse, shift }) - truth;
  if (y.length === 0 || slope(1) === 0) return 1;
  let [low, high] = [Math.log(COLDEST), Math.log(HOTTEST)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    // A positive slope asks for a smaller reciprocal, a higher temperature.
    if (slope(Math.exp(-middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Sum over the rows of the log probabilities as they are expected under the scaled probabilities. */
function expectedLogs(
  logs: Float64Array,
  { classes, inverse, shift }: { readonly classes: number; readonly inverse: number; readonly shift: Float64Array },
): number {
  let total = 0;
  for (let start = 0; start < logs.length; start += classes) {
    let top = -Infinity;
    for (let c = 0; c < classes; c++) top = Math.max(top, logs[start + c] * inverse + shift[c]);
    let [sum, weighted] = [0, 0];
    for (let c = start; c < start + classes; c++) {
      const weight = Math.exp(logs[c] * inverse + shift[c - start] - top);
      sum += weight;
      weighted += weight * logs[c];
    }
    total += weighted / sum;
  }
  return total;
}
