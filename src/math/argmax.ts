/** The most probable label of every row, as an index; on a tie the first. */
export function argmax(probabilities: Float64Array, labels: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / labels }, (_, r) => {
    let best = 0;
    for (let k = 1; k < labels; k++) {
      if (probabilities[r * labels + k] > probabilities[r * labels + best]) best = k;
    }
    return best;
  });
}
