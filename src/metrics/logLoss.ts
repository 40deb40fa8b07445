/** -log p(true label) of every row of probabilities `[rows, classes]`; a probability of 0 counts as 1e-15. */
export function logLosses(probabilities: Float64Array, y: Int32Array, classes: number): Float64Array {
  return Float64Array.from(y, (label, r) => -Math.log(Math.max(probabilities[r * classes + label], 1e-15)));
}
