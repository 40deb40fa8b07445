import type { Interval } from "./bootstrap.js";

/**
 * 95 % interval of a mean loss, by Student's t.
 *
 * A few rows of a good head have no large loss, and their spread says nothing of those to come. So the spread is at least
 * what the probabilities themselves say, `expected` and `expectedSquare` being the means of a row's loss and its square over
 * labels that are drawn from them.
 *
 * @param losses  of every row
 * @param unit    rows that count as one, where texts are equal
 * @param most    the largest that a loss can be
 */
export function meanLossInterval(
  losses: Float64Array,
  {
    unit,
    most,
    expected,
    expectedSquare,
  }: {
    readonly unit: number;
    readonly most: number;
    readonly expected: Float64Array;
    readonly expectedSquare: Float64Array;
  },
): Interval {
  const n = losses.length;
  if (n === 0) return [0, 0];
  const mean = meanOf(losses);
  const measured = losses.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1);
  const claimed = meanOf(expectedSquare) - meanOf(expected) ** 2;
  const rows = n / unit;
  const spread = studentT(Math.max(1, rows - 1)) * Math.sqrt(Math.max(measured, claimed) / rows);
  return [Math.max(0, mean - spread), Math.min(most, mean + spread)];
}

const meanOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * The 97.5 % quantile of Student's t, to three digits from 3 degrees of freedom on.
 *
 * @see Abramowitz & Stegun 1964, 26.7.5
 */
function studentT(freedom: number): number {
  const z = 1.959963984540054;
  if (freedom < 2) return 12.706;
  if (freedom < 3) return 4.303;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z);
}
