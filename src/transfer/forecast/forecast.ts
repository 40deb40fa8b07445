import type { Interval } from "../../metrics/intervals/bootstrap.js";
import {
  accuracyOf,
  averageConfidence,
  averageThresholdedConfidence,
  averageThresholdedConfidenceByLabel,
  differenceOfConfidences,
  type JudgedPredictions,
  type Predictions,
} from "./confidence.js";
import { KNOWN_PAIRS } from "./knownPairs.js";
import type { Forecast } from "./record.js";

/** What a forecast is made from. */
export interface ForecastData {
  /** Rows of the source's domain that the head was not trained on. */
  readonly held: JudgedPredictions;
  readonly target: Predictions;
  /** Share of the agreement with a bag of words that is lost on the target; see lostAgreement.ts. */
  readonly lost: number;
  /** Different texts of either side. */
  readonly n: { readonly held: number; readonly target: number };
  /** The accuracy on the target's rows, where it is known; it has no part in the forecast. */
  readonly truth?: number | undefined;
}

/** The constants of a forecast, as they are fitted on known pairs. */
export interface ForecastConstants {
  readonly unevenness: number;
  readonly spread: { readonly always: number; readonly byLoss: number; readonly bySource: number };
}

const METHOD =
  "average thresholded confidence (ATC) for each predicted label, with less where the source's labels are uneven";
/** 97.5 % quantile of the normal distribution. */
const Z = 1.96;

/**
 * Forecasts a head's accuracy on rows without labels: the average thresholded confidence by predicted label; and where the
 * head finds some labels of its own domain less well than others, less, by how unlike the target is.
 *
 * The variance of the error has four parts: one that is always there, one by how unlike the target is, and those of the
 * held-out rows and of the target's rows, which are larger the fewer they are.
 */
export function forecastAccuracy(data: ForecastData, constants: ForecastConstants = KNOWN_PAIRS): Forecast {
  const { held, target, truth = null } = data;
  const { pairs, meanAbsoluteError, coverage } = KNOWN_PAIRS;
  const byLabel = averageThresholdedConfidenceByLabel(held, target);
  const accuracy = within(byLabel + constants.unevenness * unevenness(data));
  const parts = varianceParts(data, accuracy);
  const { always, byLoss, bySource } = constants.spread;
  const variance = always ** 2 + byLoss ** 2 * parts.loss + bySource * parts.source + parts.target;
  const reach = Z * Math.sqrt(variance);
  const interval95: Interval = [within(accuracy - reach), within(accuracy + reach)];
  return {
    accuracy,
    interval95,
    method: METHOD,
    measuredOn: { pairs, meanAbsoluteError, coverage },
    truth,
    methods: [
      { name: "accuracy in-domain", accuracy: accuracyOf(held) },
      { name: "average confidence", accuracy: averageConfidence(target) },
      { name: "difference of confidences (DoC)", accuracy: differenceOfConfidences(held, target) },
      { name: "average thresholded confidence (ATC)", accuracy: averageThresholdedConfidence(held, target) },
      { name: "ATC for each predicted label", accuracy: byLabel },
    ],
  };
}

/**
 * Macro-recall minus accuracy on the held-out rows where that is below 0, times the agreement lost: a head that gains by how
 * frequent a label is loses that where labels are distributed otherwise.
 */
export const unevenness = ({ held, lost }: Pick<ForecastData, "held" | "lost">): number =>
  lost * Math.min(0, macroRecall(held) - accuracyOf(held));

/** What the parts of the variance are proportional to. */
export function varianceParts(
  { held, lost, n }: ForecastData,
  accuracy: number,
): { readonly loss: number; readonly source: number; readonly target: number } {
  return { loss: lost ** 2, source: ofShare(accuracyOf(held), n.held), target: ofShare(accuracy, n.target) };
}

/** Variance of a share of so many rows, with two more of each kind, so that it is never 0 (Agresti & Coull 1998). */
function ofShare(share: number, n: number): number {
  const p = (share * n + 2) / (n + 4);
  return (p * (1 - p)) / n;
}

function macroRecall({ predicted, truth }: JudgedPredictions): number {
  const rows = new Map<number, { all: number; found: number }>();
  truth.forEach((label, r) => {
    const { all, found } = rows.get(label) ?? { all: 0, found: 0 };
    rows.set(label, { all: all + 1, found: found + Number(predicted[r] === label) });
  });
  return [...rows.values()].reduce((sum, { all, found }) => sum + found / all, 0) / rows.size;
}

const within = (share: number): number => Math.min(1, Math.max(0, share));
