import type { Complete } from "../defaults.js";
import type { LabelMap } from "../dataset/labelMap.js";
import { HeadstartError } from "../errors.js";
import { checkLabels } from "../dataset/labelSet.js";
import { fitBagOfWords, predictBagOfWords, type BagOfWords } from "../head/linear/bagOfWords.js";
import type { Head } from "../head/head.js";
import { balancedShift } from "../head/priorShift.js";
import type { DevPredictions } from "../head/devPredictions.js";
import type { Curve, FewShotScore, SearchRecord } from "../head/file/schema.js";
import type { MlpEpoch, MlpSettings } from "../head/mlp/mlp.js";
import type { Evaluation } from "../metrics/classification.js";
import { calibrateHead, type CalibrationResult } from "./calibrateHead.js";
import type { HeldOutPredictions, Trial } from "./choice/chosenHead.js";
import { chooseHead, type ChooseOptions } from "./choice/chooseHead.js";
import { crossValidate, type CrossValidation } from "./crossValidate.js";
import { evaluatePredictions } from "./evaluate.js";
import { fewShotScores } from "./fewShot.js";
import { predictHeldOut } from "./choice/heldOut.js";
import { textHashes } from "../dataset/textHashes.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { countOf, labelCounts } from "../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";

export interface TrainOptions extends ChooseOptions {
  /** Rows to score on, and where there are 500 or more, or for an MLP, to choose on. @default held-out training rows */
  readonly dev?: LabeledVectors | undefined;
  /** Also cross-validates the training in so many folds, for scores by all rows; not together with `dev`. @default not */
  readonly cv?: number | undefined;
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
  /** Fitted on all training rows, calibrated on the dev rows. */
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
  /** On the given dev rows, or on held-out training rows by heads that were fitted without them. */
  readonly dev: Evaluation;
  /** Where these rows come from. */
  readonly devFrom: string;
  /** What was chosen, and on which rows, in words. */
  readonly choice: string;
  /** Undefined unless it was asked for. */
  readonly cv: CrossValidation | undefined;
  readonly warnings: readonly string[];
}

/**
 * Trains a head of the requested kind on all rows. C (the inverse of the L2 penalty) is chosen on rows that the fit has not
 * seen (see selectC.ts): held-out training rows, in five folds or of many rows a tenth, or the dev rows where there are 500 or
 * more. An MLP stops by dev rows, or by a tenth of the training rows. What searchHead() has found is fitted as it is. The
 * bag-of-words baseline is fitted on the same rows. `dev` scores the given dev rows, or else the held-out rows, predicted by
 * heads like this one that were fitted without them.
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
  const { seed = 1, classWeights = "none", dev } = options;
  const { labels, warnings } = checkLabels(data.labels, {
    map: options.map,
    minPerClass: dev === undefined ? 2 : 1,
  });
  if (dev !== undefined) labelIndices(labels, dev.labels, "the dev rows");
  const cv = await crossValidated(data, options);
  const y = labelIndices(labels, data.labels, "the training rows");
  const counts = labelCounts(data.labels);
  const fit = { labels, classWeights, seed, ...passed(options) };
  const chosen = await chooseHead({ train: data, dev }, fit, options);
  const { heldOut } = chosen;
  const bagOfWords = await fitBagOfWords(data.texts, y, { labels });
  const { calibratedProbabilities, ...judged } = calibrateHead(chosen.head, {
    held: {
      texts: heldOut.rows.texts,
      probabilities: heldOut.probabilities,
      y: labelIndices(labels, heldOut.rows.labels, "the dev rows"),
    },
    priorShift: classWeights === "balanced" ? balancedShift(labels.map((label) => countOf(counts, label))) : undefined,
    seed,
  });
  const { evaluation } = evaluatePredictions(
    { head: judged.head, labelCounts: counts },
    {
      probabilities: calibratedProbabilities,
      words: await heldOutWords(data, heldOut, { labels, bagOfWords }),
      labels: heldOut.rows.labels,
    },
    { seed, file: "the dev rows" },
  );
  const perLabel = options.fewShot ?? [];
  return {
    ...judged,
    bagOfWords,
    labelCounts: counts,
    n: data.texts.length,
    textHashes: textHashes(data.texts),
    C: chosen.C,
    mlp: chosen.mlp,
    curve: chosen.curve,
    classWeights,
    trials: chosen.trials,
    search: chosen.search,
    fewShot: perLabel.length === 0 ? [] : await fewShotScores(data, { ...fit, perLabel, dev: heldOut.rows }),
    dev: evaluation,
    devFrom: heldOut.from,
    choice: chosen.choice,
    cv,
    warnings: [...warnings, ...chosen.warnings, ...uselessness(evaluation)],
  };
}

/** Probabilities of the held-out rows by bags of words that were fitted on the same rows as the heads. */
async function heldOutWords(
  data: LabeledVectors,
  { rows, plan }: HeldOutPredictions,
  { labels, bagOfWords }: { readonly labels: readonly string[]; readonly bagOfWords: BagOfWords },
): Promise<Float64Array> {
  if (plan === undefined) return predictBagOfWords(bagOfWords, rows.texts);
  const [[words]] = await predictHeldOut(
    data,
    { ...plan, repeats: plan.repeats.slice(0, 1) },
    {
      labels,
      settings: 1,
      async *fitPart(fit, own) {
        const bag = await fitBagOfWords(fit.texts, labelIndices(own, fit.labels, "the training rows"), { labels: own });
        yield { predict: (held) => predictBagOfWords(bag, held.texts) };
      },
    },
  );
  return words;
}

async function crossValidated(data: LabeledVectors, options: TrainOptions): Promise<CrossValidation | undefined> {
  const { cv: folds, dev, searchResult } = options;
  if (folds === undefined) return undefined;
  if (dev === undefined && searchResult === undefined) return crossValidate(data, { ...options, folds });
  throw new HeadstartError(
    "E_USAGE",
    "Cross-validation chooses on rows of its own: give neither dev rows nor a search",
  );
}

/** A head that does not beat the simplest guess, in words. */
function uselessness({ n, macroF1, accuracy, majority }: Evaluation): string[] {
  if (macroF1 > majority.macroF1 || accuracy > majority.accuracy) return [];
  return [
    `on the ${n} held-out rows the head is no better than always predicting the most frequent label (macro-F1 ` +
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
