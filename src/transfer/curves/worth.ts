import { percentileInterval } from "../../metrics/intervals/bootstrap.js";
import { normal } from "../../classification/curve/powerLaw.js";
import { seeded } from "../../math/random.js";
import type { Worth } from "./record.js";

/** A mean score with so many target rows, and its standard error. */
export interface KnownScore {
  readonly n: number;
  readonly score: number;
  readonly error: number;
}

const RESAMPLES = 1000;

/**
 * How many target labels more it takes without the source to reach what is reached with it at the smallest size: read off the
 * measured curve, made to rise, with straight lines over the logarithm of the rows. Beyond the rows measured nothing is claimed.
 *
 * @param alone  of the target's rows alone, by rows, ascending
 * @param both   of both together at the first of these sizes
 * @see Hernandez et al. 2021, Scaling Laws for Transfer: https://arxiv.org/abs/2102.01293
 */
export function worthOf(alone: readonly KnownScore[], both: KnownScore, seed = 1): Worth {
  const random = seeded(seed);
  const labels = labelsToReach(alone, both.score);
  const drawn = Float64Array.from({ length: RESAMPLES }, () => {
    const moved = (at: KnownScore): KnownScore => ({ ...at, score: at.score + at.error * normal(random) });
    return labelsToReach(alone.map(moved), moved(both).score) ?? Infinity;
  });
  const finite = drawn.filter((value) => value < Infinity).length;
  // With more than a fortieth beyond the rows measured, the upper end lies there.
  const isKnown = labels !== null && finite > 0.975 * RESAMPLES;
  const beside = both.n;
  return {
    at: beside,
    targetLabels: labels === null ? null : Math.round(labels - beside),
    interval95: isKnown ? round(percentileInterval(drawn), beside) : null,
  };
}

const round = ([low, high]: readonly [number, number], by: number): readonly [number, number] => [
  Math.round(low - by),
  Math.round(high - by),
];

/** Rows at which the curve reaches a score: at least those of its first point; null where it never does. */
function labelsToReach(curve: readonly KnownScore[], score: number): number | null {
  let before = curve[0];
  if (score <= before.score) return before.n;
  for (const point of curve.slice(1)) {
    if (point.score >= score) {
      const part = (score - before.score) / (point.score - before.score);
      return before.n * (point.n / before.n) ** part;
    }
    if (point.score > before.score) before = point;
  }
  return null;
}
