import type { Complete } from "../defaults.js";
import type { LabelMap } from "../dataset/labelMap.js";
import { HeadstartError } from "../errors.js";
import { checkLabels } from "../dataset/labelSet.js";
import { fitBagOfWords, type BagOfWords } from "../head/linear/bagOfWords.js";
import type { Head } from "../head/head.js";
import type { DevPredictions } from "../head/devPredictions.js";
import type { Curve, FewShotScore, SearchRecord } from "../head/file/schema.js";
import type { MlpEpoch, MlpSettings } from "../head/mlp/mlp.js";
import type { Evaluation } from "../metrics/classification.js";
import { calibrateHead, type CalibrationResult } from "./calibrateHead.js";
import { chooseHead, sides, type ChooseOptions, type Trial } from "./chooseHead.js";
import { evaluateHead } from "./evaluate.js";
import { repeatCrossValidation, type CrossValidationPlan, type RepeatedCrossValidation } from "./repeatedFolds.js";
import { fewShotScores } from "./fewShot.js";
import { textHashes } from "../dataset/textHashes.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { labelCounts } from "../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";

export interface TrainOptions extends ChooseOptions {
  /** Rows to choose the regularization on. @default a seeded, duplicate-aware tenth of the training rows, at most 5,000 */
  readonly dev?: LabeledVectors | undefined;
  /** Also cross-validates the training, in so many folds, for scores by all rows; not together with `dev`. @default not */
  readonly cv?: CrossValidationPlan | undefined;
  /** Also reports the scores with so many rows of each label. @default none */
  readonly fewShot?: readonly number[] | undefined;
  /** `balanced` gives every label the same total weight. @default "none" */
  readonly classWeights?: "none" | "balanced" | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The map that gave the labels, which what is advised about them keeps. */
  readonly map?: LabelMap | undefined;
  /** Called after every epoch of an MLP. */
  readonly onEpoch?: ((epoch: MlpEpoch) => void) | undefined;
  /** Called after every fold of the cross-validation, which comes first. */
  readonly onFold?: ((done: number, folds: number) => void) | undefined;
}

/** A head with its baseline, its dev scores and how it was chosen. */
export interface TrainedHead {
  /** Calibrated on the dev rows. */
  readonly head: Head;
  readonly devPredictions: DevPredictions;
  readonly calibration: CalibrationResult["calibration"];
  readonly bagOfWords: BagOfWords;
  /** Rows of each label that the head was trained on. */
  readonly labelCounts: Readonly<Record<string, number>>;
  /** Rows it was trained on. */
  readonly n: number;
  /** Of the texts of these rows, each once. */
  readonly textHashes: Int32Array;
  /** Null where the kind has none. */
  readonly C: number | null;
  readonly mlp: Complete<MlpSettings> | undefined;
  /** Losses as training went on. */
  readonly curve: Curve;
  readonly search: SearchRecord | undefined;
  readonly fewShot: readonly FewShotScore[];
  readonly classWeights: "none" | "balanced";
  readonly trials: readonly Trial[];
  readonly dev: Evaluation;
  /** Where the dev rows come from. */
  readonly devFrom: string;
  /** Undefined unless it was asked for. */
  readonly cv: RepeatedCrossValidation | undefined;
  readonly warnings: readonly string[];
}

/**
 * Trains a head of the requested kind: a logistic one for each value of C, of which it keeps one by the dev rows (see
 * selectC.ts), or an MLP that stops by the dev rows. What searchHead() has found is fitted without them. The bag-of-words
 * baseline is fitted on the same training rows. With `cv` the head is the same, and cross-validated scores come with it.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two labels, a label too rare to be split, or fewer different
 *   texts than folds; E_USAGE for `cv` together with `dev`
 * @example
 * const { texts, labels } = await readLabeled(["reviews.csv"]);
 * const { vectors } = await embedTexts(encoder, texts);
 * const { head, dev } = await trainClassifier({ texts, labels, vectors }, { Cs: [0.1, 1] });
 * console.log(head.labels, dev.macroF1);
 */
export async function trainClassifier(data: LabeledVectors, options: TrainOptions = {}): Promise<TrainedHead> {
  const { seed = 1, classWeights = "none" } = options;
  const { labels, warnings } = checkLabels(data.labels, {
    map: options.map,
    minPerClass: options.dev === undefined ? 2 : 1,
  });
  const cv = await crossValidated(data, options);
  const { train, dev, devFrom } = sides(data, { seed, dev: options.dev });
  const y = labelIndices(labels, train.labels, "the training rows");
  const devY = labelIndices(labels, dev.labels, "the dev rows");
  const fit = { labels, classWeights, seed, ...passed(options) };
  const chosen = await chooseHead({ train, dev }, fit, options);
  const judged = {
    ...calibrateHead(chosen.head, { dev, y: devY, seed }),
    bagOfWords: await fitBagOfWords(train.texts, y, { labels }),
    labelCounts: labelCounts(train.labels),
  };
  const perLabel = options.fewShot ?? [];
  const { evaluation } = evaluateHead(judged, dev, { seed, file: "the dev rows" });
  return {
    ...judged,
    n: train.texts.length,
    textHashes: textHashes(train.texts),
    C: chosen.C,
    mlp: chosen.mlp,
    curve: chosen.curve,
    classWeights,
    trials: chosen.trials,
    search: chosen.search,
    fewShot: await fewShotScores(train, { ...fit, perLabel, dev }),
    dev: evaluation,
    devFrom,
    cv,
    warnings: [...warnings, ...chosen.warnings, ...uselessness(evaluation)],
  };
}

async function crossValidated(
  data: LabeledVectors,
  options: TrainOptions,
): Promise<RepeatedCrossValidation | undefined> {
  const { cv, dev, searchResult } = options;
  if (cv === undefined) return undefined;
  if (dev === undefined && searchResult === undefined) return repeatCrossValidation(data, cv, options);
  throw new HeadstartError(
    "E_USAGE",
    "Cross-validation chooses on rows of its own: give neither dev rows nor a search",
  );
}

/** A head that does not beat the simplest guess, in words. */
function uselessness({ n, macroF1, accuracy, majority }: Evaluation): string[] {
  if (macroF1 > majority.macroF1 || accuracy > majority.accuracy) return [];
  return [
    `on the ${n} dev rows the head is no better than always predicting the most frequent label (macro-F1 ` +
      `${majority.macroF1.toFixed(3)}): it has learned nothing that helps there. Give it more rows, look at the labels, or ` +
      "choose another encoder",
  ];
}

function passed({ threads, signal, onEpoch }: TrainOptions): Pick<TrainOptions, "threads" | "signal" | "onEpoch"> {
  return {
    threads,
    signal,
    onEpoch,
  };
}
