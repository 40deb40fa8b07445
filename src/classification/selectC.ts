import { argmax, predictProbabilities } from "../head/head.js";
import type { FittedLogistic } from "../head/linear/logistic.js";
import { logLosses } from "../metrics/logLoss.js";
import type { Matrix } from "../math/matrix.js";
import { scorePredictions } from "../metrics/classification.js";

/** How C is chosen, in words for the record. */
export const HOW_CHOSEN = "strongest regularization within one standard error of the least log loss on dev";

/** A head fitted with one value of C, with its scores on the dev rows. */
export interface Candidate {
  readonly fitted: FittedLogistic;
  /** Log loss of every dev row. */
  readonly losses: Float64Array;
  readonly macroF1: number;
}

/** Dev rows as the choice sees them: vectors `[rows, width]` and label indices. */
interface DevRows {
  readonly vectors: Matrix;
  readonly y: Int32Array;
}

export function candidate(fitted: FittedLogistic, { vectors, y }: DevRows): Candidate {
  const classes = fitted.head.labels.length;
  const probabilities = predictProbabilities(fitted.head, vectors);
  const { macroF1 } = scorePredictions(y, argmax(probabilities, classes), classes);
  return { fitted, losses: logLosses(probabilities, y, classes), macroF1 };
}

/**
 * The candidate to keep: the first whose log loss on the dev rows is within one paired standard error of the lowest.
 * Candidates go from strong to weak regularization, so this is the most regularized of the good ones, which is the most
 * likely to carry over to other texts.
 *
 * @param candidates  at least one
 * @see Hastie, Tibshirani & Friedman 2009, section 7.10 (the one-standard-error rule)
 */
export function chooseCandidate<T extends Pick<Candidate, "losses">>(candidates: readonly T[]): T {
  return goodCandidates(candidates)[0];
}

/** The candidates whose log loss is within one paired standard error of the lowest, in their order. */
export function goodCandidates<T extends Pick<Candidate, "losses">>(candidates: readonly T[]): T[] {
  const best = leastLoss(candidates);
  return candidates.filter((c) => c === best || isWithinError(c, best));
}

/** Whether the last two candidates are both worse than the best beyond its error, so that weaker ones need no trial. */
export function isPastBest(candidates: readonly Pick<Candidate, "losses">[]): boolean {
  const best = leastLoss(candidates);
  return candidates.length - candidates.indexOf(best) > 2 && candidates.slice(-2).every((c) => !isWithinError(c, best));
}

export const meanLoss = ({ losses }: Pick<Candidate, "losses">): number =>
  losses.reduce((sum, loss) => sum + loss, 0) / losses.length;

const leastLoss = <T extends Pick<Candidate, "losses">>(candidates: readonly T[]): T =>
  candidates.reduce((best, c) => (meanLoss(c) < meanLoss(best) ? c : best));

function isWithinError(candidate: Pick<Candidate, "losses">, best: Pick<Candidate, "losses">): boolean {
  const differences = candidate.losses.map((loss, r) => loss - best.losses[r]);
  const n = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / Math.max(1, n - 1);
  return mean <= Math.sqrt(variance / n);
}
