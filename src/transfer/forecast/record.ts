import type { Interval } from "../../metrics/intervals/bootstrap.js";

/** Accuracy on the target as it is forecast without its labels. */
export interface Forecast {
  readonly accuracy: number;
  readonly interval95: Interval;
  /** Why it may be far too high, and has no lower end; null where nothing speaks against it. */
  readonly doubt: string | null;
  /** How, in words. */
  readonly method: string;
  /** On which known pairs the interval was measured, and how often it held. */
  readonly measuredOn: { readonly pairs: number; readonly meanAbsoluteError: number; readonly coverage: number };
  /** The true accuracy where the target has labels. */
  readonly truth: number | null;
  /** What every single method says. */
  readonly methods: readonly { readonly name: string; readonly accuracy: number }[];
}
