import { countOf, labelCounts } from "../../dataset/labeledCorpus.js";
import { predictProbabilities, type Calibrated, type LogisticHead } from "../../head/head.js";
import type { Matrix } from "../../math/matrix.js";
import { emShares } from "../divergence/labelShift.js";

/** No label is taken to be rarer, since the head would then never predict it. */
const LEAST_SHARE = 0.001;

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
  const estimated = emShares(predictProbabilities(head, target), trained).map((share) => Math.max(share, LEAST_SHARE));
  const total = estimated.reduce((sum, share) => sum + share, 0);
  const shares = estimated.map((share) => share / total);
  const shift = logRatios(shares, trained).map((ratio) => ratio * (head.temperature ?? 1));
  // Two labels have one logit, that of the second.
  const bias = head.bias.map((b, c) => (head.bias.length === 1 ? b + shift[1] - shift[0] : b + shift[c]));
  return { ...head, bias };
}
