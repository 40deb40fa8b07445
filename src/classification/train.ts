import { counted } from "../text/numbers.js";
import { type Complete } from "../defaults.js";
import type { LabelMap } from "../dataset/labelMap.js";
import { checkLabels } from "../dataset/labelSet.js";
import { HeadstartError, unreachable } from "../errors.js";
import { fitBagOfWords, type BagOfWords } from "../head/linear/bagOfWords.js";
import type { Head } from "../head/head.js";
import type { DevPredictions } from "../head/devPredictions.js";
import type { Curve, FewShotScore, SearchRecord } from "../head/file/schema.js";
import type { MlpEpoch, MlpSettings } from "../head/mlp/mlp.js";
import type { Evaluation } from "../metrics/classification.js";
import { calibrateHead, type CalibrationResult } from "./calibrateHead.js";
import { candidate, chooseCandidate, isPastBest, meanLoss, type Candidate } from "./selectC.js";
import { evaluateHead } from "./evaluate.js";
import { fewShotScores } from "./fewShot.js";
import {
  fitMlpHead,
  fitSetup,
  fitLogisticHeads,
  logisticHead,
  mlpHead,
  C_VALUES,
  type FitOptions,
  type FittedHead,
} from "./fit.js";
import { textHashes } from "../dataset/textHashes.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { labelCounts } from "../dataset/labeledCorpus.js";
import { holdOut, type LabeledVectors } from "../dataset/labeledVectors.js";
import type { SearchResult } from "./search.js";

export interface TrainOptions {
  /** Rows to choose the regularization on. @default a seeded, duplicate-aware tenth of the training rows, at most 5,000 */
  readonly dev?: LabeledVectors | undefined;
  /** Weights of the data against the penalty to choose from. @default 1e-4 to 1 in half decades */
  readonly Cs?: readonly number[] | undefined;
  /** Kind of the head. @default "logistic" */
  readonly head?: Head["kind"] | undefined;
  /** Of an MLP. */
  readonly mlp?: MlpSettings | undefined;
  /** What searchHead() has found, to be fitted instead of choosing on dev. */
  readonly searchResult?: Pick<SearchResult, "setup" | "search"> | undefined;
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
  /** Called after every value of C that was tried. */
  readonly onTrial?: ((trial: Trial) => void) | undefined;
  /** Called after every epoch of an MLP. */
  readonly onEpoch?: ((epoch: MlpEpoch) => void) | undefined;
}

/** One value of C that was tried. */
export interface Trial {
  readonly C: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log loss on the dev rows. */
  readonly devLogLoss: number;
  readonly devMacroF1: number;
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
  readonly warnings: readonly string[];
}

const DEV_FRACTION = 0.1;

/**
 * Trains a head of the requested kind: a logistic one for each value of C, of which it keeps one by the dev rows (see
 * selectC.ts), or an MLP that stops by the dev rows. What searchHead() has found is fitted without them. The bag-of-words baseline is fitted on the same training rows.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two labels, or a label too rare to be split
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
  const { train, dev, devFrom } = sides(data, { seed, dev: options.dev });
  const y = labelIndices(labels, train.labels, "the training rows");
  const devY = labelIndices(labels, dev.labels, "the dev rows");
  const fit = { labels, classWeights, seed, ...passed(options) };
  const chosen = await fitChosen({ train, dev }, fit, options);
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
    warnings: [...warnings, ...chosen.warnings, ...uselessness(evaluation)],
  };
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

interface Sides {
  readonly train: LabeledVectors;
  readonly dev: LabeledVectors;
}

interface Chosen extends FittedHead, Pick<TrainedHead, "C" | "mlp" | "trials" | "search"> {}

const NOT_SEARCHED = { mlp: undefined, trials: [], search: undefined } as const;

/** Fits what was chosen before, or a head of the kind that is asked for, choosing by the dev rows. */
async function fitChosen({ train, dev }: Sides, fit: FitOptions, options: TrainOptions): Promise<Chosen> {
  const { searchResult, head: kind = "logistic" } = options;
  if (searchResult !== undefined) {
    const { setup, search } = searchResult;
    const fitted = await fitSetup(train, setup, fit);
    return setup.kind === "mlp"
      ? { ...NOT_SEARCHED, ...fitted, search, C: null, mlp: setup.settings }
      : { ...NOT_SEARCHED, ...fitted, search, C: setup.C };
  }
  switch (kind) {
    case "logistic":
      return logisticByDev({ train, dev }, fit, options);
    case "mlp": {
      const fitted = await fitMlpHead(train, { ...fit, dev, settings: options.mlp ?? {} });
      return { ...NOT_SEARCHED, ...mlpHead(fitted), C: null, mlp: fitted.settings };
    }
    default:
      return unreachable(kind);
  }
}

/** One head for each value of C, from strong to weak regularization; keeps one by the dev rows. */
async function logisticByDev(
  { train, dev }: Sides,
  fit: FitOptions,
  { Cs = C_VALUES, onTrial }: TrainOptions,
): Promise<Chosen> {
  const devRows = { vectors: dev.vectors, y: labelIndices(fit.labels, dev.labels, "the dev rows") };
  const candidates: Candidate[] = [];
  for await (const fitted of fitLogisticHeads(train, { ...fit, Cs })) {
    const next = candidate(fitted, devRows);
    candidates.push(next);
    onTrial?.(trialOf(next));
    if (isPastBest(candidates)) break;
  }
  if (candidates.length === 0) throw new HeadstartError("E_USAGE", "No value of C to try. Name at least one");
  const { fitted } = chooseCandidate(candidates);
  const { C } = fitted;
  return { ...NOT_SEARCHED, ...logisticHead(fitted), C, trials: candidates.map(trialOf) };
}

const trialOf = (tried: Candidate): Trial => ({
  C: tried.fitted.C,
  iterations: tried.fitted.iterations,
  converged: tried.fitted.converged,
  devLogLoss: meanLoss(tried),
  devMacroF1: tried.macroF1,
});

function passed({ threads, signal, onEpoch }: TrainOptions): Pick<TrainOptions, "threads" | "signal" | "onEpoch"> {
  return {
    threads,
    signal,
    onEpoch,
  };
}

/** The rows to fit on, those kept from the fit, and where these come from. */
export function sides(
  data: LabeledVectors,
  { seed, dev }: { readonly seed: number; readonly dev: LabeledVectors | undefined },
): { train: LabeledVectors; dev: LabeledVectors; devFrom: string } {
  if (dev !== undefined) return { train: data, dev, devFrom: `${counted(dev.texts.length, "row")} given for it` };
  const held = holdOut(data, { devFraction: DEV_FRACTION, seed });
  const from = `${held.dev.texts.length} of the ${data.texts.length} training rows`;
  return { ...held, devFrom: `${from}, set aside by seed ${seed}, equal texts on one side` };
}
