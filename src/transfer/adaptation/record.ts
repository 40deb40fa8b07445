import type { Interval } from "../../metrics/intervals/bootstrap.js";
import type { AdaptationName } from "./adapt.js";

/** A head that is adapted to the target, beside the one that is not. */
export interface AdaptationScore {
  readonly name: AdaptationName;
  /** On the target; null where it has no labels. */
  readonly macroF1: number | null;
  /** Minus that of "none", on the same rows. */
  readonly difference: number | null;
  /** Of the difference, over draws of the target's rows: for these heads. */
  readonly interval95: Interval | null;
  /** Whether the head that is written has it. */
  readonly chosen: boolean;
  /** Of `weights`: how many source rows of equal weight vary as little. */
  readonly effectiveRows?: number | undefined;
}

/** What `auto` has chosen, without labels of the target. */
export interface AdaptationChoice {
  readonly name: AdaptationName;
  readonly rule: string;
  readonly because: string;
}
