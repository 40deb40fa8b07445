import { count, percent } from "./numbers.js";

/** How good forecasts without labels were on known pairs of domains, and what that leaves out; a sentence. */
export const forecastNote = ({
  pairs,
  meanAbsoluteError,
  coverage,
}: {
  readonly pairs: number;
  /** Of the accuracy, `[0, 1]`. */
  readonly meanAbsoluteError: number;
  /** Share of the intervals that held. */
  readonly coverage: number;
}): string =>
  `On ${count(pairs)} known pairs of domains (sentiment, built-in encoder) such forecasts were off by ` +
  `${(100 * meanAbsoluteError).toFixed(1)} points on average, and ${percent(coverage)} of the intervals held; another task or ` +
  "encoder may be off by more.";
