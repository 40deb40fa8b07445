import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { SizeScores } from "./measure.js";
import type { CurveDifference, CurveShape, VerdictBySize } from "./record.js";
import { drawVariances, halfWidth, holm, meanOf, pOfZero, varianceOfSum, type Variance } from "./uncertainty.js";

/** What the source adds with so many target rows, with its errors. */
export interface Difference {
  readonly n: number;
  readonly difference: number;
  readonly errors: readonly Variance[];
  /** Of the mean difference over draws, what each target row adds; absent for all rows. */
  readonly parts?: Float64Array | undefined;
}

const SIGNIFICANT = 0.05;
/** A difference in F1 that is smaller matters to nobody: it is called neither help nor harm. */
export const DIFFERENCE_THAT_MATTERS = 0.01;

/** @param groups  of the target rows; rows of equal texts count as one draw */
export function differenceAt({ n, share, of }: SizeScores, groups: Int32Array): Difference {
  const [both, alone] = [of.both!, of.target!];
  const differences = both.macroF1.map((score, k) => score - alone.macroF1[k]);
  const parts = both.parts.map((part, r) => part - alone.parts[r]);
  return {
    n,
    difference: meanOf(differences),
    errors: [drawVariances(differences, share).mean, varianceOfSum(parts, groups)],
    parts,
  };
}

/** Positive or negative only where that holds for all sizes together and the difference is one that matters. */
export function verdictsBySize(differences: readonly Difference[]): VerdictBySize[] {
  const ps = holm(differences.map(({ difference, errors }) => pOfZero(difference, errors)));
  return differences.map(({ n, difference, errors }, i) => {
    const isSure = ps[i] < SIGNIFICANT && Math.abs(difference) >= DIFFERENCE_THAT_MATTERS;
    const call = !isSure ? "neutral" : difference > 0 ? "positive" : "negative";
    return { n, call, difference, interval95: within(difference, errors), p: ps[i] };
  });
}

function within(difference: number, errors: readonly Variance[]): Interval {
  const reach = halfWidth(errors);
  return [Math.max(-1, difference - reach), Math.min(1, difference + reach)];
}

/** Start, slope and end of the curve with the source beside that without; null for a single size. */
export function shapeOf(differences: readonly Difference[]): CurveShape | null {
  if (differences.length < 2) return null;
  const [first, last] = [differences[0], differences[differences.length - 1]];
  const doublings = Math.log2(last.n / first.n);
  // The two share their test rows: taken as independent, the interval is rather too wide.
  const errors = [...first.errors, ...last.errors].map((error) => ({
    ...error,
    variance: error.variance / doublings ** 2,
  }));
  const slope = (last.difference - first.difference) / doublings;
  const plain = ({ difference, errors: own }: Difference): CurveDifference => ({
    difference,
    interval95: within(difference, own),
  });
  return {
    start: plain(first),
    slope: { difference: slope, interval95: within(slope, errors) },
    asymptote: plain(last),
  };
}
