import type { TrainedHead } from "../../classification/train.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabeledVectors, TextVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { argmax, calibrated, decisionScores, predictProbabilities, type Head } from "../../head/head.js";
import { predictBagOfWords } from "../../head/linear/bagOfWords.js";
import { accuracyOf, type JudgedPredictions, type Predictions } from "./confidence.js";
import { forecastAccuracy, type ForecastData } from "./forecast.js";
import { lostAgreement } from "./lostAgreement.js";
import type { Forecast } from "./record.js";

/** What a forecast needs of a trained head. */
export type ForecastHead = Pick<TrainedHead, "head" | "bagOfWords" | "devPredictions">;

/** Rows of both sides. */
export interface ForecastRows {
  /** Rows of the source's domain that the head was not trained on. */
  readonly sourceDev: LabeledVectors;
  readonly target: Pick<LabeledVectors, "texts" | "vectors">;
  /** The head's accuracy on these target rows, where it is known; it has no part in the forecast. */
  readonly truth?: number | undefined;
}

/** Forecasts the accuracy of a head on target rows, without their labels. */
export const forecastHead = (trained: ForecastHead, rows: ForecastRows): Forecast =>
  forecastAccuracy(forecastData(trained, rows));

/** What the forecast is made from: predictions of the source's held-out rows, which are those of its training too, and of the target. */
export function forecastData(trained: ForecastHead, { sourceDev, target, truth }: ForecastRows): ForecastData {
  const { head, bagOfWords, devPredictions } = trained;
  const { labels } = head;
  const [home, away] = [sourceDev, target].map(({ texts, vectors }) => ({
    head: predictProbabilities(head, vectors),
    bagOfWords: predictBagOfWords(bagOfWords, texts),
  }));
  const inTraining = {
    ...predictionsFrom(head, calibrated(head, devPredictions.probabilities)),
    truth: devPredictions.truth,
  };
  const held = {
    ...predictionsFrom(head, home.head),
    truth: labelIndices(labels, sourceDev.labels, "the source dev rows"),
  };
  return {
    held: joined(inTraining, held),
    target: predictionsFrom(head, away.head),
    labels,
    lost: lostAgreement(home, away, labels.length),
    n: { held: devPredictions.truth.length + differentTexts(sourceDev), target: differentTexts(target) },
    truth,
  };
}

/** What is forecast, where it is known: the share of all rows that the head is right on, by all of its labels. */
export function accuracyOfAll(head: Head, { labels, vectors }: TextVectors): number | undefined {
  if (labels === null || labels.length === 0) return undefined;
  const { predicted } = predictionsFrom(head, predictProbabilities(head, vectors));
  return accuracyOf({ predicted, truth: labelIndices(head.labels, labels, "the target") });
}

function predictionsFrom(head: Head, probabilities: Float64Array): Predictions {
  const classes = head.labels.length;
  const predicted = argmax(decisionScores(head, probabilities), classes);
  return { predicted, confidence: Float64Array.from(predicted, (label, r) => probabilities[r * classes + label]) };
}

const joined = (a: JudgedPredictions, b: JudgedPredictions): JudgedPredictions => ({
  predicted: Int32Array.from([...a.predicted, ...b.predicted]),
  confidence: Float64Array.from([...a.confidence, ...b.confidence]),
  truth: Int32Array.from([...a.truth, ...b.truth]),
});

const differentTexts = ({ texts }: Pick<LabeledVectors, "texts">): number => new Set(duplicateGroups(texts)).size;
