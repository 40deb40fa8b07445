/** The parts of the standard error of a forecast; see forecastAccuracy(). */
export interface Spread {
  readonly always: number;
  readonly byLoss: number;
  readonly byGap: number;
  readonly bySource: number;
}

/**
 * How far forecasts were off on pairs of domains whose accuracy is known: ten domains of reviews and tweets, and tweets and
 * movie reviews beside them, two labels, the built-in encoder, sources of 300, 900 and up to 3,000 rows. Made by
 * `node scripts/simulate/forecast.mjs` from the training files of these domains; see docs/numbers/forecast.md.
 */
export const KNOWN_PAIRS = {
  pairs: 132,
  /** Of the accuracy, with the largest sources. */
  meanAbsoluteError: 0.029,
  /** Share of these pairs whose accuracy was in its interval, each by a spread that was fitted without its two domains. */
  coverage: 0.92,
  spread: { always: 0.015, byLoss: 0.08, byGap: 0.5, bySource: 6 },
} as const satisfies { readonly spread: Spread; readonly [name: string]: unknown };
