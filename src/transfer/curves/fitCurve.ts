import { errorAt, fitPowerLaw, normal, studentT, type CurvePoint } from "../../classification/curve/powerLaw.js";
import { percentileInterval } from "../../metrics/intervals/bootstrap.js";
import { seeded } from "../../math/random.js";
import type { FittedCurve } from "./record.js";

/** Fewer cannot show a curve with three numbers. */
export const FEWEST_POINTS = 4;
const RESAMPLES = 200;

/**
 * Fits error = a + b n^-c, with a band of the mean score: the points are drawn anew with their errors, and all of them moved by
 * one error of the test rows, which they share.
 *
 * @param testError  standard error of a score over draws of the test rows
 */
export function fitCurve(
  points: readonly CurvePoint[],
  { testError, seed = 1 }: { readonly testError: number; readonly seed?: number | undefined },
): FittedCurve | null {
  if (points.length < FEWEST_POINTS) return null;
  const random = seeded(seed);
  const law = fitPowerLaw(points);
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const shift = testError * normal(random);
    const moved = points.map((p) => ({ ...p, error: p.error + p.deviation * studentT(p.degrees, random) }));
    return { law: fitPowerLaw(moved), shift };
  });
  const sizes = points.map(({ rows }) => rows);
  const largest = Math.max(...sizes);
  const band = [...sizes, 1.5 * largest, 2 * largest].map((size) => {
    const n = Math.round(size);
    const scores = Float64Array.from(drawn, (one) => clamped(1 - errorAt(one.law, n) + one.shift));
    return { n, macroF1: clamped(1 - errorAt(law, n)), interval95: percentileInterval(scores) };
  });
  return { ...law, band };
}

const clamped = (score: number): number => Math.min(1, Math.max(0, score));
