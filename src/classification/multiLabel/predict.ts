import { duplicateGroups } from "../../dataset/duplicates.js";
import { marksOf, multiLabelProbabilities, type MultiLabelHead } from "../../head/linear/oneVsRest.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { labelSpace, type LabelSpace } from "../../dataset/mapLabels.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import type { Matrix } from "../../math/matrix.js";
import { evaluateMultiLabel, type MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { marksIn } from "./labels.js";
import type { Prediction } from "../predict.js";

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
  return evaluateMultiLabel(truth, predicted, { labels, seed, groups: duplicateGroups(data.texts) });
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
