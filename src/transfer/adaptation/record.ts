import type { Interval } from "../../metrics/intervals/bootstrap.js";

export type AdaptationName = "none" | "center" | "coral" | "weights" | "prior" | "self-train" | "easyadapt" | "l2sp";

/** A head that is adapted to the target, beside the one that is not. */
export interface AdaptationScore {
  readonly name: AdaptationName;
  /** On the target; null where it has no labels. */
  readonly macroF1: number | null;
  /** Minus that of "none", on the same rows. */
  readonly difference: number | null;
  readonly interval95: Interval | null;
  readonly chosen: boolean;
}
