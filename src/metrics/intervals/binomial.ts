import type { Random } from "../../math/random.js";
import type { Interval } from "./bootstrap.js";

/**
 * Number of successes in `n` trials of chance `p`, drawn exactly.
 *
 * Where `n p` is small the probabilities are added up until they pass one uniform number; elsewhere Hörmann's
 * transformed rejection (BTRS) takes about 1.2 tries whatever the size of `n`.
 *
 * @param n  trials, an integer >= 0
 * @param p  clamped to `[0, 1]`
 * @see Hörmann 1993, The generation of binomial random variates, algorithm BTRS:
 *   https://doi.org/10.1080/00949659308811496
 */
export function drawBinomial(n: number, p: number, random: Random): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, random);
  return n * p < 10 ? drawByInversion(n, p, random) : drawByRejection(n, p, random);
}

function drawByInversion(n: number, p: number, random: Random): number {
  const odds = p / (1 - p);
  let chance = (1 - p) ** n;
  let left = random();
  let k = 0;
  while (left >= chance && k < n) {
    left -= chance;
    chance *= (odds * (n - k)) / (k + 1);
    k++;
  }
  return k;
}

function drawByRejection(n: number, p: number, random: Random): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  const atMode = logChoose(n, mode) + mode * logOdds;
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    if (k < 0 || k > n) continue;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= logChoose(n, k) + k * logOdds - atMode) return k;
  }
}

/** Natural logarithm of the number of ways to choose `k` of `n`. */
export const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

const SMALL_LOG_FACTORIALS = Float64Array.from({ length: 16 }, (_, n) => {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return Math.log(product);
});

/** ln n!, by Stirling's series from 16 on (its first omitted term is below 1e-14 there). */
function logFactorial(n: number): number {
  if (n < SMALL_LOG_FACTORIALS.length) return SMALL_LOG_FACTORIALS[n];
  const inverse = 1 / n;
  const square = inverse * inverse;
  const tail = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + tail;
}

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
