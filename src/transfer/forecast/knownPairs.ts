/**
 * What forecasts are corrected by and how far they were off on pairs of domains whose accuracy is known: ten domains of
 * reviews and tweets, and tweets and movie reviews beside them, two labels, the built-in encoder, sources of 300 to 3,000 rows.
 * Made by `node scripts/simulate/forecast.mjs` from the training files of these domains; see docs/numbers/forecast.md.
 */
export const KNOWN_PAIRS = {
  pairs: 132,
  /** Of the accuracy, each pair by constants that were fitted without its two domains. */
  meanAbsoluteError: 0.027,
  /** Share of the pairs whose accuracy was in its interval, likewise. */
  coverage: 0.95,
  /** What is taken off for a source whose labels are found unequally well; see forecast.ts. */
  unevenness: 3.48,
  /** Parts of the standard error; see forecast.ts. */
  spread: { always: 0.015, byLoss: 0.07, bySource: 1 },
} as const;
