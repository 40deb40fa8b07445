import { drawRows } from "../../classification/curve/drawRows.js";
import { pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { LogisticHead } from "../../head/head.js";
import { seeded, shuffled } from "../../math/random.js";
import { scorePredictions } from "../../metrics/classification.js";
import { macroF1Influence } from "../../metrics/macroF1Influence.js";
import type { Strategy } from "./record.js";
import {
  bothTogether,
  chooseWeight,
  firstRows,
  startedFrom,
  targetAlone,
  type HeadsOptions,
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
/** Rows of the source in a head of the curves; with more the fits take too long. */
export const MOST_SOURCE = 10_000;

/** Sizes to draw: 8 rows a label and twice as many each time, while that leaves enough rows undrawn. */
export function curveSizes(rows: number, labels: number): number[] {
  const sizes: number[] = [];
  for (let n = SMALLEST_PER_LABEL * labels; n <= LARGEST_SHARE * rows; n *= 2) sizes.push(n);
  return sizes;
}

/**
 * Trains every strategy on several draws of so many target rows, the same draws for each, and scores them on the target. Labels
 * are drawn in proportion, equal texts together. The source's weight is chosen once a size, on its first draw.
 */
export async function* measureCurves(sides: CurveSides, options: HeadsOptions): AsyncGenerator<SizeScores> {
  const { targetTrain, source } = sides;
  const labels = [...new Set(targetTrain.labels)].sort();
  const rows = targetTrain.texts.length;
  const order = shuffled(source.texts.length, seeded(options.seed));
  const taken = { ...sides, source: firstRows(source, order, MOST_SOURCE) };
  for (const n of curveSizes(rows, labels.length)) {
    const draws = Array.from({ length: DRAWS }, (_, k) => {
      const seed = options.seed + 1000 * k + n;
      return pickRows(targetTrain, drawRows(targetTrain, { of: n / rows }, { labels, seed }).drawn);
    });
    yield { n, share: n / rows, of: await measureSize(taken, draws, options) };
  }
}

async function measureSize(
  { source, target, sourceHead }: CurveSides,
  draws: readonly LabeledVectors[],
  options: HeadsOptions,
): Promise<SizeScores["of"]> {
  const { vectors } = target;
  const weight = await chooseWeight({ source, own: draws[0] }, options);
  const predicted: Record<LearningStrategy, (Predicted | null)[]> = { target: [], both: [], weighted: [], started: [] };
  for (const own of draws) {
    options.signal?.throwIfAborted();
    const both = await bothTogether({ source, own }, vectors, options);
    predicted.both.push(both);
    predicted.target.push(await targetAlone(own, vectors, options));
    predicted.weighted.push(weight === 1 ? both : await bothTogether({ source, own, weight }, vectors, options));
    predicted.started.push(sourceHead && (await startedFrom({ head: sourceHead, own }, vectors, options)));
  }
  const truth = labelIndices(options.labels, target.labels, "the target");
  return Object.fromEntries(
    LEARNING.flatMap((strategy) => {
      const whole = predicted[strategy].filter((p) => p !== null);
      return whole.length < draws.length ? [] : [[strategy, scoresOf(truth, whole, options.labels.length)]];
    }),
  );
}

export function scoresOf(truth: Int32Array, predicted: readonly Predicted[], classes: number): Scores {
  const parts = new Float64Array(truth.length);
  for (const p of predicted)
    macroF1Influence(truth, p, classes).forEach((own, r) => (parts[r] += own / predicted.length));
  const macroF1 = Float64Array.from(predicted, (p) => scorePredictions(truth, p, classes).macroF1);
  return { macroF1, parts };
}
