import type { Evaluation } from "../metrics/classification.js";
import { counted, decimals, signed, signedRange } from "../text/numbers.js";

/** Macro-F1 above the best constant prediction that is worth a head. */
const WORTH = 0.02;
/** McNemar's test has shown a difference below it. */
const LEVEL = 0.05;

/**
 * What to know of a head that the rows do not show to be better than always predicting one label: that it is not, where
 * the whole interval of the difference is below what would be worth a head, or else that the rows cannot tell.
 *
 * @param rows  what the rows are called
 */
export function constantRemarks(evaluation: Evaluation, rows: string): string[] {
  const { n, accuracy, majority, overMajority } = evaluation;
  if (overMajority === undefined) return [];
  const [low, high] = overMajority.interval95;
  const isMoreOftenRight = accuracy > majority.accuracy && overMajority.mcnemarP < LEVEL;
  if (low > 0 || isMoreOftenRight) return [];
  const on = counted(n, rows);
  const by = `${signed(overMajority.macroF1)} macro-F1 (95 % interval ${signedRange(overMajority.interval95)})`;
  const constant = `always predicting the most frequent label (macro-F1 ${decimals(majority.macroF1)})`;
  return high < WORTH && accuracy <= majority.accuracy
    ? [
        `on the ${on} the head is no better than ${constant}: ${by}. Give it more rows, look at the labels, or choose ` +
          "another encoder",
      ]
    : [`${on} cannot show whether the head is better than ${constant}: ${by}. Give more rows to find out`];
}
