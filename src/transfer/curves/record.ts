import type { Interval } from "../../metrics/intervals/bootstrap.js";

/** How a head is trained from the source and so many labeled rows of the target. */
export type Strategy =
  /** On the target's rows alone. */
  | "target"
  /** On the source alone. */
  | "source"
  /** On both together, every row alike. */
  | "both"
  /** On both together, the weight of the source's rows chosen. */
  | "weighted"
  /** On the target's rows, started from and pulled towards the head of the source (L2-SP). */
  | "started";

/** A strategy with so many labeled rows of the target. */
export interface StrategyPoint {
  /** Labeled rows of the target. */
  readonly n: number;
  /** Mean over the draws of these rows. */
  readonly macroF1: number;
  /** 95 % interval of the score of one more head that is trained on other rows; holds the draw of the test rows too. */
  readonly interval95: Interval;
  /** Draws of the rows. */
  readonly draws: number;
}

/** Error by the number of labeled target rows, `a + b n^-c`, with a 95 % band. */
export interface FittedCurve {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Of the mean score, at the sizes that were measured and up to twice the largest. */
  readonly band: readonly { readonly n: number; readonly macroF1: number; readonly interval95: Interval }[];
}

export interface StrategyCurve {
  readonly strategy: Strategy;
  readonly points: readonly StrategyPoint[];
  /** Null where there are too few sizes. */
  readonly fit: FittedCurve | null;
}

/** Whether the source helps with so many labeled rows of the target. */
export interface VerdictBySize {
  readonly n: number;
  /** Positive and negative hold for all sizes together (Holm). */
  readonly call: "positive" | "neutral" | "negative";
  /** Macro-F1 of "both" minus that of "target". */
  readonly difference: number;
  /**
   * Holds the draw of the target's training rows and that of the test rows, with all rows also that of the source; not adjusted
   * for the number of sizes.
   */
  readonly interval95: Interval;
  /** Adjusted for the number of sizes (Holm). */
  readonly p: number;
}

/** A difference between the curve with the source and that without. */
export interface CurveDifference {
  readonly difference: number;
  readonly interval95: Interval;
}

/** What transfer does to the learning curve. @see Torrey & Shavlik 2009 */
export interface CurveShape {
  /** Of the scores at the smallest size. */
  readonly start: CurveDifference;
  /** Of the gains in score for a doubling of the rows, over the sizes measured. */
  readonly slope: CurveDifference;
  /** Of the scores with the most rows measured; beyond, nothing is claimed. */
  readonly asymptote: CurveDifference;
}

/** Labels of the target that the source replaces; null where it cannot be known. */
export interface Worth {
  /** With so many target labels beside the source... */
  readonly at: number;
  readonly targetLabels: number | null;
  readonly interval95: Interval | null;
}

/** What the next labels of the target would bring to the best strategy. */
export interface NextLabels {
  readonly added: number;
  readonly gain: number;
  readonly interval95: Interval;
}

/** Of a source of many rows, each head below all rows of the target takes some, weighted up to all. */
export interface SourceDraws {
  readonly rows: number;
  readonly of: number;
}

/** All that the learning curves say. */
export interface TransferCurves {
  readonly curves: readonly StrategyCurve[];
  readonly byLabels: readonly VerdictBySize[];
  /** Null where the source is not shown to help with the fewest rows, or there is one size alone. */
  readonly worth: Worth | null;
  readonly shape: CurveShape | null;
  readonly next: NextLabels | null;
  /** Target rows that every head was scored on. */
  readonly n: number;
  /** Null where every head takes all rows of the source. */
  readonly sourceDraws: SourceDraws | null;
  /** The verdict of all sizes in one sentence. */
  readonly says: string;
}
