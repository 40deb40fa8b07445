import { shuffled, type Random } from "../../math/random.js";

/** How different two samples are, and whether samples of one distribution are often as different. */
export interface Discrepancy {
  /** Squared; unbiased, so slightly below 0 by chance. */
  readonly squared: number;
  /** Share of the deals of the same rows to two sides that are as far apart, these among them. */
  readonly p: number;
}

/**
 * Squared maximum mean discrepancy with a Gaussian kernel whose bandwidth is the median distance: the unbiased estimate,
 * with a permutation test.
 *
 * @param distances  squared, of the rows of both sides, `[rows, rows]`
 * @param first      how many of the rows are of the first side; 2 or more on each
 * @param deals      how often the rows are dealt anew
 * @see Gretton et al. 2012, A Kernel Two-Sample Test
 */
export function maximumMeanDiscrepancy(
  distances: Float64Array,
  first: number,
  { deals, random }: { readonly deals: number; readonly random: Random },
): Discrepancy {
  const n = Math.round(Math.sqrt(distances.length));
  const bandwidth = median(distances.filter((_, at) => at % n > Math.floor(at / n)));
  const kernel = distances.map((d) => (bandwidth > 0 ? Math.exp(-d / (2 * bandwidth)) : 1));
  const inOrder = Int32Array.from({ length: n }, (_, r) => r);
  const squared = discrepancy(kernel, inOrder, first);
  let asFar = 1;
  for (let deal = 0; deal < deals; deal++) if (discrepancy(kernel, shuffled(n, random), first) >= squared) asFar++;
  return { squared, p: asFar / (deals + 1) };
}

/** The estimate where the first rows in the given order are one side. */
function discrepancy(kernel: Float64Array, order: Int32Array, first: number): number {
  const n = order.length;
  const isFirst = new Uint8Array(n);
  for (let i = 0; i < first; i++) isFirst[order[i]] = 1;
  let [within, beyond, across] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const k = kernel[i * n + j];
      if (isFirst[i] !== isFirst[j]) across += k;
      else if (isFirst[i] === 1) within += k;
      else beyond += k;
    }
  }
  const second = n - first;
  return (
    (2 * within) / (first * (first - 1)) + (2 * beyond) / (second * (second - 1)) - (2 * across) / (first * second)
  );
}

function median(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
