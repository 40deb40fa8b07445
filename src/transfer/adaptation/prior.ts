import { countOf, labelCounts } from "../../dataset/labeledCorpus.js";
import { predictProbabilities, type Calibrated, type LogisticHead } from "../../head/head.js";
import { shiftPrior } from "../../head/priorShift.js";
import type { Matrix } from "../../math/matrix.js";

const MOST_STEPS = 1000;
const TOLERANCE = 1e-6;
/** No label is taken to be rarer, since the head would then never predict it. */
const LEAST_SHARE = 0.001;

/**
 * Shares of the labels in rows, by expectation maximization over a head's probabilities.
 *
 * @param probabilities  `[rows, labels]`, true where the shares are those of `trained`
 * @param trained        shares of the labels where the head was trained, all above 0
 * @see Saerens, Latinne & Decaestecker 2002
 */
export function sharesByExpectation(probabilities: Float64Array, trained: Float64Array): Float64Array {
  const classes = trained.length;
  const rows = probabilities.length / classes;
  let shares = trained;
  for (let step = 0; step < MOST_STEPS; step++) {
    const shifted = shiftPrior(probabilities, logRatios(shares, trained));
    const next = new Float64Array(classes);
    shifted.forEach((p, at) => (next[at % classes] += p / rows));
    const floored = next.map((share) => Math.max(share, LEAST_SHARE));
    const moved = Math.max(...floored.map((share, c) => Math.abs(share - shares[c])));
    shares = floored;
    if (moved < TOLERANCE) break;
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

const logRatios = (to: Float64Array, from: Float64Array): Float64Array =>
  to.map((share, c) => Math.log(share / from[c]));

/**
 * A head for rows that have its labels in other shares than its training rows: the estimated shares move its bias, and with it
 * what it predicts. It holds where texts of one label are alike in both domains.
 *
 * @param sourceLabels  of the training rows, each of the head's labels among them
 * @param target        `[rows, width]`
 */
export function shiftHeadPrior<H extends LogisticHead & Calibrated>(
  head: H,
  sourceLabels: readonly string[],
  target: Matrix,
): H {
  const counts = labelCounts(sourceLabels);
  const trained = Float64Array.from(head.labels, (label) => countOf(counts, label) / sourceLabels.length);
  const shares = sharesByExpectation(predictProbabilities(head, target), trained);
  const shift = logRatios(shares, trained).map((ratio) => ratio * (head.temperature ?? 1));
  // Two labels have one logit, that of the second.
  const bias = head.bias.map((b, c) => (head.bias.length === 1 ? b + shift[1] - shift[0] : b + shift[c]));
  return { ...head, bias };
}
