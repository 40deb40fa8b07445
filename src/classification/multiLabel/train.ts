import { duplicateGroups } from "../../dataset/duplicates.js";
import { labelCounts } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelsIn } from "../../dataset/labelCell.js";
import { textHashes } from "../../dataset/textHashes.js";
import { fitMultiLabelPath, type FittedMultiLabel, type MultiLabelHead } from "../../head/linear/oneVsRest.js";
import { bestThresholds } from "../../head/linear/thresholds.js";
import { evaluateMultiLabel, type MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { count, counted } from "../../text/numbers.js";
import type { Trial } from "../choice/chosenHead.js";
import { C_VALUES } from "../choice/selectC.js";
import { evaluateMultiLabelHead } from "./predict.js";
import { crossFittedMarks, crossValMultiLabel } from "./heldOut.js";
import { labelsToLearn, marksIn } from "./labels.js";

export interface MultiLabelTrainOptions {
  /** Stands between the labels of a row, where they are no list. @default nothing does */
  readonly separator?: string | undefined;
  /** Rows that the head is scored on; nothing is chosen by them. @default the training rows, cross-validated */
  readonly dev?: LabeledVectors | undefined;
  /** @default 1e-4 to 1 in half decades */
  readonly Cs?: readonly number[] | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for every value of C that was tried. */
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
  /** Scores of every value of C on the training rows, each row predicted by a head that has not seen it. */
  readonly trials: readonly Trial[];
  /**
   * On the dev rows; without such on the training rows, each by a head and thresholds that have not seen it. Those heads
   * were fitted on four fifths of the rows, this one on all, so that it is expected to do a little better.
   */
  readonly dev: MultiLabelEvaluation;
  readonly devFrom: string;
  readonly warnings: readonly string[];
}

/**
 * Trains a head that predicts any number of labels: chooses C and a threshold for each label by five-fold cross-validation
 * of the training rows, and fits it on all of them.
 *
 * @param data  its labels are cells such as `news|sport`
 * @throws HeadstartError E_LABELS when there are fewer than two labels, or different texts
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
  const marks = marksIn(data.labels, { labels, separator, file: "the training rows" });
  const fit = { labels, Cs, seed, threads, signal };
  const heldOut = await crossValMultiLabel({ ...data, marks }, fit);
  const { C, trials, probabilities } = heldOut;
  for (const trial of trials) onTrial?.(trial);
  const { head: fitted, converged } = await fitUpTo(C, { ...data, marks }, fit);
  const head = { ...fitted, thresholds: bestThresholds(probabilities, marks, labels.length) };
  return {
    head,
    separator,
    n: data.texts.length,
    textHashes: textHashes(data.texts),
    labelCounts: labelCounts(data.labels.flatMap((cell) => labelsIn(cell, separator))),
    C,
    trials,
    ...(options.dev === undefined
      ? {
          dev: evaluateMultiLabel(marks, crossFittedMarks(heldOut, marks), {
            labels,
            seed,
            groups: duplicateGroups(data.texts),
          }),
          devFrom: `${heldOut.folds}-fold cross-validation of the ${count(data.texts.length)} training rows`,
        }
      : {
          dev: evaluateMultiLabelHead(head, options.dev, { separator, seed, file: "the dev rows" }),
          devFrom: `${counted(options.dev.texts.length, "row")} given for it`,
        }),
    warnings: converged ? [] : [`the fit at C ${C} stopped before it converged`],
  };
}

/** The head with one value of C, each of those before it fitted first, as each starts from the last. */
async function fitUpTo(
  C: number,
  { vectors, marks }: Pick<LabeledVectors, "vectors"> & { readonly marks: Uint8Array },
  { Cs, ...options }: Omit<Parameters<typeof fitMultiLabelPath>[2], "tolerance" | "maxIterations">,
): Promise<FittedMultiLabel> {
  let last: FittedMultiLabel | undefined;
  const path = fitMultiLabelPath(vectors, marks, { ...options, Cs: Cs.slice(0, Cs.indexOf(C) + 1) });
  for await (const fitted of path) last = fitted;
  return last!;
}
