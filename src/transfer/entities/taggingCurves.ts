import { forecastGain, type CurvePoint } from "../../classification/curve/powerLaw.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import { curveShape, isShownToHelp, verdictsBySize, type SizeDifference } from "../curves/bySize.js";
import type { NextLabels, TransferCurves } from "../curves/record.js";
import { sentenceOf } from "../curves/says.js";
import { drawVariances, halfWidth, meanOf, varianceOfSum, type Variance } from "../curves/uncertainty.js";
import { worthOf, type KnownScore } from "../curves/worth.js";
import { curveTaggersText, trainAndCount, type CurveTaggerOptions } from "./curveTaggers.js";
import {
  measureTagging,
  sentencesForCurves,
  taggingScores,
  type CurveSentences,
  type TaggingSize,
} from "./measureCurves.js";
import type { TaggingCurve, TaggingPoint } from "./record.js";
import { TAGGER_PAIRS } from "./taggingHalves.js";

/** All that the learning curves of taggers say. */
export interface TaggingCurves extends Omit<TransferCurves, "curves" | "n" | "sourceDraws"> {
  readonly curves: readonly TaggingCurve[];
  /** How the taggers were trained, for the reader. */
  readonly curveTaggers: string;
}

/** The verdict for all sentences of the target, with its standard errors. */
export interface AllSentences {
  readonly difference: number;
  readonly standardErrors: { readonly test: number; readonly training: number };
}

/** Fewer points show no curve. */
const FEWEST_POINTS = 4;
const NEXT = 100;
const OF_SENTENCES = { labels: "tagged target sentences", metric: "entity F1" };

interface MeasuredPoint extends TaggingPoint {
  /** For a law: of the mean over the draws. */
  readonly known: CurvePoint;
}

/**
 * Learning curves of taggers over tagged sentences of the target, with the source and without, and whether the source helps
 * with so many of them. The last verdict is that of the large taggers on all sentences. Everything holds for this source: its
 * sentences are not drawn anew, but with all sentences of the target.
 */
export async function taggingCurves(
  sides: CurveSentences,
  all: AllSentences,
  options: CurveTaggerOptions,
): Promise<TaggingCurves> {
  const taken = sentencesForCurves(sides, options.seed);
  const groups = duplicateGroups(taken.target.sentences.map(({ text }) => text));
  const sizes: TaggingSize[] = [];
  for await (const size of measureTagging(taken, options)) sizes.push(size);
  const [target, both] = (["target", "both"] as const).map((strategy) => pointsOf(sizes, { strategy, groups }));
  const rows = sides.targetTrain.sentences.length;
  const differences = [
    ...sizes.slice(0, -1).map((size) => differenceAt(size, groups)),
    differenceOfAll(rows, all, new Set(groups).size),
  ];
  const byLabels = verdictsBySize(differences);
  const isKnown = both.length > 1 && isShownToHelp(byLabels);
  const worth = isKnown ? worthOf(target.map(knownScore), knownScore(both[0]), options.seed) : null;
  return {
    curves: [
      { strategy: "source", points: [await sourcePoint(taken, groups, options)] },
      { strategy: "target", points: target.map(plainPoint) },
      { strategy: "both", points: both.map(plainPoint) },
    ],
    byLabels,
    worth,
    shape: curveShape(differences, groups),
    next: nextSentences(all.difference > 0 ? both : target, options.seed),
    says: sentenceOf(byLabels, worth, OF_SENTENCES),
    curveTaggers: curveTaggersText({ taken: taken.source.sentences.length, all: sides.source.sentences.length }),
  };
}

function differenceAt({ n, share, target, both }: TaggingSize, groups: Int32Array): SizeDifference {
  const differences = both.entityF1.map((score, k) => score - target.entityF1[k]);
  const parts = both.parts.map((part, s) => part - target.parts[s]);
  const training = drawVariances(differences, share).mean;
  return { n, difference: meanOf(differences), training, test: varianceOfSum(parts, groups), parts };
}

function differenceOfAll(n: number, { difference, standardErrors }: AllSentences, tested: number): SizeDifference {
  const test = { variance: standardErrors.test ** 2, freedom: Math.max(3, tested - 1) };
  const training = { variance: standardErrors.training ** 2, freedom: TAGGER_PAIRS - 1 };
  return { n, difference, training, test };
}

/** A size of one draw, all sentences, varies at most as much as the one before it. */
function pointsOf(
  sizes: readonly TaggingSize[],
  { strategy, groups }: { readonly strategy: "target" | "both"; readonly groups: Int32Array },
): MeasuredPoint[] {
  const points: MeasuredPoint[] = [];
  let before: { readonly one: Variance; readonly mean: Variance } | undefined;
  for (const { n, share, [strategy]: scores } of sizes) {
    const draws = scores.entityF1.length;
    if (draws > 1) before = drawVariances(scores.entityF1, share);
    const single = before && { one: before.mean, mean: before.mean };
    const errors = draws > 1 ? before : single;
    const entityF1 = meanOf(scores.entityF1);
    const drawn = errors === undefined ? [] : [errors.one, errors.mean];
    const interval95 = around(entityF1, [...drawn, varianceOfSum(scores.parts, groups)]);
    const deviation = Math.sqrt(errors?.mean.variance ?? 0);
    const known = { rows: n, error: 1 - entityF1, deviation, degrees: errors?.mean.freedom ?? 3 };
    points.push({ n, entityF1, interval95, draws, known });
  }
  return points;
}

function around(score: number, errors: readonly Variance[]): readonly [number, number] {
  const reach = halfWidth(errors);
  return [Math.max(0, score - reach), Math.min(1, score + reach)];
}

async function sourcePoint(
  { source, target }: CurveSentences,
  groups: Int32Array,
  options: CurveTaggerOptions,
): Promise<TaggingPoint> {
  const { entityF1, parts } = taggingScores([await trainAndCount(source, target, options)]);
  const interval95 = around(entityF1[0], [varianceOfSum(parts, groups)]);
  return { n: 0, entityF1: entityF1[0], interval95, draws: 1 };
}

const plainPoint = ({ n, entityF1, interval95, draws }: MeasuredPoint): TaggingPoint => ({
  n,
  entityF1,
  interval95,
  draws,
});

const knownScore = ({ n, entityF1, known: { deviation } }: MeasuredPoint): KnownScore => ({
  n,
  score: entityF1,
  error: deviation,
});

/** By the law of the curve; no further than twice the sentences. */
function nextSentences(measured: readonly MeasuredPoint[], seed: number): NextLabels | null {
  if (measured.length < FEWEST_POINTS) return null;
  const from = measured[measured.length - 1].n;
  const added = Math.min(NEXT, from);
  const { gain, interval95 } = forecastGain(
    measured.map(({ known }) => known),
    { from, to: from + added, seed },
  );
  return { added, gain, interval95 };
}
