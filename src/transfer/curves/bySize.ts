import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { SizeScores } from "./measure.js";
import type { CurveDifference, CurveShape, VerdictBySize } from "./record.js";
import { drawVariances, halfWidth, holm, meanOf, pOfZero, varianceOfSum, type Variance } from "./uncertainty.js";

/** What the source adds with so many target rows, with its errors. */
export interface SizeDifference {
  readonly n: number;
  readonly difference: number;
  /** Over draws of the training rows. */
  readonly training: Variance;
  /** Over draws of the test rows. */
  readonly test: Variance;
  /** What each target row adds to the difference, mean over the draws; absent where that is not known. */
  readonly parts?: Float64Array | undefined;
}

const errorsOf = ({ training, test }: SizeDifference): readonly Variance[] => [training, test];

const SIGNIFICANT = 0.05;
/** A difference in F1 that is smaller matters to nobody: it is called neither help nor harm. */
export const DIFFERENCE_THAT_MATTERS = 0.01;

/** @param groups  of the target rows; rows of equal texts count as one draw */
export function differenceAt({ n, share, of }: SizeScores, groups: Int32Array): SizeDifference {
  const [both, alone] = [of.both!, of.target!];
  const differences = both.macroF1.map((score, k) => score - alone.macroF1[k]);
  const parts = both.parts.map((part, r) => part - alone.parts[r]);
  return {
    n,
    difference: meanOf(differences),
    training: drawVariances(differences, share).mean,
    test: varianceOfSum(parts, groups),
    parts,
  };
}

/** Positive or negative only where that holds for all sizes together and the difference is one that matters. */
export function verdictsBySize(differences: readonly SizeDifference[]): VerdictBySize[] {
  const ps = holm(differences.map((at) => pOfZero(at.difference, errorsOf(at))));
  return differences.map((at, i) => {
    const { n, difference } = at;
    const isSure = ps[i] < SIGNIFICANT && Math.abs(difference) >= DIFFERENCE_THAT_MATTERS;
    const call = !isSure ? "neutral" : difference > 0 ? "positive" : "negative";
    return { n, call, difference, interval95: within(difference, errorsOf(at)), p: ps[i] };
  });
}

function within(difference: number, errors: readonly Variance[]): Interval {
  const reach = halfWidth(errors);
  return [Math.max(-1, difference - reach), Math.min(1, difference + reach)];
}

/** Start, slope and end of the curve with the source beside that without; null for a single size. */
export function curveShape(differences: readonly SizeDifference[], groups: Int32Array): CurveShape | null {
  if (differences.length < 2) return null;
  const [first, last] = [differences[0], differences[differences.length - 1]];
  const doublings = Math.log2(last.n / first.n);
  // The rows trained on count as drawn apart: the few of the first are few of the last.
  const errors = [first.training, last.training, ...testOfSlope(first, last, groups)].map((error) => ({
    ...error,
    variance: error.variance / doublings ** 2,
  }));
  const slope = (last.difference - first.difference) / doublings;
  const plain = (at: SizeDifference): CurveDifference => ({
    difference: at.difference,
    interval95: within(at.difference, errorsOf(at)),
  });
  return {
    start: plain(first),
    slope: { difference: slope, interval95: within(slope, errors) },
    asymptote: plain(last),
  };
}

/** Both are scored on the same rows, so that what these do alike is not in the slope; where that is not known, too much is. */
function testOfSlope(first: SizeDifference, last: SizeDifference, groups: Int32Array): readonly Variance[] {
  const { parts } = first;
  if (parts === undefined || last.parts === undefined) return [first.test, last.test];
  return [
    varianceOfSum(
      last.parts.map((part, r) => part - parts[r]),
      groups,
    ),
  ];
}

/** Whether the source is called positive with the fewest rows: else it is not known to replace any. */
export const isShownToHelp = ([first]: readonly VerdictBySize[]): boolean => first?.call === "positive";
