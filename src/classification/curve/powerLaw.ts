import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { percentileInterval } from "../../metrics/intervals/bootstrap.js";
import { seeded, type Random } from "../../math/random.js";

/** A measured error of heads that were trained on so many rows. */
export interface CurvePoint {
  readonly rows: number;
  readonly error: number;
  /** Standard error of `error`. */
  readonly deviation: number;
  /** Of `deviation`. */
  readonly degrees: number;
}

/** error = a + b rows^-c, none of the three below 0. */
export interface PowerLaw {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Exponents that are tried. */
const EXPONENTS = Array.from({ length: 15 }, (_, i) => 0.1 * (i + 1));
const RESAMPLES = 200;
/** No point weighs as if it were known better than this. */
const LEAST_DEVIATION = 1e-4;

export const errorAt = ({ a, b, c }: PowerLaw, rows: number): number => a + b * rows ** -c;

/**
 * Weighted least squares.
 *
 * @param points  four or more, of different numbers of rows
 * @see Viering & Loog 2021, The shape of learning curves: https://arxiv.org/abs/2103.10948
 */
export function fitPowerLaw(points: readonly CurvePoint[]): PowerLaw {
  let best = { law: { a: 0, b: 0, c: 0 }, loss: Infinity };
  for (const c of EXPONENTS) {
    const law = { ...fitLine(points, c), c };
    const loss = points.reduce((sum, p) => sum + weightOf(p) * (p.error - errorAt(law, p.rows)) ** 2, 0);
    if (loss < best.loss) best = { law, loss };
  }
  return best.law;
}

const weightOf = ({ deviation }: CurvePoint): number => 1 / Math.max(deviation, LEAST_DEVIATION) ** 2;

/** The best a and b, neither below 0, for an exponent. */
function fitLine(points: readonly CurvePoint[], c: number): Pick<PowerLaw, "a" | "b"> {
  const sum = (of: (x: number, point: CurvePoint) => number): number =>
    points.reduce((all, point) => all + weightOf(point) * of(point.rows ** -c, point), 0);
  const [w, x, xx] = [sum(() => 1), sum((at) => at), sum((at) => at * at)];
  const [y, xy] = [sum((_, { error }) => error), sum((at, { error }) => at * error)];
  const determinant = w * xx - x * x;
  const [a, b] = [(xx * y - x * xy) / determinant, (w * xy - x * y) / determinant];
  if (!(b > 0)) return { a: y / w, b: 0 };
  return a < 0 ? { a: 0, b: xy / xx } : { a, b };
}

/** How much lower the error would be with more rows. */
export interface Gain {
  readonly gain: number;
  /** Of the mean over trainings: the points are drawn anew with their errors, and the law is fitted to each draw. */
  readonly interval95: Interval;
}

/** The difference in error between `from` and `to` rows by a law that is fitted to the points. */
export function forecastGain(
  points: readonly CurvePoint[],
  { from, to, seed = 1 }: { readonly from: number; readonly to: number; readonly seed?: number | undefined },
): Gain & { readonly law: PowerLaw } {
  const random = seeded(seed);
  const gainOf = (law: PowerLaw): number => errorAt(law, from) - errorAt(law, to);
  const law = fitPowerLaw(points);
  const drawn = Float64Array.from({ length: RESAMPLES }, () =>
    gainOf(
      fitPowerLaw(
        points.map((point) => ({
          ...point,
          error: point.error + point.deviation * studentT(point.degrees, random),
        })),
      ),
    ),
  );
  return { law, gain: gainOf(law), interval95: percentileInterval(drawn) };
}

/** A draw of the standard normal distribution. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A draw of Student's t distribution. */
export function studentT(degrees: number, random: Random): number {
  let squares = 0;
  for (let i = 0; i < degrees; i++) squares += normal(random) ** 2;
  return normal(random) / Math.sqrt(squares / degrees);
}
