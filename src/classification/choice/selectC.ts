/** Values of C, the inverse of the L2 penalty, from strong to weak regularization. */
export const C_VALUES: readonly number[] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3];
/** However few rows a label has, these values and those above are tried. */
const ALWAYS_TRIED = 1;
/** With a label of 16 rows values from 0.06 on are tried, with one of 100 rows from 0.004 on. */
const LEAST_AT_ONE_ROW = 4;

/**
 * The values of C to choose from. Stronger penalties, with which a head hardly predicts the rarest label, are left out: they
 * lose a lot, and few rows are too few to show it. What they are follows from the rows of the rarest label, by a rule that
 * was found on 14 corpora: docs/numbers/choiceOfC.md.
 */
export function valuesOfC(rowLabels: readonly string[]): readonly number[] {
  const rows = new Map<string, number>();
  for (const label of rowLabels) rows.set(label, (rows.get(label) ?? 0) + 1);
  const rarest = [...rows.values()].reduce((a, b) => Math.min(a, b), Infinity);
  const least = Math.min(ALWAYS_TRIED, LEAST_AT_ONE_ROW / rarest ** 1.5);
  return C_VALUES.filter((C) => C >= least);
}

/** Scores on rows that the fit has not seen. */
export interface HeldOutScore {
  /** Mean log loss. */
  readonly logLoss: number;
  readonly macroF1: number;
}

/** Differences in macro-F1 below it are not worth less certain probabilities. */
export const F1_TOLERANCE = 0.01;

/** How C is chosen, in words for the record. */
export const HOW_CHOSEN = "least log loss of those whose macro-F1 is within 0.01 of the highest";

/**
 * Index of the candidate to keep: of those whose macro-F1 is within 0.01 of the highest, the one with the least log loss.
 *
 * On few rows the least log loss alone chooses heads that are too timid to predict rare labels, and macro-F1 alone such that
 * are too certain. Which rule does best was measured on 14 corpora: docs/numbers/choiceOfC.md.
 *
 * @param scores  at least one
 */
export function bestCandidate(scores: readonly HeldOutScore[]): number {
  const highest = Math.max(...scores.map(({ macroF1 }) => macroF1));
  const isGood = ({ macroF1 }: HeldOutScore): boolean => macroF1 >= highest - F1_TOLERANCE;
  return scores.reduce((best, score, i) => {
    if (!isGood(score)) return best;
    return best < 0 || score.logLoss < scores[best].logLoss ? i : best;
  }, -1);
}

/** Whether the last two candidates are worse than the best one in both scores, so that those after them need no trial. */
export function isPastBest(scores: readonly HeldOutScore[]): boolean {
  const at = bestCandidate(scores);
  const best = scores[at];
  const isWorse = ({ logLoss, macroF1 }: HeldOutScore): boolean =>
    logLoss > best.logLoss && macroF1 < best.macroF1 - F1_TOLERANCE / 2;
  return scores.length - at > 2 && scores.slice(-2).every(isWorse);
}
