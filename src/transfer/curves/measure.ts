import { drawRows } from "../../classification/curve/drawRows.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { LogisticHead } from "../../head/head.js";
import { seeded, shuffled } from "../../math/random.js";
import { scorePredictions } from "../../metrics/classification.js";
import { macroF1Influence } from "../../metrics/macroF1Influence.js";
import type { Strategy } from "./record.js";
import { chooseC } from "./chooseC.js";
import {
  bothTogether,
  canStart,
  chooseWeight,
  startedFrom,
  targetAlone,
  type HeadsOptions,
  type Mixture,
  type Predicted,
} from "./strategyHeads.js";

/** Strategies that take labeled rows of the target. */
export type LearningStrategy = Exclude<Strategy, "source">;
export const LEARNING: readonly LearningStrategy[] = ["target", "both", "weighted", "started"];

/** Rows to train on, and those of the target to score on; no text of `target` is one of the others. */
export interface CurveSides {
  readonly source: LabeledVectors;
  readonly targetTrain: LabeledVectors;
  readonly target: LabeledVectors;
  /** Trained on the source. */
  readonly sourceHead: LogisticHead | null;
}

/** A strategy with so many rows: scores of its draws, and what each target row adds to their mean. */
export interface Scores {
  readonly macroF1: Float64Array;
  /** See macroF1Influence; mean over the draws. */
  readonly parts: Float64Array;
}

/** All strategies on the same draws of so many rows. */
export interface SizeScores {
  readonly n: number;
  /** Of the target's training rows. */
  readonly share: number;
  readonly of: Readonly<Partial<Record<LearningStrategy, Scores>>>;
}

export const DRAWS = 5;
const SMALLEST_PER_LABEL = 8;
/** A draw of a larger share has too little to differ in from the next one. */
const LARGEST_SHARE = 0.6;
/** Rows of the source in a head of the curves; with more the fits take too long, so they stand for the others too. */
export const MOST_SOURCE = 10_000;

/** Sizes to draw: 8 rows a label and twice as many each time, while that leaves enough rows undrawn. */
export function curveSizes(rows: number, labels: number): number[] {
  const sizes: number[] = [];
  for (let n = SMALLEST_PER_LABEL * labels; n <= LARGEST_SHARE * rows; n *= 2) sizes.push(n);
  return sizes;
}

export interface CurveOptions extends HeadsOptions {
  /** Called after every draw of target rows, on which each strategy has trained. */
  readonly onDraw?: ((done: number, draws: number) => void) | undefined;
}

/**
 * Trains every strategy on several draws of so many target rows, the same draws for each, and scores them on the target. Labels
 * are drawn in proportion, equal texts together. Of a source of many rows each draw takes others, weighted up to all of them.
 * C, and on the first draw the source's weight, are chosen once a size.
 */
export async function* measureCurves(sides: CurveSides, options: CurveOptions): AsyncGenerator<SizeScores> {
  const { targetTrain } = sides;
  const labels = [...new Set(targetTrain.labels)].sort();
  const rows = targetTrain.texts.length;
  const sizes = curveSizes(rows, labels.length);
  for (const [done, n] of sizes.entries()) {
    const share = n / rows;
    const draws = Array.from({ length: DRAWS }, (_, k) => {
      const seed = options.seed + 1000 * k + n;
      return { own: pickRows(targetTrain, drawRows(targetTrain, { of: share }, { labels, seed }).drawn), seed };
    });
    const onDraw = (k: number): void => options.onDraw?.(done * DRAWS + k, sizes.length * DRAWS);
    yield { n, share, of: await measureSize(sides, { draws, share }, { ...options, onDraw }) };
  }
}

interface Draws {
  readonly draws: readonly { readonly own: LabeledVectors; readonly seed: number }[];
  readonly share: number;
}

async function measureSize(
  { source, target, sourceHead }: CurveSides,
  { draws, share }: Draws,
  options: HeadsOptions & { readonly onDraw: (k: number) => void },
): Promise<SizeScores["of"]> {
  const { vectors } = target;
  const mixtures = draws.map(({ own, seed }): Mixture => {
    return { source: someOf(source, seed), sourceRows: source.texts.length, own, share };
  });
  const owns = draws.map(({ own }) => own);
  const start = sourceHead !== null && owns.every((own) => canStart(sourceHead, own)) ? sourceHead : null;
  const C = (await chooseC(owns, options)) ?? options.C.target;
  const startC = (start && (await chooseC(owns, options, start))) ?? C;
  const weight = await chooseWeight(mixtures[0], options);
  const predicted: Record<LearningStrategy, Predicted[]> = { target: [], both: [], weighted: [], started: [] };
  for (const [k, mixture] of mixtures.entries()) {
    options.signal?.throwIfAborted();
    const { own } = mixture;
    const both = await bothTogether(mixture, vectors, options);
    predicted.both.push(both);
    predicted.target.push(await targetAlone(own, vectors, { ...options, C }));
    predicted.weighted.push(weight === 1 ? both : await bothTogether({ ...mixture, weight }, vectors, options));
    if (start) predicted.started.push(await startedFrom({ head: start, own }, vectors, { ...options, C: startC }));
    options.onDraw(k + 1);
  }
  const truth = labelIndices(options.labels, target.labels, "the target");
  return Object.fromEntries(
    LEARNING.flatMap((strategy) => {
      const own = predicted[strategy];
      return own.length === 0 ? [] : [[strategy, scoresOf(truth, own, options.labels.length)]];
    }),
  );
}

/** All rows, or as many as a head of the curves takes, drawn by seed. */
const someOf = (rows: LabeledVectors, seed: number): LabeledVectors =>
  rows.texts.length <= MOST_SOURCE
    ? rows
    : pickRows(rows, shuffled(rows.texts.length, seeded(seed)).subarray(0, MOST_SOURCE).sort());

export function scoresOf(truth: Int32Array, predicted: readonly Predicted[], classes: number): Scores {
  const parts = new Float64Array(truth.length);
  for (const p of predicted)
    macroF1Influence(truth, p, classes).forEach((own, r) => (parts[r] += own / predicted.length));
  const macroF1 = Float64Array.from(predicted, (p) => scorePredictions(truth, p, classes).macroF1);
  return { macroF1, parts };
}
