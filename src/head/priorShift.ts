/**
 * What turns the probabilities of a model that was fitted with balanced class weights, to which all labels are equally
 * frequent, into those of rows like the training rows: the logarithm of each label's share, times the number of labels.
 *
 * @param counts  rows of each label, all above 0
 * @see Saerens, Latinne & Decaestecker 2002, equation 2.4; King & Zeng 2001 (prior correction)
 */
export function balancedShift(counts: readonly number[]): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => Math.log((counts.length * count) / total));
}

/** Probabilities `[rows, classes]` whose logarithms are shifted by `shift` for each label; rows still sum to 1. */
export function shiftPrior(probabilities: Float64Array, shift: Float64Array): Float64Array {
  const classes = shift.length;
  const factors = shift.map(Math.exp);
  const result = probabilities.map((p, at) => p * factors[at % classes]);
  for (let start = 0; start < result.length; start += classes) {
    const row = result.subarray(start, start + classes);
    const sum = row.reduce((all, p) => all + p, 0);
    for (let c = 0; c < classes; c++) row[c] /= sum;
  }
  return result;
}
