import { excerpt, HeadstartError } from "../errors.js";
import {
  bestThresholds,
  fitMultiLabelPath,
  marksOf,
  multiLabelProbabilities,
  type FittedMultiLabel,
  type MultiLabelHead,
} from "../head/linear/oneVsRest.js";
import { labelsIn } from "../dataset/labelCell.js";
import { refuseTexts } from "../dataset/labelSet.js";
import type { Matrix } from "../math/matrix.js";
import { evaluateMultiLabel, type MultiLabelEvaluation } from "../metrics/multiLabel.js";
import { labelCounts } from "../dataset/labeledCorpus.js";
import { textHashes } from "../dataset/textHashes.js";
import type { LabelMap } from "../dataset/labelMap.js";
import { labelIndices, labelSpace, type LabelSpace } from "../dataset/mapLabels.js";
import { holdOut, type LabeledVectors } from "../dataset/labeledVectors.js";
import { counted } from "../text/numbers.js";
import { C_VALUES } from "./choice/selectC.js";
import type { Prediction } from "./predict.js";
import type { Trial } from "./choice/chosenHead.js";

export interface MultiLabelTrainOptions {
  /** Stands between the labels of a row, where they are no list. @default nothing does */
  readonly separator?: string | undefined;
  /** Rows to choose C and the thresholds on. @default a seeded, duplicate-aware tenth of the training rows */
  readonly dev?: LabeledVectors | undefined;
  /** @default 1e-3 to 1 in half decades */
  readonly Cs?: readonly number[] | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onTrial?: ((trial: Trial) => void) | undefined;
}

/** A multi-label head with its scores. */
export interface TrainedMultiLabel {
  readonly head: MultiLabelHead;
  readonly separator: string | undefined;
  readonly n: number;
  /** Of the texts of the training rows, each once. */
  readonly textHashes: Int32Array;
  /** Training rows that have each label. */
  readonly labelCounts: Readonly<Record<string, number>>;
  readonly C: number;
  readonly trials: readonly Trial[];
  /** On the rows that C and the thresholds were chosen on. */
  readonly dev: MultiLabelEvaluation;
  readonly devFrom: string;
  readonly warnings: readonly string[];
}

const DEV_FRACTION = 0.1;

/** `[rows, classes]`, 1 where a row has the label. @throws HeadstartError E_LABEL_MAP naming labels that are not among them */
function marksIn(
  cells: readonly string[],
  {
    labels,
    separator,
    file,
  }: { readonly labels: readonly string[]; readonly separator: string | undefined; readonly file: string },
): Uint8Array {
  const marks = new Uint8Array(cells.length * labels.length);
  const own = cells.map((cell) => labelsIn(cell, separator));
  const indices = labelIndices(labels, own.flat(), file);
  let at = 0;
  own.forEach(({ length }, r) => {
    for (const end = at + length; at < end; at++) marks[r * labels.length + indices[at]] = 1;
  });
  return marks;
}

/** More labels than single ones can be: a text may have many, and none of them has to be separated from all others. */
const MOST_LABELS = 10_000;

/**
 * The labels of cells such as `news|sport`, each once, in the order of UTF-16 code units.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two, or they look like texts or ids
 */
export function labelsToLearn(cells: readonly string[], separator?: string): string[] {
  const all = cells.flatMap((cell) => labelsIn(cell, separator));
  const labels = [...new Set(all)].sort();
  if (labels.length < 2) {
    const found = labels.length === 0 ? "no row has any" : `"${excerpt(labels[0])}" is the only one`;
    const [parted, advice] =
      separator === undefined ? ["", ""] : [`, parted by "${separator}"`, ", or another separator"];
    throw new HeadstartError(
      "E_LABELS",
      `Cannot learn these labels: ${found}${parted}. Give rows of two or more labels${advice}`,
    );
  }
  refuseTexts(all, { mostClasses: MOST_LABELS });
  return labels;
}

/**
 * Trains a head that predicts any number of labels: of several values of C the one with the lowest log loss on the dev
 * rows, then a threshold for each label with the best F1 there.
 *
 * @param data  its labels are cells such as `news|sport`
 * @throws HeadstartError E_LABELS when there are fewer than two labels
 * @example
 * // Labels of several are cells such as "sport|money".
 * const { head, dev } = await trainMultiLabel(topics, { separator: "|" });
 * console.log(head.labels, dev.microF1);
 */
