import { valuesOfC } from "../../classification/choice/selectC.js";
import { holdOut, joinRows, pickRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { argmax, predictProbabilities, type Head, type LogisticHead } from "../../head/head.js";
import { fitLogistic, type LogisticOptions } from "../../head/linear/logistic.js";
import type { Matrix } from "../../math/matrix.js";
import { scorePredictions } from "../../metrics/classification.js";

export interface HeadsOptions extends Pick<LogisticOptions, "classWeights" | "threads" | "signal"> {
  readonly seed: number;
  /** That are scored, and predicted as indices into them; of others that a head has the probability is left out. */
  readonly labels: readonly string[];
  /** C of the heads of all rows. With few rows of a label it is raised to the least that a training tries. */
  readonly C: { readonly target: number; readonly both: number };
}

/** Predictions hardly change with a finer fit. */
const TOLERANCE = 1e-3;
/** Weights of all the source's rows beside those of the target that are tried, and every row alike. */
const SOURCE_SHARES = [0.5, 3];
const CHOSEN_ON = 0.3;

/** What a head predicts for rows, as indices into the labels of `options`. */
export type Predicted = Int32Array;

export function predictedBy(head: Head, vectors: Matrix, labels: readonly string[]): Predicted {
  const at = head.labels.map((label) => labels.indexOf(label));
  const probabilities = predictProbabilities(head, vectors).map((p, i) => (at[i % at.length] < 0 ? -1 : p));
  return argmax(probabilities, at.length).map((p) => at[p]);
}

const usable = (C: number, rows: LabeledVectors): number => Math.max(C, valuesOfC(rows.labels)[0]);

/** Of a head of these rows; with a single label among them, that label. */
async function predictionsOf(
  rows: LabeledVectors,
  vectors: Matrix,
  { labels, classWeights, threads, signal, C, sampleWeights }: Omit<HeadsOptions, "C" | "seed"> & LogisticOptions,
): Promise<Predicted> {
  const own = [...new Set(rows.labels)].sort();
  if (own.length < 2) return new Int32Array(vectors.rows).fill(Math.max(0, labels.indexOf(own[0])));
  const y = labelIndices(own, rows.labels, "the training rows");
  const how = { labels: own, classWeights, threads, signal, tolerance: TOLERANCE, C, sampleWeights };
  return predictedBy((await fitLogistic(rows.vectors, y, how)).head, vectors, labels);
}

export const targetAlone = (own: LabeledVectors, vectors: Matrix, options: HeadsOptions): Promise<Predicted> =>
  predictionsOf(own, vectors, { ...options, C: usable(options.C.target, own) });

/** @param weight  of a row of the source; one of the target has 1 */
export function bothTogether(
  {
    source,
    own,
    weight = 1,
  }: { readonly source: LabeledVectors; readonly own: LabeledVectors; readonly weight?: number },
  vectors: Matrix,
  options: HeadsOptions,
): Promise<Predicted> {
  const rows = joinRows(source, own);
  const sampleWeights =
    weight === 1 ? undefined : new Float64Array(rows.texts.length).fill(1).fill(weight, 0, source.texts.length);
  return predictionsOf(rows, vectors, { ...options, C: usable(options.C.both, rows), sampleWeights });
}

/** Null where the target's rows and the head have not the same labels. */
export async function startedFrom(
  { head, own }: { readonly head: LogisticHead; readonly own: LabeledVectors },
  vectors: Matrix,
  options: HeadsOptions,
): Promise<Predicted | null> {
  const present = new Set(own.labels);
  if (present.size !== head.labels.length || head.labels.some((label) => !present.has(label))) return null;
  const C = usable(options.C.target, own);
  const y = labelIndices(head.labels, own.labels, "the training rows");
  const { classWeights, threads, signal } = options;
  const how = { labels: head.labels, classWeights, threads, signal, tolerance: TOLERANCE, C, startFrom: head };
  return predictedBy((await fitLogistic(own.vectors, y, how)).head, vectors, options.labels);
}

/** The weight of the source's rows that serves best on some of the target's rows, set aside by seed. */
export async function chooseWeight(
  { source, own }: { readonly source: LabeledVectors; readonly own: LabeledVectors },
  options: HeadsOptions,
): Promise<number> {
  const { train, dev } = holdOut(own, { devFraction: CHOSEN_ON, keepInTrain: true, seed: options.seed });
  const truth = labelIndices(options.labels, dev.labels, "the target's rows");
  const weights = SOURCE_SHARES.map((share) => (share * own.texts.length) / source.texts.length);
  let best = { weight: 1, score: -1 };
  for (const weight of [1, ...weights.filter((w) => w < 1)]) {
    const predicted = await bothTogether({ source, own: train, weight }, dev.vectors, options);
    const score = scorePredictions(truth, predicted, options.labels.length).macroF1;
    if (score > best.score) best = { weight, score };
  }
  return best.weight;
}

/** At most so many rows, in the order of `order`. */
export const firstRows = (rows: LabeledVectors, order: Int32Array, most: number): LabeledVectors =>
  rows.texts.length <= most ? rows : pickRows(rows, order.slice(0, most).sort());
