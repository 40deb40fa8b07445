import { joinRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { argmax, predictProbabilities, type Head, type LogisticHead } from "../../head/head.js";
import { fitLogistic, type LogisticOptions } from "../../head/linear/logistic.js";
import type { Matrix } from "../../math/matrix.js";
import { scorePredictions } from "../../metrics/classification.js";
import { setAside } from "./setAside.js";

export interface HeadsOptions extends Pick<LogisticOptions, "classWeights" | "threads" | "signal"> {
  readonly seed: number;
  /** That are scored, and predicted as indices into them; of others that a head has the probability is left out. */
  readonly labels: readonly string[];
  /** C that was chosen for heads of all rows: of the source, of the target, and of both. */
  readonly C: { readonly source: number; readonly target: number; readonly both: number };
}

/** Predictions hardly change with a finer fit. */
export const TOLERANCE = 1e-3;
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

/** @param C  see chooseC() */
export const targetAlone = (
  own: LabeledVectors,
  vectors: Matrix,
  { C, ...options }: Omit<HeadsOptions, "C"> & { readonly C: number },
): Promise<Predicted> => predictionsOf(own, vectors, { ...options, C });

/** The source beside rows of the target. */
export interface Mixture {
  readonly source: LabeledVectors;
  readonly own: LabeledVectors;
  /** Rows that those of `source` stand for. @default as many as they are */
  readonly sourceRows?: number | undefined;
  /** Of all labeled rows of the target, which share `own` is. */
  readonly share: number;
  /** Of a row that is stood for; one of the target has 1. @default 1 */
  readonly weight?: number | undefined;
}

/**
 * C lies between that of the source and that of both, in proportion to the target's rows. Where the source weighs less, it is
 * raised so that all rows together weigh as much against the penalty as before.
 */
export function bothTogether(mixture: Mixture, vectors: Matrix, options: HeadsOptions): Promise<Predicted> {
  const { source, own, share, weight = 1, sourceRows = source.texts.length } = mixture;
  const [n, m] = [own.texts.length, source.texts.length];
  const { C } = options;
  const alike = C.source ** (1 - share) * C.both ** share;
  const ofSource = (weight * sourceRows) / m;
  const sampleWeights = ofSource === 1 ? undefined : new Float64Array(m + n).fill(1).fill(ofSource, 0, m);
  const raised = (alike * (sourceRows + n)) / (weight * sourceRows + n);
  return predictionsOf(joinRows(source, own), vectors, { ...options, C: raised, sampleWeights });
}

/** Whether the target's rows and the head have the same labels, as a fit that starts from it needs. */
export function canStart(head: LogisticHead, own: LabeledVectors): boolean {
  const present = new Set(own.labels);
  return present.size === head.labels.length && head.labels.every((label) => present.has(label));
}

/** @param C  see chooseC() */
export async function startedFrom(
  { head, own }: { readonly head: LogisticHead; readonly own: LabeledVectors },
  vectors: Matrix,
  { labels, classWeights, threads, signal, C }: Omit<HeadsOptions, "C"> & { readonly C: number },
): Promise<Predicted> {
  const y = labelIndices(head.labels, own.labels, "the training rows");
  const how = { labels: head.labels, classWeights, threads, signal, tolerance: TOLERANCE, C, startFrom: head };
  return predictedBy((await fitLogistic(own.vectors, y, how)).head, vectors, labels);
}

/** The weight of the source's rows that serves best on some of the target's rows, set aside by seed; 1 where there are none. */
export async function chooseWeight(mixture: Mixture, options: HeadsOptions): Promise<number> {
  const { own, source, sourceRows = source.texts.length } = mixture;
  const parts = setAside(own, CHOSEN_ON, options.seed);
  if (parts === null) return 1;
  const truth = labelIndices(options.labels, parts.dev.labels, "the target's rows");
  const weights = SOURCE_SHARES.map((share) => (share * own.texts.length) / sourceRows);
  let best = { weight: 1, score: -1 };
  for (const weight of [1, ...weights.filter((w) => w < 1)]) {
    const predicted = await bothTogether({ ...mixture, own: parts.train, weight }, parts.dev.vectors, options);
    const score = scorePredictions(truth, predicted, options.labels.length).macroF1;
    if (score > best.score) best = { weight, score };
  }
  return best.weight;
}
