import { Matrix as Square, SingularValueDecomposition } from "ml-matrix";

/** How often the target has each label, as far as it can be known without its labels. */
export interface LabelShift {
  /** Of the source's held-out rows, by label. */
  readonly source: Readonly<Record<string, number>>;
  /**
   * From what the head predicts on the target and how it errs on held-out source rows (black box shift estimation); null where
   * its errors say too little.
   */
  readonly bbse: Readonly<Record<string, number>> | null;
  /** By expectation maximization over the head's probabilities on the target. */
  readonly em: Readonly<Record<string, number>>;
  /** As it is, where the target has labels. */
  readonly truth: Readonly<Record<string, number>> | null;
}

/** Predictions of rows whose labels are known. */
interface HeldPredictions {
  /** Indices of labels. */
  readonly predicted: Int32Array;
  readonly truth: Int32Array;
}

/** With a ratio of singular values above it, the estimate is noise. */
const WORST_CONDITION = 100;
const MOST_ROUNDS = 1000;
const CLOSE = 1e-9;

/**
 * Shares of the labels on the target by black box shift estimation: `q = p C^-1 m` with the confusions C of the head on held-out
 * rows and the shares m of the labels that it predicts on the target; no share is below 0. It assumes that the texts of each label
 * are like those of the source.
 *
 * @param predicted  labels that the head predicts on the target, as indices
 * @returns          null where the head hardly distinguishes some of the labels
 * @see Lipton, Wang & Smola 2018: https://arxiv.org/abs/1802.03916
 * @example
 * const held = { truth: Int32Array.of(0, 0, 1, 1), predicted: Int32Array.of(0, 0, 1, 1) };
 * console.log(blackBoxShares(held, Int32Array.of(0, 1, 1, 1), 2)); // Float64Array [ 0.25, 0.75 ]
 */
export function blackBoxShares(held: HeldPredictions, predicted: Int32Array, classes: number): Float64Array | null {
  const confusions = Square.zeros(classes, classes);
  const { truth } = held;
  truth.forEach((label, r) => {
    const guess = held.predicted[r];
    confusions.set(guess, label, confusions.get(guess, label) + 1 / truth.length);
  });
  const decomposed = new SingularValueDecomposition(confusions);
  if (!(decomposed.condition < WORST_CONDITION)) return null;
  const weights = decomposed.solve(Square.columnVector([...sharesOf(predicted, classes)])).to1DArray();
  const source = sharesOf(truth, classes);
  const shares = Float64Array.from(weights, (weight, c) => Math.max(0, weight) * source[c]);
  const sum = shares.reduce((all, share) => all + share, 0);
  return sum > 0 ? shares.map((share) => share / sum) : null;
}

/**
 * Shares of the labels on the target that make the head's probabilities there most likely. It assumes that the probabilities
 * are calibrated and that the texts of each label are like those of the source.
 *
 * @param probabilities  of the target's rows, `[rows, classes]`
 * @param source         shares of the labels where the probabilities are calibrated, all above 0
 * @see Saerens, Latinne & Decaestecker 2002
 * @example
 * console.log(emShares(Float64Array.of(0.9, 0.1, 0.9, 0.1), Float64Array.of(0.5, 0.5))); // nearly [ 1, 0 ]
 */
export function emShares(probabilities: Float64Array, source: Float64Array): Float64Array {
  const classes = source.length;
  const rows = probabilities.length / classes;
  let shares = source;
  for (let round = 0; round < MOST_ROUNDS && rows > 0; round++) {
    const next = new Float64Array(classes);
    for (let r = 0; r < rows; r++) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += (probabilities[r * classes + c] * shares[c]) / source[c];
      for (let c = 0; c < classes; c++)
        next[c] += (probabilities[r * classes + c] * shares[c]) / source[c] / sum / rows;
    }
    const moved = next.reduce((most, share, c) => Math.max(most, Math.abs(share - shares[c])), 0);
    shares = next;
    if (moved < CLOSE) break;
  }
  return shares;
}

/** Share of each index, `[classes]`; exactly 1 where all are the same. */
export function sharesOf(indices: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const index of indices) counts[index]++;
  return counts.map((times) => times / indices.length);
}
