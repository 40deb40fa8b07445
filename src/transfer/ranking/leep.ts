/**
 * LEEP: mean logarithm of the probability of the target's labels when each is guessed from the source head's outputs through how
 * they go together on the target. At most 0; the higher the better.
 *
 * @param probabilities  of the source head on the target's rows, `[rows, outputs]`
 * @param y  label of each row, `0..classes - 1`; need not be the head's labels
 * @see Nguyen et al. 2020, LEEP: https://arxiv.org/abs/2002.12462
 */
export function leep(probabilities: Float64Array, y: Int32Array, classes: number): number {
  const outputs = probabilities.length / y.length;
  const together = new Float64Array(classes * outputs);
  const marginal = new Float64Array(outputs);
  probabilities.forEach((p, at) => {
    together[y[Math.floor(at / outputs)] * outputs + (at % outputs)] += p;
    marginal[at % outputs] += p;
  });
  let total = 0;
  y.forEach((label, r) => {
    let expected = 0;
    for (let z = 0; z < outputs; z++)
      if (marginal[z] > 0) expected += (together[label * outputs + z] / marginal[z]) * probabilities[r * outputs + z];
    total += Math.log(expected);
  });
  return total / y.length;
}
