import { checkLabels } from "../corpus/labelSet.js";
import { HeadstartError } from "../errors.js";
import { fitBagOfWords, type BagOfWords } from "../head/bagOfWords.js";
import type { Head } from "../head/head.js";
import type { DevAnswers } from "../head/devAnswers.js";
import { fitLogisticPath } from "../head/logistic.js";
import type { Evaluation } from "../metrics/classification.js";
import { calibrateHead, type CalibratedHead } from "./calibrateHead.js";
import { candidate, chooseCandidate, isPastBest, meanLoss, type Candidate } from "./chooseStrength.js";
import { evaluateHead } from "./evaluate.js";
import { labelIndices } from "./labelSpace.js";
import { labelCounts } from "./labelled.js";
import { holdOut, type LabelledVectors } from "./labelledVectors.js";

export interface TrainOptions {
  /** Rows to choose the regularisation on. @default a seeded, duplicate-aware tenth of the training rows, at most 5,000 */
  readonly dev?: LabelledVectors;
  /** Weights of the data against the penalty to choose from. @default 1e-4 to 1 in half decades */
  readonly strengths?: readonly number[];
  /** `balanced` gives every label the same total weight. @default "none" */
  readonly classWeights?: "none" | "balanced";
  /** @default 1 */
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told after every strength that was tried. */
  readonly onTrial?: (trial: Trial) => void;
}

/** One strength that was tried. */
export interface Trial {
  readonly strength: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log loss on the dev rows. */
  readonly devLogLoss: number;
  readonly devMacroF1: number;
}

/** A head with its baseline and the evidence for it. */
export interface TrainedHead {
  /** Calibrated on the dev rows. */
  readonly head: Head;
  readonly devAnswers: DevAnswers;
  readonly calibration: CalibratedHead["calibration"];
  readonly bagOfWords: BagOfWords;
  /** Rows of each label that the head was trained on. */
  readonly labelCounts: Readonly<Record<string, number>>;
  /** Rows it was trained on. */
  readonly n: number;
  readonly strength: number;
  readonly classWeights: "none" | "balanced";
  readonly trials: readonly Trial[];
  readonly dev: Evaluation;
  /** Where the dev rows come from. */
  readonly devFrom: string;
  readonly warnings: readonly string[];
}

const STRENGTHS = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1];
const DEV_FRACTION = 0.1;
/** A finer fit changes no answer that the dev rows would notice. */
const TOLERANCE = 1e-4;

/**
 * Trains a logistic head: fits one for each strength, from strong to weak regularisation, and keeps the one that the dev
 * rows speak for (see chooseStrength.ts). The bag-of-words baseline is fitted on the same training rows.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two labels, or a label too rare to be split
 */
export async function trainClassifier(data: LabelledVectors, options: TrainOptions = {}): Promise<TrainedHead> {
  const { seed = 1, classWeights = "none", strengths = STRENGTHS, onTrial } = options;
  const { labels, warnings } = checkLabels(data.labels, { minPerClass: options.dev === undefined ? 2 : 1 });
  const { train, dev, devFrom } = sides(data, { seed, dev: options.dev });
  const y = labelIndices(labels, train.labels, "the training rows");
  const devY = labelIndices(labels, dev.labels, "the dev rows");
  const candidates: Candidate[] = [];
  const path = { labels, strengths, classWeights, tolerance: TOLERANCE, ...passed(options) };
  for await (const fitted of fitLogisticPath(train.vectors, y, path)) {
    const next = candidate(fitted, { vectors: dev.vectors, y: devY });
    candidates.push(next);
    onTrial?.(trialOf(next));
    if (isPastBest(candidates)) break;
  }
  if (candidates.length === 0) throw new HeadstartError("E_USAGE", "No strength to try. Name at least one");
  const { head, strength, converged } = chooseCandidate(candidates).fitted;
  const judged = {
    ...calibrateHead(head, { dev, y: devY, seed }),
    bagOfWords: await fitBagOfWords(train.texts, y, { labels }),
    labelCounts: labelCounts(train.labels),
  };
  const unfinished = converged ? [] : [`the fit at strength ${strength} stopped before it converged`];
  return {
    ...judged,
    n: train.texts.length,
    strength,
    classWeights,
    trials: candidates.map(trialOf),
    dev: evaluateHead(judged, dev, { seed, file: "the dev rows" }).evaluation,
    devFrom,
    warnings: [...warnings, ...unfinished],
  };
}

const trialOf = (tried: Candidate): Trial => ({
  strength: tried.fitted.strength,
  iterations: tried.fitted.iterations,
  converged: tried.fitted.converged,
  devLogLoss: meanLoss(tried),
  devMacroF1: tried.macroF1,
});

function passed({ threads, signal }: TrainOptions): Pick<TrainOptions, "threads" | "signal"> {
  return { ...(threads === undefined ? {} : { threads }), ...(signal === undefined ? {} : { signal }) };
}

/** The rows to fit on, those to choose on, and where these come from. */
function sides(
  data: LabelledVectors,
  { seed, dev }: { seed: number; dev: LabelledVectors | undefined },
): { train: LabelledVectors; dev: LabelledVectors; devFrom: string } {
  if (dev !== undefined) return { train: data, dev, devFrom: `${dev.texts.length} rows given for it` };
  const held = holdOut(data, { devFraction: DEV_FRACTION, seed });
  const from = `${held.dev.texts.length} of the ${data.texts.length} training rows`;
  return { ...held, devFrom: `${from}, set aside by seed ${seed}, equal texts on one side` };
}
