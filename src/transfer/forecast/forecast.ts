import type { Interval } from "../../metrics/intervals/bootstrap.js";
import {
  accuracyOf,
  averageConfidence,
  averageThresholdedConfidence,
  differenceOfConfidences,
  type JudgedPredictions,
  type Predictions,
} from "./confidence.js";
import { KNOWN_PAIRS, type Spread } from "./knownPairs.js";
import { oneLabelDoubt } from "./oneLabel.js";
import type { Forecast } from "./record.js";

/** What a forecast is made from. */
export interface ForecastData {
  /** Rows of the source's domain that the head was not trained on. */
  readonly held: JudgedPredictions;
  readonly target: Predictions;
  /** Of the head, in the order of the indices. */
  readonly labels: readonly string[];
  /** Share of the agreement with a bag of words that is lost on the target; see lostAgreement(). */
  readonly lost: number;
  /** Different texts of either side. */
  readonly n: { readonly held: number; readonly target: number };
  /** The accuracy on the target's rows, where it is known; it has no part in the forecast. */
  readonly truth?: number | undefined;
}

/** 97.5 % quantile of the normal distribution. */
const Z = 1.96;

/**
 * Forecasts a head's accuracy on rows without labels by their average thresholded confidence, with a 95 % interval.
 *
 * The variance of its error has five parts: one that is always there, one by how unlike the target is, one by how far the
 * average confidence is from the forecast (of a head that stays calibrated that is right, and the forecast too low), and those
 * of the held-out rows and of the target's rows, which are larger the fewer they are. What they are on known pairs of domains
 * says how wide the interval is. It has no lower end where the head gives nearly all target rows one label.
 */
export function forecastAccuracy(data: ForecastData, spread: Spread = KNOWN_PAIRS.spread): Forecast {
  const { held, target, labels, truth = null } = data;
  const { pairs, meanAbsoluteError, coverage } = KNOWN_PAIRS;
  const accuracy = averageThresholdedConfidence(held, target);
  const reach = Z * Math.sqrt(varianceOf(varianceParts(data, accuracy), spread));
  const doubt = oneLabelDoubt(held, target, labels);
  const interval95: Interval = [doubt === null ? Math.max(0, accuracy - reach) : 0, Math.min(1, accuracy + reach)];
  return {
    accuracy,
    interval95,
    doubt,
    method: "average thresholded confidence (ATC)",
    measuredOn: { pairs, meanAbsoluteError, coverage },
    truth,
    methods: [
      { name: "accuracy in-domain", accuracy: accuracyOf(held) },
      { name: "average confidence", accuracy: averageConfidence(target) },
      { name: "difference of confidences (DoC)", accuracy: differenceOfConfidences(held, target) },
      { name: "average thresholded confidence (ATC)", accuracy },
    ],
  };
}

/** What the parts of the variance are proportional to. */
export interface VarianceParts {
  readonly loss: number;
  readonly gap: number;
  readonly source: number;
  readonly target: number;
}

export const varianceParts = ({ held, target, lost, n }: ForecastData, accuracy: number): VarianceParts => ({
  loss: lost ** 2,
  gap: (averageConfidence(target) - accuracy) ** 2,
  source: ofShare(accuracyOf(held), n.held),
  target: ofShare(accuracy, n.target),
});

/** Variance of the error of a forecast. */
export const varianceOf = ({ loss, gap, source, target }: VarianceParts, spread: Spread): number =>
  spread.always ** 2 + spread.byLoss ** 2 * loss + spread.byGap ** 2 * gap + spread.bySource * source + target;

/** Variance of a share of so many rows, two more of each kind added, so that it is never 0 (Agresti & Coull 1998). */
function ofShare(share: number, n: number): number {
  const p = (share * n + 2) / (n + 4);
  return (p * (1 - p)) / n;
}
