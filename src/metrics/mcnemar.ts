import { logChoose } from "./intervals/binomial.js";

/** Rows on which exactly one of two predictors is right, and what they say. */
export interface McNemar {
  /** Rows that only the first predictor gets right. */
  readonly onlyFirst: number;
  /** Rows that only the second predictor gets right. */
  readonly onlySecond: number;
  /** Two-sided exact p-value; 1 when the predictors never differ in being right. */
  readonly p: number;
}

/**
 * Exact McNemar test: are two predictors equally often right on the same rows?
 *
 * @param truth        class of each row
 * @param predictions  of the first and the second predictor, each as long as `truth`
 * @throws RangeError when the lengths differ
 * @see McNemar 1947; exact form: twice the lower tail of a binomial with chance 1/2
 * @example
 * const truth = Int32Array.of(0, 1, 0, 1);
 * console.log(mcnemar(truth, [truth, Int32Array.of(1, 1, 0, 1)])); // { onlyFirst: 1, onlySecond: 0, p: 1 }
 */
export function mcnemar(truth: Int32Array, predictions: readonly [first: Int32Array, second: Int32Array]): McNemar {
  const [first, second] = predictions;
  if (first.length !== truth.length || second.length !== truth.length) {
    throw new RangeError(
      `Cannot compare ${truth.length} true classes with ${first.length} and ${second.length} predictions`,
    );
  }
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    const [a, b] = [first[i] === truth[i], second[i] === truth[i]];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  }
  return { onlyFirst, onlySecond, p: mcnemarP(onlyFirst, onlySecond) };
}

/** The two-sided exact p-value for `onlyFirst` against `onlySecond` discordant rows. */
export function mcnemarP(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // The tail relative to its largest term, summed downwards: no term underflows before it stops to matter.
  let [term, tail] = [1, 1];
  for (let k = fewer; k > 0 && term > Number.EPSILON * tail * 1e-4; k--) {
    term *= k / (n - k + 1);
    tail += term;
  }
  return Math.min(1, 2 * tail * Math.exp(logChoose(n, fewer) - n * Math.LN2));
}
