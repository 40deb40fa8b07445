import type { Interval } from "./bootstrap.js";

/** Rows from a score on. */
export interface RankingPoint {
  readonly threshold: number;
  /** Share of positives among them. */
  readonly precision: number;
  /** Share of all positives, and of all negatives, that are among them; 0 where there are none. */
  readonly recall: number;
  readonly falseAlarmRate: number;
}

/** How well scores rank positives above negatives. */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  /** Mean precision at the positives, rows of equal score together; 0 without positives. */
  readonly averagePrecision: number;
  /** Chance that a positive scores above a negative, a tie counting half; 0 without rows of both kinds. */
  readonly auc: number;
  /** From the highest score down. */
  readonly curve: readonly RankingPoint[];
}

/** Points of a curve at most. */
const MOST_POINTS = 50;

/**
 * Average precision, area under the ROC curve and both curves.
 *
 * @param isPositive  1 where the row has the label
 * @see scikit-learn, `average_precision_score` and `roc_auc_score`, whose definitions these are
 * @example
 * const { averagePrecision, auc } = rankingOf(Float64Array.of(0.9, 0.8, 0.3), Uint8Array.of(1, 0, 1));
 * console.log(averagePrecision.toFixed(3), auc); // 0.833 0.5
 */
export function rankingOf(score: Float64Array, isPositive: Uint8Array): Ranking {
  const order = [...score.keys()].sort((a, b) => score[b] - score[a]);
  const positives = isPositive.reduce((sum, one) => sum + one, 0);
  const negatives = score.length - positives;
  const curve: RankingPoint[] = [];
  let [hits, alarms, precisions, area] = [0, 0, 0, 0];
  for (let start = 0; start < order.length;) {
    const threshold = score[order[start]];
    const [before, alarmsBefore] = [hits, alarms];
    for (; start < order.length && score[order[start]] === threshold; start++) {
      if (isPositive[order[start]] === 1) hits++;
      else alarms++;
    }
    const precision = hits / (hits + alarms);
    precisions += (hits - before) * precision;
    area += ((alarms - alarmsBefore) * (hits + before)) / 2;
    curve.push({ threshold, precision, recall: share(hits, positives), falseAlarmRate: share(alarms, negatives) });
  }
  return {
    positives,
    negatives,
    averagePrecision: share(precisions, positives),
    auc: share(area, positives * negatives),
    curve: thinned(curve, MOST_POINTS),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** So many points at most, evenly along the ROC curve; the first and the last stay. */
function thinned(curve: readonly RankingPoint[], most: number): readonly RankingPoint[] {
  if (curve.length <= most) return curve;
  let step = -1;
  return curve.filter(({ recall, falseAlarmRate }, i) => {
    const here = Math.floor(((recall + falseAlarmRate) / 2) * (most - 2));
    if (i < curve.length - 1 && here === step) return false;
    step = here;
    return true;
  });
}

/**
 * 95 % interval of an area under the ROC curve: the areas from which the one that was found is not further than 1.96
 * standard errors, each by its own variance, so that it has a width where the area is 1.
 *
 * @see Newcombe 2006, method 5: https://doi.org/10.1002/sim.2324; Hanley & McNeil 1982 (the variance)
 */
export function aucInterval(
  auc: number,
  { positives, negatives }: { readonly positives: number; readonly negatives: number },
): Interval {
  const half = (positives + negatives) / 2 - 1;
  const isWithin = (area: number): boolean => {
    const spread = 1 + half * ((1 - area) / (2 - area) + area / (1 + area));
    return (auc - area) ** 2 <= (1.959963984540054 ** 2 * area * (1 - area) * spread) / (positives * negatives);
  };
  return [edge(isWithin, auc, 0), edge(isWithin, auc, 1)];
}

/** Where a condition that holds at `inside` ends to hold on the way to `outside`. */
function edge(holds: (x: number) => boolean, inside: number, outside: number): number {
  let [near, far] = [inside, outside];
  for (let i = 0; i < 50; i++) {
    const middle = (near + far) / 2;
    if (holds(middle)) near = middle;
    else far = middle;
  }
  return near;
}
