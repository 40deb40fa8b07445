import { incompleteBeta, logGamma } from "../../math/incompleteBeta.js";

/*
 * Exact statements about shares and counts: nothing is approximated by a normal distribution, so they hold for any number
 * of rows.
 */

/** Chance of `hits` or more of `n` where each has the chance `p`. */
export const chanceOfAtLeast = (hits: number, n: number, p: number): number =>
  hits <= 0 ? 1 : hits > n ? 0 : incompleteBeta(p, hits, n - hits + 1);

/** Chance of `hits` or fewer of `n` where each has the chance `p`. */
export const chanceOfAtMost = (hits: number, n: number, p: number): number =>
  hits >= n ? 1 : hits < 0 ? 0 : incompleteBeta(1 - p, n - hits, hits + 1);

/**
 * Upper end of the exact one-sided interval of a share: `hits` of `n`. The true share is below it with at least `level`.
 *
 * @see Clopper & Pearson 1934
 */
export function exactUpperBound(hits: number, n: number, level = 0.95): number {
  return hits >= n ? 1 : solved((p) => chanceOfAtMost(hits, n, p) > 1 - level);
}

/** Lower end of the exact one-sided interval of a share: `hits` of `n`. 0 without rows. */
export const exactLowerBound = (hits: number, n: number, level = 0.95): number =>
  1 - exactUpperBound(n - hits, n, level);

/** Where a condition that holds below a number in [0, 1] ends to hold. */
function solved(isBelow: (p: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * How many trials show, at the level `1 - alpha`, that mistakes are rarer than `share` where `mistakes` of them are ones.
 *
 * @example
 * console.log(trialsNeeded(0, { share: 0.01, alpha: 0.05 })); // 299
 */
export function trialsNeeded(
  mistakes: number,
  { share, alpha }: { readonly share: number; readonly alpha: number },
): number {
  let [low, high] = [mistakes, mistakes + 1];
  while (chanceOfAtMost(mistakes, high, share) > alpha) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chanceOfAtMost(mistakes, middle, share) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Chance of `hits` or fewer of `n` where the chance of each is the same number, itself drawn from the beta distribution
 * with parameters `a` and `b`.
 *
 * @see Skellam 1948 (the beta-binomial distribution)
 */
export function betaBinomialAtMost(
  hits: number,
  n: number,
  { a, b }: { readonly a: number; readonly b: number },
): number {
  const beta = (x: number, y: number): number => logGamma(x) + logGamma(y) - logGamma(x + y);
  const chance = (k: number): number =>
    Math.exp(beta(k + a, n - k + b) - beta(a, b) - Math.log(n + 1) - beta(n - k + 1, k + 1));
  if (hits >= n) return 1;
  // The shorter side is summed.
  const [from, to] = hits < n / 2 ? [0, hits] : [hits + 1, n];
  let sum = 0;
  for (let k = from; k <= to; k++) sum += chance(k);
  return Math.min(1, Math.max(0, hits < n / 2 ? sum : 1 - sum));
}