export async function trainMultiLabel(
  data: LabeledVectors,
  options: MultiLabelTrainOptions,
): Promise<TrainedMultiLabel> {
  const { separator, seed = 1, Cs = C_VALUES, threads, signal, onTrial } = options;
  const labels = labelsToLearn(data.labels, separator);
  const held = options.dev === undefined ? holdOut(data, { devFraction: DEV_FRACTION, seed }) : undefined;
  const { train, dev } = held ?? { train: data, dev: options.dev! };
  const y = marksIn(train.labels, { labels, separator, file: "the training rows" });
  const devY = marksIn(dev.labels, { labels, separator, file: "the dev rows" });
  const tried: { fitted: FittedMultiLabel; trial: Trial }[] = [];
  const path = {
    labels,
    Cs,
    threads,
    signal,
  };
  for await (const fitted of fitMultiLabelPath(train.vectors, y, path)) {
    const trial = trialOf(fitted, { vectors: dev.vectors, y: devY, seed });
    tried.push({ fitted, trial });
    onTrial?.(trial);
  }
  const { fitted, trial } = tried.reduce((a, b) => (b.trial.devLogLoss < a.trial.devLogLoss ? b : a));
  const probabilities = multiLabelProbabilities(fitted.head, dev.vectors);
  const head = { ...fitted.head, thresholds: bestThresholds(probabilities, devY, labels.length) };
  return {
    head,
    separator,
    n: train.texts.length,
    textHashes: textHashes(train.texts),
    labelCounts: labelCounts(train.labels.flatMap((cell) => labelsIn(cell, separator))),
    C: fitted.C,
    trials: tried.map((one) => one.trial),
    dev: evaluateMultiLabel(devY, marksOf(probabilities, head), { labels, seed }),
    devFrom:
      held === undefined
        ? `${counted(dev.texts.length, "row")} given for it`
        : `${dev.texts.length} of the ${data.texts.length} training rows, set aside by seed ${seed}, equal texts on one side`,
    warnings: trial.converged ? [] : [`the fit at C ${fitted.C} stopped before it converged`],
  };
}

function trialOf(
  { head, C, iterations, converged }: FittedMultiLabel,
  { vectors, y, seed }: { readonly vectors: Matrix; readonly y: Uint8Array; readonly seed: number },
): Trial {
  const probabilities = multiLabelProbabilities(head, vectors);
  const loss = y.reduce(
    (sum, mark, at) => sum - Math.log(Math.max(mark === 1 ? probabilities[at] : 1 - probabilities[at], 1e-15)),
    0,
  );
  const { macroF1 } = evaluateMultiLabel(y, marksOf(probabilities, head), { labels: head.labels, seed, resamples: 1 });
  return { C, iterations, converged, devLogLoss: loss / vectors.rows, devMacroF1: macroF1 };
}

/**
 * Evaluates a multi-label head on rows whose labels are cells.
 *
 * @throws HeadstartError E_LABEL_MAP for unknown labels, and for a map that leaves none
 *
 * @example
 * const { head } = await trainMultiLabel(topics, { separator: "|" });
 * console.log(evaluateMultiLabelHead(head, topics, { separator: "|" }).macroF1 > 0.5); // true
 */
export function evaluateMultiLabelHead(
  head: MultiLabelHead,
  data: LabeledVectors,
  {
    separator,
    map,
    seed = 1,
    file = "the corpus",
  }: {
    readonly separator?: string | undefined;
    /** Brings the predictions to the labels of the rows, which it has been applied to already. */
    readonly map?: LabelMap | undefined;
    readonly seed?: number | undefined;
    readonly file?: string | undefined;
  },
): MultiLabelEvaluation {
  const space = labelSpace(head.labels, map, 1);
  const { labels } = space;
  const truth = marksIn(data.labels, { labels, separator, file });
  const predicted = mappedMarks(marksOf(multiLabelProbabilities(head, data.vectors), head), space);
  return evaluateMultiLabel(truth, predicted, { labels, seed });
}

/** Marks `[rows, labels]` of marks `[rows, head labels]`: a label is there where one that becomes it is. */
function mappedMarks(marks: Uint8Array, { labels, target }: LabelSpace): Uint8Array {
  const rows = marks.length / target.length;
  const mapped = new Uint8Array(rows * labels.length);
  marks.forEach((mark, at) => {
    const to = target[at % target.length];
    if (mark === 1 && to >= 0) mapped[Math.floor(at / target.length) * labels.length + to] = 1;
  });
  return mapped;
}

/** Stands between the labels of a prediction, where nothing did between those that were learned. */
export const DEFAULT_SEPARATOR = "|";

/** What a multi-label head predicts for one text. */
export interface MultiLabelPrediction extends Prediction {
  /** Those that reach their thresholds; `label` joins them. */
  readonly labels: readonly string[];
}

/**
 * Predictions for rows of vectors `[texts, width]`: `label` is the labels with the separator between them (empty where there
 * is none), `probability` that of the least probable one (where there is none, that the most probable one is absent).
 *
 * @example
 * const { head } = await trainMultiLabel(topics, { separator: "|" });
 * for (const { labels, probability } of predictMultiLabel(head, topics.vectors, "|")) console.log(labels, probability);
 */
export function predictMultiLabel(
  head: MultiLabelHead,
  vectors: Matrix,
  separator: string = DEFAULT_SEPARATOR,
): MultiLabelPrediction[] {
  const k = head.labels.length;
  const probabilities = multiLabelProbabilities(head, vectors);
  const marks = marksOf(probabilities, head);
  return Array.from({ length: vectors.rows }, (_, r) => {
    const own = probabilities.subarray(r * k, (r + 1) * k);
    const labels = head.labels.filter((__, c) => marks[r * k + c] === 1);
    const named = Object.create(null) as Record<string, number>;
    head.labels.forEach((label, c) => (named[label] = own[c]));
    const probability = labels.length > 0 ? Math.min(...labels.map((label) => named[label])) : 1 - Math.max(...own);
    return { label: labels.join(separator), labels, probability, probabilities: named };
  });
}
