import { withDefaults, type Complete } from "../../defaults.js";
import { seeded, type Random } from "../../math/random.js";

/** `[low, high]`, both ends belong to it. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** Source of all randomness. @default 1 */
  readonly seed?: number | undefined;
  /** How many times the rows are weighted anew. @default 1000 */
  readonly resamples?: number | undefined;
}

export interface GroupedOptions extends BootstrapOptions {
  /**
   * Number of each row's group, as from `duplicateGroups`: rows of one group are weighted together, since the same text
   * again says nothing new. @default every row by itself
   */
  readonly groups?: Int32Array | undefined;
}

export const BOOTSTRAP_DEFAULTS = { seed: 1, resamples: 1000 } as const satisfies Complete<BootstrapOptions>;

/**
 * 95 % intervals of several statistics, all from the same resamples.
 *
 * They are about the score on infinitely many rows of the same kind. The middle 95 % of the resamples, widened to the
 * measured value where that lies outside, as it may with few rows.
 *
 * @param measured   value of every statistic
 * @param drawnOnce  every statistic of one resample, in the same order
 * @throws RangeError when `resamples` is below 1
 * @see labelPrior.ts for what a resample assumes; docs/numbers/intervals.md for how often they contain the truth
 */
export function resampledIntervals(
  measured: readonly number[],
  drawnOnce: (random: Random) => readonly number[],
  options: BootstrapOptions = {},
): readonly Interval[] {
  const { seed, resamples } = withDefaults(BOOTSTRAP_DEFAULTS, options);
  if (!(resamples >= 1)) throw new RangeError(`A bootstrap needs at least one resample, not ${resamples}`);
  const random = seeded(seed);
  const values = measured.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) drawnOnce(random).forEach((value, s) => (values[s][r] = value));
  return measured.map((value, s) => {
    const [low, high] = percentileInterval(values[s]);
    return [Math.min(low, value), Math.max(high, value)];
  });
}

/**
 * The middle 95 % of `values`, interpolated linearly between neighbors.
 *
 * @throws RangeError when there are none
 */
export function percentileInterval(values: Float64Array): Interval {
  if (values.length === 0) throw new RangeError("An interval needs at least one resample");
  const sorted = values.toSorted();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** The value below which a share of the ascending ones lies. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
