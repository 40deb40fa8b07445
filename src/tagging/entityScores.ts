import { entityScore, type EntityCounts } from "../metrics/entities.js";
import { entityInterval } from "../metrics/entityIntervals.js";
import type { Interval } from "../metrics/intervals/bootstrap.js";

/** How well the scores of the entities that were found say how many of them are right. Plain JSON. */
export interface EntityScores {
  /** Entities that were found. */
  readonly n: number;
  /** Whether the scores were calibrated in training and so are probabilities; without that they are often too high. */
  readonly calibrated: boolean;
  /** Mean -log probability of "right" and "wrong"; null without entities, as the numbers below. */
  readonly logLoss: number | null;
  /** Mean squared difference between score and 1 for right, 0 for wrong. */
  readonly brier: number | null;
  readonly meanScore: number | null;
  /** Share that is right, which the mean score should be, with its interval over the sentences. */
  readonly right: number | null;
  readonly interval95: Interval | null;
  /** Expected calibration error over the bins, less what chance alone makes of it; at least 0. */
  readonly ece: number | null;
  /** Of about equally many entities, from the lowest to the highest scores. */
  readonly bins: readonly EntityScoreBin[];
}

export interface EntityScoreBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanScore: number;
  /** Share that is right. */
  readonly right: number;
}

/** A score, and whether its entity is right. */
export interface JudgedScore {
  readonly score: number;
  readonly right: boolean;
}

/** A score that is 0 or 1 and wrong counts as this far from it. */
const LEAST = 1e-15;
const MOST_BINS = 10;

/** -log probability of what is the case. */
export const scoreLoss = ({ score, right }: JudgedScore): number =>
  -Math.log(Math.max(LEAST, right ? score : 1 - score));

/** @param counts  of every sentence */
export function evaluateScores(
  judged: readonly JudgedScore[],
  counts: readonly EntityCounts[],
  { calibrated, seed }: { readonly calibrated: boolean; readonly seed: number },
): EntityScores {
  const n = judged.length;
  if (n === 0) return { n, calibrated, ...NO_SCORES };
  const mean = (of: (one: JudgedScore) => number): number => judged.reduce((sum, one) => sum + of(one), 0) / n;
  const bins = scoreBins(judged);
  return {
    n,
    calibrated,
    logLoss: mean(scoreLoss),
    brier: mean(({ score, right }) => (score - Number(right)) ** 2),
    meanScore: mean(({ score }) => score),
    right: mean(({ right }) => Number(right)),
    interval95: entityInterval([counts], ([own]) => entityScore(own).precision, { seed }),
    ece: Math.max(0, bins.reduce((sum, bin) => sum + bin.count * excess(bin), 0) / n),
    bins: bins.map(({ variance: _variance, ...bin }) => bin),
  };
}

const NO_SCORES = {
  logLoss: null,
  brier: null,
  meanScore: null,
  right: null,
  interval95: null,
  ece: null,
  bins: [],
} as const satisfies Partial<EntityScores>;

interface MeasuredBin extends EntityScoreBin {
  /** Of the share that is right, if the scores are probabilities. */
  readonly variance: number;
}

/** Bins as many as the cube root of the entities, equal scores in one. */
function scoreBins(judged: readonly JudgedScore[]): MeasuredBin[] {
  const sorted = judged.toSorted((a, b) => a.score - b.score);
  const wanted = Math.min(MOST_BINS, Math.max(1, Math.round(Math.cbrt(sorted.length))));
  const bins: MeasuredBin[] = [];
  for (let b = 1, start = 0; b <= wanted; b++) {
    let end = Math.max(start, Math.round((b * sorted.length) / wanted));
    while (end > start && end < sorted.length && sorted[end].score === sorted[end - 1].score) end++;
    if (end > start) bins.push(scoreBin(sorted.slice(start, end)));
    start = end;
  }
  return bins;
}

function scoreBin(judged: readonly JudgedScore[]): MeasuredBin {
  const count = judged.length;
  const mean = (of: (one: JudgedScore) => number): number => judged.reduce((sum, one) => sum + of(one), 0) / count;
  return {
    low: judged[0].score,
    high: judged[count - 1].score,
    count,
    meanScore: mean(({ score }) => score),
    right: mean(({ right }) => Number(right)),
    variance: mean(({ score }) => score * (1 - score)) / count,
  };
}

/** How much farther apart mean score and share right are than chance makes them on average: by a normal distribution. */
const excess = ({ meanScore, right, variance }: MeasuredBin): number =>
  Math.abs(meanScore - right) - Math.sqrt((2 * variance) / Math.PI);
