/** The most probable label of every row, as an index; on a tie the first. */
export function argmax(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, r) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[r * classes + k] > probabilities[r * classes + best]) best = k;
    }
    return best;
  });
}
