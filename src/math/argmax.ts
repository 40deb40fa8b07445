/**
 * The most probable label of every row of probabilities `[rows, classes]`, as an index; on a tie the first.
 *
 * @example
 * console.log([...argmax(Float64Array.of(0.2, 0.8, 0.6, 0.4), 2)]); // [ 1, 0 ]
 */
export function argmax(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, r) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[r * classes + k] > probabilities[r * classes + best]) best = k;
    }
    return best;
  });
}
