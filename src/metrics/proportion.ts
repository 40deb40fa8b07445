import type { Interval } from "./bootstrap.js";

const Z = 1.959963984540054; // of a two-sided 95 % interval

/**
 * 95 % interval of a share, by Agresti and Coull: Wilson's, widened where he is too narrow, near 0 and 1.
 *
 * @param share  in [0, 1]
 * @param n      rows; with equal texts, how many different ones they amount to
 * @see Agresti & Coull 1998: https://doi.org/10.2307/2685469; Brown, Cai & DasGupta 2001
 */
export function proportionInterval(share: number, n: number): Interval {
  const total = n + Z ** 2;
  const middle = (share * n + Z ** 2 / 2) / total;
  const spread = Z * Math.sqrt((middle * (1 - middle)) / total);
  return [Math.max(0, middle - spread), Math.min(1, middle + spread)];
}
