import { checkLabels } from "../corpus/labelSet.js";
import { HeadstartError } from "../errors.js";
import { fitBagOfWords, type BagOfWords } from "../head/bagOfWords.js";
import { predictProbabilities, type Head } from "../head/head.js";
import { fitLogisticPath, type FittedLogistic } from "../head/logistic.js";
import { meanLogLoss } from "../head/logisticLoss.js";
import type { Evaluation } from "../metrics/classification.js";
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
  /** Mean log loss on the dev rows; the smallest wins. */
  readonly devLogLoss: number;
}

/** A head with its baseline and the evidence for it. */
export interface TrainedHead {
  readonly head: Head;
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

/**
 * Trains a logistic head: fits one for each strength, from strong to weak regularisation, and keeps the one with the
 * least log loss on dev rows. The bag-of-words baseline is fitted on the same training rows.
 *
 * @throws HeadstartError E_LABELS when there are fewer than two labels, or a label too rare to be split
 */
export async function trainClassifier(data: LabelledVectors, options: TrainOptions = {}): Promise<TrainedHead> {
  const { seed = 1, classWeights = "none", strengths = STRENGTHS, onTrial } = options;
  const { labels, warnings } = checkLabels(data.labels, { minPerClass: options.dev === undefined ? 2 : 1 });
  const { train, dev, devFrom } = sides(data, { seed, dev: options.dev });
  const y = labelIndices(labels, train.labels, "the training rows");
  const devY = labelIndices(labels, dev.labels, "the dev rows");
  const trials: Trial[] = [];
  let best: { fitted: FittedLogistic; trial: Trial } | undefined;
  for await (const fitted of fitLogisticPath(train.vectors, y, {
    labels,
    strengths,
    classWeights,
    ...passed(options),
  })) {
    const devLogLoss = meanLogLoss(predictProbabilities(fitted.head, dev.vectors), devY, labels.length);
    const trial = { strength: fitted.strength, iterations: fitted.iterations, converged: fitted.converged, devLogLoss };
    trials.push(trial);
    onTrial?.(trial);
    if (best === undefined || devLogLoss < best.trial.devLogLoss) best = { fitted, trial };
    else if (trials.length - trials.indexOf(best.trial) > 2) break;
  }
  if (best === undefined) throw new HeadstartError("E_USAGE", "No strength to try. Name at least one");
  const { head, strength } = best.fitted;
  const judged = {
    head,
    bagOfWords: await fitBagOfWords(train.texts, y, { labels }),
    labelCounts: labelCounts(train.labels),
  };
  const unfinished = best.trial.converged ? [] : [`the fit at strength ${strength} stopped before it converged`];
  return {
    ...judged,
    n: train.texts.length,
    strength,
    classWeights,
    trials,
    dev: evaluateHead(judged, dev, { seed, file: "the dev rows" }).evaluation,
    devFrom,
    warnings: [...warnings, ...unfinished],
  };
}

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
