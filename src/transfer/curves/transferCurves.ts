import { forecastGain, type CurvePoint } from "../../classification/curve/powerLaw.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { differenceAt, curveShape, isShownToHelp, verdictsBySize, type SizeDifference } from "./bySize.js";
import { FEWEST_POINTS, fitCurve } from "./fitCurve.js";
import {
  LEARNING,
  measureCurves,
  scoresOf,
  MOST_SOURCE,
  type CurveOptions,
  type CurveSides,
  type LearningStrategy,
  type SizeScores,
} from "./measure.js";
import type { NextLabels, StrategyCurve, StrategyPoint, TransferCurves } from "./record.js";
import { sampledClause, sentenceOf } from "./says.js";
import { predictedBy } from "./strategyHeads.js";
import { drawVariances, halfWidth, meanOf, varianceOfSum, type Variance } from "./uncertainty.js";
import { worthOf, type KnownScore } from "./worth.js";

/** What is known of the heads that were trained on all rows of the target. */
export interface AllRows {
  readonly macroF1: { readonly target: number; readonly both: number };
  /** What each target row adds to their difference; see macroF1Influence. */
  readonly parts: Float64Array;
  /** Standard error of the difference over draws of the training rows. */
  readonly trainingError: number;
}

/** Freedom of the standard error of the training rows: that of the fewest pairs of halves. */
const FREEDOM_OF_HALVES = 7;
const NEXT = 200;

interface MeasuredPoint extends StrategyPoint {
  /** For a law: of the mean over the draws. */
  readonly known: CurvePoint;
  readonly test: Variance;
}

/**
 * The learning curves of the strategies over labeled target rows, and whether the source helps with so many of them. Everything
 * holds for this source: its rows are not drawn anew (of many, those that are taken are), but with all rows of the target.
 */
export async function transferCurves(sides: CurveSides, all: AllRows, options: CurveOptions): Promise<TransferCurves> {
  const groups = duplicateGroups(sides.target.texts);
  const rows = sides.targetTrain.texts.length;
  const sizes: SizeScores[] = [];
  for await (const size of measureCurves(sides, options)) sizes.push(size);
  const differences = [...sizes.map((size) => differenceAt(size, groups)), differenceOfAll(rows, all, groups)];
  const pointsOf = (strategy: LearningStrategy): MeasuredPoint[] => {
    const drawn = sizes.flatMap((size) => pointAt(size, { strategy, groups }));
    const last = drawn.at(-1);
    if (last === undefined || (strategy !== "target" && strategy !== "both")) return drawn;
    return [...drawn, pointOfAll(rows, { score: all.macroF1[strategy], last })];
  };
  const measured = new Map(LEARNING.map((strategy) => [strategy, pointsOf(strategy)]));
  const byLabels = verdictsBySize(differences);
  const of = sides.source.texts.length;
  const sourceDraws = of <= MOST_SOURCE || sizes.length === 0 ? null : { rows: MOST_SOURCE, of };
  const worth = isShownToHelp(byLabels) ? worthAt(measured.get("target")!, measured.get("both")!, options.seed) : null;
  return {
    curves: [
      ...sourceCurve(sides, { groups, labels: options.labels }),
      ...LEARNING.flatMap((strategy) => curveOf(strategy, measured.get(strategy)!, options.seed)),
    ],
    byLabels,
    worth,
    shape: curveShape(differences, groups),
    next: nextLabels(measured.get(all.macroF1.both > all.macroF1.target ? "both" : "target")!, rows, options.seed),
    n: sides.target.texts.length,
    sourceDraws,
    says: [sentenceOf(byLabels, worth), ...(sourceDraws === null ? [] : [sampledClause(sourceDraws)])].join("; "),
  };
}

function differenceOfAll(n: number, { macroF1, parts, trainingError }: AllRows, groups: Int32Array): SizeDifference {
  const training = { variance: trainingError ** 2, freedom: FREEDOM_OF_HALVES };
  return { n, difference: macroF1.both - macroF1.target, training, test: varianceOfSum(parts, groups), parts };
}

function pointAt(
  { n, share, of }: SizeScores,
  { strategy, groups }: { readonly strategy: LearningStrategy; readonly groups: Int32Array },
): MeasuredPoint[] {
  const scores = of[strategy];
  if (scores === undefined) return [];
  const { one, mean } = drawVariances(scores.macroF1, share);
  const test = varianceOfSum(scores.parts, groups);
  const macroF1 = meanOf(scores.macroF1);
  const draws = scores.macroF1.length;
  const known = { rows: n, error: 1 - macroF1, deviation: Math.sqrt(mean.variance), degrees: draws - 1 };
  return [{ n, macroF1, interval95: around(macroF1, [one, mean, test]), draws, known, test }];
}

/** Of one head, which varies at most as much as one of fewer rows. */
function pointOfAll(
  n: number,
  { score, last }: { readonly score: number; readonly last: MeasuredPoint },
): MeasuredPoint {
  const { known, test } = last;
  const one = { variance: known.deviation ** 2, freedom: Math.max(3, known.degrees) };
  const point = { ...known, rows: n, error: 1 - score };
  return { n, macroF1: score, interval95: around(score, [one, one, test]), draws: 1, known: point, test };
}

function around(score: number, errors: readonly Variance[]): readonly [number, number] {
  const reach = halfWidth(errors);
  return [Math.max(0, score - reach), Math.min(1, score + reach)];
}

function curveOf(strategy: LearningStrategy, measured: readonly MeasuredPoint[], seed: number): StrategyCurve[] {
  if (measured.length === 0) return [];
  const testError = Math.sqrt(Math.max(...measured.map(({ test }) => test.variance)));
  const points = measured.map(({ n, macroF1, interval95, draws }) => ({ n, macroF1, interval95, draws }));
  const known = measured.map((point) => point.known);
  return [{ strategy, points, fit: fitCurve(known, { testError, seed }) }];
}

/** The head of the source, which takes no rows of the target. */
function sourceCurve(
  { sourceHead, target }: CurveSides,
  { groups, labels }: { readonly groups: Int32Array; readonly labels: readonly string[] },
): StrategyCurve[] {
  if (sourceHead === null) return [];
  const truth = labelIndices(labels, target.labels, "the target");
  const scores = scoresOf(truth, [predictedBy(sourceHead, target.vectors, labels)], labels.length);
  const macroF1 = scores.macroF1[0];
  const interval95 = around(macroF1, [varianceOfSum(scores.parts, groups)]);
  return [{ strategy: "source", points: [{ n: 0, macroF1, interval95, draws: 1 }], fit: null }];
}

function worthAt(
  alone: readonly MeasuredPoint[],
  both: readonly MeasuredPoint[],
  seed: number,
): TransferCurves["worth"] {
  if (both.length < 2) return null;
  const known = ({ n, macroF1, known: { deviation } }: MeasuredPoint): KnownScore => ({
    n,
    score: macroF1,
    error: deviation,
  });
  return worthOf(alone.map(known), known(both[0]), seed);
}

/** By the law of the curve; no further than twice the rows. */
function nextLabels(measured: readonly MeasuredPoint[], rows: number, seed: number): NextLabels | null {
  if (measured.length < FEWEST_POINTS) return null;
  const added = Math.min(NEXT, rows);
  const known = measured.map((point) => point.known);
  const { gain, interval95 } = forecastGain(known, { from: rows, to: rows + added, seed });
  return { added, gain, interval95 };
}
