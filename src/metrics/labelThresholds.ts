import type { Interval } from "./intervals/bootstrap.js";
import { exactUpperBound } from "./intervals/exactBound.js";
import { aucInterval, averagePrecisionInterval, rankingOf, type RankingPoint } from "./ranking.js";

/** A share with its 95 % interval; null where there is nothing that it would be a share of. */
export interface RankingScore {
  readonly value: number;
  readonly interval95: Interval;
}

/** What comes of predicting a label from a probability on. Plain JSON. */
export interface ThresholdScore {
  /** Null where no row reaches any that would do. */
  readonly threshold: number | null;
  /** Rows that reach it, and those of them that have the label. */
  readonly predicted: number;
  readonly hits: number;
  /** Null where no row reaches the threshold, or none has the label. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Rows of other labels that reach it, and their share of the rows of other labels; null without such rows. */
  readonly falseAlarms: number;
  readonly falseAlarmRate: number | null;
  /** The rate is lower with 95 % confidence: exact one-sided bound. */
  readonly falseAlarmsBelow: number;
}

/** How well one label is found by its probability, from which probability on. Plain JSON. */
export interface LabelThresholds {
  /** Rows that have the label, and rows that do not. */
  readonly positives: number;
  readonly negatives: number;
  readonly averagePrecision: RankingScore | null;
  /** Area under the ROC curve. */
  readonly auc: RankingScore | null;
  /** From the highest threshold down, at most 50 points: precision-recall and ROC curve in one. */
  readonly curve: readonly RankingPoint[];
  /** Thresholds that do not depend on the rows. */
  readonly at: readonly ThresholdScore[];
  /** The lowest threshold without a false alarm on these rows; null where there are no rows of other labels. */
  readonly withoutFalseAlarm: ThresholdScore | null;
}

/** Rows with their probabilities. */
interface LabeledProbabilities {
  readonly labels: readonly string[];
  /** `[rows, classes]` */
  readonly probabilities: Float64Array;
  readonly truth: Int32Array;
}

const SHOWN = [0.5, 0.9, 0.99];

/** How each label is found from which probability on, by its name; has no prototype. */
export function thresholdsOfLabels(rows: LabeledProbabilities): Readonly<Record<string, LabelThresholds>> {
  const named = Object.create(null) as Record<string, LabelThresholds>;
  rows.labels.forEach((label, k) => (named[label] = thresholdsOf(rows, k)));
  return named;
}

function thresholdsOf({ labels, probabilities, truth }: LabeledProbabilities, label: number): LabelThresholds {
  const score = Float64Array.from(truth, (_, r) => probabilities[r * labels.length + label]);
  const isPositive = Uint8Array.from(truth, (own) => (own === label ? 1 : 0));
  const ranking = rankingOf(score, isPositive);
  const { positives, negatives, averagePrecision, auc, curve } = ranking;
  const isBoth = positives > 0 && negatives > 0;
  const highest = score.reduce((top, s, r) => (isPositive[r] === 1 ? top : Math.max(top, s)), 0);
  const above = score.reduce((low, s) => (s > highest ? Math.min(low, s) : low), Infinity);
  const at = (threshold: number): ThresholdScore => thresholdScore({ score, isPositive }, threshold);
  return {
    positives,
    negatives,
    averagePrecision: isBoth ? { value: averagePrecision, interval95: averagePrecisionInterval(ranking) } : null,
    auc: isBoth ? { value: auc, interval95: aucInterval(auc, { positives, negatives }) } : null,
    curve,
    at: SHOWN.map(at),
    withoutFalseAlarm: negatives === 0 ? null : at(above),
  };
}

function thresholdScore(
  { score, isPositive }: { readonly score: Float64Array; readonly isPositive: Uint8Array },
  threshold: number,
): ThresholdScore {
  let [predicted, hits, positives] = [0, 0, 0];
  score.forEach((s, r) => {
    positives += isPositive[r];
    if (s < threshold) return;
    predicted++;
    hits += isPositive[r];
  });
  const [falseAlarms, negatives] = [predicted - hits, score.length - positives];
  return {
    threshold: threshold === Infinity ? null : threshold,
    predicted,
    hits,
    precision: predicted === 0 ? null : hits / predicted,
    recall: positives === 0 ? null : hits / positives,
    falseAlarms,
    falseAlarmRate: negatives === 0 ? null : falseAlarms / negatives,
    falseAlarmsBelow: exactUpperBound(falseAlarms, negatives),
  };
}
