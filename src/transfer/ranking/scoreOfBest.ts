import { seeded, type Random } from "../../math/random.js";
import { macroScores } from "../../metrics/confusion.js";
import { percentileInterval, type Interval } from "../../metrics/intervals/bootstrap.js";

/** What the best of several candidates scores on rows that it was not chosen on. */
export interface ScoreOfBest {
  /** Macro-F1. Lower than the score of the candidate that looks best, which is partly luck. */
  readonly macroF1: number;
  readonly interval95: Interval;
  /** How often each candidate was the best, `[0, 1]`. */
  readonly chosen: readonly number[];
}

export interface CandidatePredictions {
  /** Class of each row. */
  readonly truth: Int32Array;
  /** Of each candidate, by heads that have not seen the row. */
  readonly predictions: readonly Int32Array[];
  readonly classes: number;
  /** Group of each row, from 0 on; equal texts are drawn together. */
  readonly groups: Int32Array;
}

const DRAWS = 500;

/**
 * Draws the rows anew with replacement, chooses the candidate with the highest macro-F1 on the drawn rows, and scores it on
 * those that were not drawn.
 *
 * @returns undefined where there are too few texts to leave any out
 * @see Tsamardinos, Greasidou & Borboudakis 2018, Bootstrapping the out-of-sample predictions for efficient and accurate
 *   cross-validation (BBC-CV): https://doi.org/10.1007/s10994-018-5714-4
 */
export function scoreOfBest(rows: CandidatePredictions, seed: number): ScoreOfBest | undefined {
  const groups = rows.groups.reduce((most, group) => Math.max(most, group + 1), 0);
  if (groups < 2) return undefined;
  const random = seeded(seed);
  const scores = new Float64Array(DRAWS);
  const chosen = new Float64Array(rows.predictions.length);
  for (let draw = 0; draw < DRAWS; draw++) {
    const times = drawnTimes(groups, random);
    const best = firstHighest(rows.predictions.map((own) => weighted(rows, own, (group) => times[group])));
    scores[draw] = weighted(rows, rows.predictions[best], (group) => (times[group] === 0 ? 1 : 0));
    chosen[best] += 1 / DRAWS;
  }
  return {
    macroF1: scores.reduce((sum, score) => sum + score, 0) / DRAWS,
    interval95: percentileInterval(scores),
    chosen: [...chosen],
  };
}

/** How often each group is drawn; one at least is left out. */
function drawnTimes(groups: number, random: Random): Int32Array {
  const times = new Int32Array(groups);
  do {
    times.fill(0);
    for (let i = 0; i < groups; i++) times[Math.floor(random() * groups)]++;
  } while (!times.includes(0));
  return times;
}

/** Index of the highest; the first of several. */
export const firstHighest = (scores: readonly number[]): number =>
  scores.reduce((best, score, i) => (score > scores[best] ? i : best), 0);

function weighted(
  { truth, classes, groups }: CandidatePredictions,
  predicted: Int32Array,
  weightOf: (group: number) => number,
): number {
  const counts = new Float64Array(classes * classes);
  for (let r = 0; r < truth.length; r++) counts[truth[r] * classes + predicted[r]] += weightOf(groups[r]);
  return macroScores(counts, classes).macroF1;
}
