import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { foldCorpus } from "../../dataset/split.js";
import { HeadstartError } from "../../errors.js";
import {
  fitMultiLabelPath,
  marksOf,
  multiLabelProbabilities,
  type FittedMultiLabel,
  type MultiLabelHead,
} from "../../head/linear/oneVsRest.js";
import { bestThresholds } from "../../head/linear/thresholds.js";
import { takeRows } from "../../math/matrix.js";
import { evaluateMultiLabel } from "../../metrics/multiLabel.js";
import { count } from "../../text/numbers.js";
import type { Trial } from "../choice/chosenHead.js";

/** Rows with their marks `[rows, labels]`, 1 where a row has the label. */
export interface MarkedRows extends Pick<LabeledVectors, "texts" | "vectors"> {
  readonly marks: Uint8Array;
}

/** Probabilities of rows by heads that have not seen them. */
export interface HeldOut {
  /** Fold of each row, from 0. */
  readonly fold: Int32Array;
  readonly folds: number;
  /** Scores of every value of C on these rows. */
  readonly trials: readonly Trial[];
  /** The one with the lowest log loss. */
  readonly C: number;
  /** `[rows, labels]`, by heads with that C. */
  readonly probabilities: Float64Array;
}

interface FitOptions {
  readonly labels: readonly string[];
  readonly Cs: readonly number[];
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MOST_FOLDS = 5;

/**
 * Predicts every row by heads that were fitted on the other folds: rows are dealt into five, stratified by each of their
 * labels, equal texts in one. Chooses C by these predictions.
 *
 * @throws HeadstartError E_LABELS where all texts are equal
 */
export async function crossValMultiLabel(data: MarkedRows, options: FitOptions): Promise<HeldOut> {
  const { Cs, seed, labels } = options;
  const { fold, folds } = dealt(data, labels.length, seed);
  const fitted = await fitEachFold(data, fold, { ...options, folds });
  const trials: Trial[] = [];
  let best: Pick<HeldOut, "C" | "probabilities"> | undefined;
  let least = Infinity;
  Cs.forEach((C, i) => {
    const own = fitted.map((path) => path[i]);
    const probabilities = predictEach(
      data,
      fold,
      own.map(({ head }) => head),
    );
    const trial = trialOf(own, { probabilities, marks: data.marks, labels });
    trials.push(trial);
    if (best !== undefined && trial.devLogLoss >= least) return;
    [best, least] = [{ C, probabilities }, trial.devLogLoss];
  });
  if (best === undefined) throw new HeadstartError("E_USAGE", "No value of C to try. Name at least one");
  return { fold, folds, trials, ...best };
}

/** The fold of each row. */
function dealt({ texts, marks }: MarkedRows, k: number, seed: number): { fold: Int32Array; folds: number } {
  const groups = duplicateGroups(texts);
  const folds = Math.min(MOST_FOLDS, new Set(groups).size);
  if (folds < 2) {
    throw new HeadstartError(
      "E_LABELS",
      `Cannot choose C and thresholds: ${texts.length === 1 ? "1 row is" : `${count(texts.length)} rows of one text are`} ` +
        "too few to set some aside. Give more rows",
    );
  }
  const y = texts.map((_, r) => labelsAt(marks, r, k));
  return { fold: foldCorpus(y, groups, { folds, seed }), folds };
}

function labelsAt(marks: Uint8Array, row: number, k: number): number[] {
  const labels = [];
  for (let c = 0; c < k; c++) if (marks[row * k + c] === 1) labels.push(c);
  return labels;
}

/** For each fold the heads of all values of C, fitted on the other folds. */
async function fitEachFold(
  { vectors, marks }: MarkedRows,
  fold: Int32Array,
  { folds, labels, ...options }: FitOptions & { readonly folds: number },
): Promise<FittedMultiLabel[][]> {
  const found: FittedMultiLabel[][] = [];
  for (let f = 0; f < folds; f++) {
    const outside = rowsWhere(fold, (own) => own !== f);
    const path = fitMultiLabelPath(takeRows(vectors, outside), pick(marks, outside, labels.length), {
      ...options,
      labels,
    });
    const own: FittedMultiLabel[] = [];
    for await (const fitted of path) own.push(fitted);
    found.push(own);
  }
  return found;
}

function predictEach({ vectors }: MarkedRows, fold: Int32Array, heads: readonly MultiLabelHead[]): Float64Array {
  const k = heads[0].labels.length;
  const all = new Float64Array(fold.length * k);
  heads.forEach((head, f) => {
    const inside = rowsWhere(fold, (own) => own === f);
    const probabilities = multiLabelProbabilities(head, takeRows(vectors, inside));
    inside.forEach((row, i) => all.set(probabilities.subarray(i * k, (i + 1) * k), row * k));
  });
  return all;
}

interface Predicted {
  /** `[rows, labels]` */
  readonly probabilities: Float64Array;
  readonly marks: Uint8Array;
  readonly labels: readonly string[];
}

function trialOf(fitted: readonly FittedMultiLabel[], { probabilities, marks, labels }: Predicted): Trial {
  const loss = marks.reduce(
    (sum, mark, at) => sum - Math.log(Math.max(mark === 1 ? probabilities[at] : 1 - probabilities[at], 1e-15)),
    0,
  );
  const predicted = marksOf(probabilities, fitted[0].head);
  return {
    C: fitted[0].C,
    iterations: fitted.reduce((sum, { iterations }) => sum + iterations, 0),
    converged: fitted.every(({ converged }) => converged),
    devLogLoss: (loss * labels.length) / marks.length,
    devMacroF1: evaluateMultiLabel(marks, predicted, { labels, seed: 1, resamples: 1 }).macroF1,
  };
}

/** Marks of every row by thresholds that were chosen on the other folds, as those of a head are chosen on all of them. */
export function crossFittedMarks({ fold, folds, probabilities }: HeldOut, marks: Uint8Array): Uint8Array {
  const k = probabilities.length / fold.length;
  const predicted = new Uint8Array(marks.length);
  for (let f = 0; f < folds; f++) {
    const outside = rowsWhere(fold, (own) => own !== f);
    const thresholds = bestThresholds(pick(probabilities, outside, k), pick(marks, outside, k), k);
    for (const row of rowsWhere(fold, (own) => own === f)) {
      predicted.set(marksOf(probabilities.subarray(row * k, (row + 1) * k), { thresholds }), row * k);
    }
  }
  return predicted;
}

const rowsWhere = (fold: Int32Array, isWanted: (own: number) => boolean): Int32Array =>
  Int32Array.from(fold.keys()).filter((row) => isWanted(fold[row]));

/** The rows at `rows` of numbers `[rows, k]`. */
function pick<T extends Uint8Array | Float64Array>(from: T, rows: Int32Array, k: number): T {
  const picked = from.slice(0, rows.length * k) as T;
  rows.forEach((row, i) => picked.set(from.subarray(row * k, (row + 1) * k), i * k));
  return picked;
}
