/** The parameter a of the weights, as its source takes it. */
export const SIF = 1e-4;

/**
 * How much each token counts in the mean of a text: rare ones more than common ones.
 *
 * a / (a + p), with the probability p of a token by Zipf's law from its place among the `count` tokens of a vocabulary
 * that lists common ones first: p(rank) = (1 / rank) / (1 + 1/2 + ... + 1/count).
 *
 * @see Arora, Liang & Ma 2017, A simple but tough-to-beat baseline for sentence embeddings (the weights)
 * @see https://github.com/MinishLab/model2vec (the ranks of a vocabulary in place of counted words)
 */
export function zipfWeights(count: number, a = SIF): Float64Array {
  let harmonic = 0;
  for (let rank = 1; rank <= count; rank++) harmonic += 1 / rank;
  return Float64Array.from({ length: count }, (_, i) => a / (a + 1 / ((i + 1) * harmonic)));
}
