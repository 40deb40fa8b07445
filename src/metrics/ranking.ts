import type { Interval } from "./intervals/bootstrap.js";
import { wilson } from "./conformal.js";

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
  /** Of the average precision over draws of the rows: infinitesimal jackknife. */
  readonly variance: number;
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
  const ties = tiesOf(score, isPositive);
  const [positives, negatives] = [sumOf(ties, "hits"), sumOf(ties, "alarms")];
  let [hits, alarms, precisions, area] = [0, 0, 0, 0];
  const steps = ties.map((tie) => {
    area += tie.alarms * (hits + tie.hits / 2);
    hits += tie.hits;
    alarms += tie.alarms;
    precisions += (tie.hits * hits) / (hits + alarms);
    return { ...tie, hitsHere: hits, alarmsHere: alarms };
  });
  const averagePrecision = share(precisions, positives);
  const curve = steps.map(({ threshold, hitsHere, alarmsHere }) => ({
    threshold,
    precision: hitsHere / (hitsHere + alarmsHere),
    recall: share(hitsHere, positives),
    falseAlarmRate: share(alarmsHere, negatives),
  }));
  return {
    positives,
    negatives,
    averagePrecision,
    variance: varianceOf(steps, averagePrecision, positives),
    auc: share(area, positives * negatives),
    curve: thinned(curve, MOST_POINTS),
  };
}

/** Rows of equal score. */
interface Tie {
  readonly threshold: number;
  readonly hits: number;
  readonly alarms: number;
}

function tiesOf(score: Float64Array, isPositive: Uint8Array): readonly Tie[] {
  const order = [...score.keys()].sort((a, b) => score[b] - score[a]);
  const ties: { threshold: number; hits: number; alarms: number }[] = [];
  for (const r of order) {
    if (ties.at(-1)?.threshold !== score[r]) ties.push({ threshold: score[r], hits: 0, alarms: 0 });
    const tie = ties[ties.length - 1];
    if (isPositive[r] === 1) tie.hits++;
    else tie.alarms++;
  }
  return ties;
}

const sumOf = (ties: readonly Tie[], what: "hits" | "alarms"): number => ties.reduce((sum, tie) => sum + tie[what], 0);

/** Squares of how much the average precision depends on each row: on its own precision, and on those of lower scores. */
function varianceOf(
  steps: readonly (Tie & { readonly hitsHere: number; readonly alarmsHere: number })[],
  averagePrecision: number,
  positives: number,
): number {
  let [ofHit, ofAlarm, variance] = [0, 0, 0];
  for (const { hits, alarms, hitsHere, alarmsHere } of [...steps].reverse()) {
    const all = hitsHere + alarmsHere;
    ofHit += (hits * alarmsHere) / all ** 2;
    ofAlarm += (hits * hitsHere) / all ** 2;
    variance += hits * (hitsHere / all - averagePrecision + ofHit) ** 2 + alarms * ofAlarm ** 2;
  }
  return share(variance, positives ** 2);
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

/**
 * 95 % interval of an average precision: Wilson's for as many rows as a share of the same variance would have, and for no
 * more than the positives, of which few show too small a variance.
 *
 * @see Korn & Graubard 1998 (effective sample size)
 */
export function averagePrecisionInterval({ averagePrecision, variance, positives }: Omit<Ranking, "curve">): Interval {
  const spread = averagePrecision * (1 - averagePrecision);
  return wilson(averagePrecision, variance === 0 ? positives : Math.min(positives, spread / variance));
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
