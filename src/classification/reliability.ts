import type { LabelMap } from "../dataset/labelMap.js";
import type { DevPredictions } from "../head/devPredictions.js";
import { calibrated, predictProbabilities, type Head } from "../head/head.js";
import type { Matrix } from "../math/matrix.js";
import { scoreCalibration, type CalibrationScore } from "../metrics/calibrationScore.js";
import {
  conformalThreshold,
  predictionSets,
  scorePredictionSets,
  wilson,
  type PredictionSetScore,
} from "../metrics/conformal.js";
import type { Interval } from "../metrics/bootstrap.js";
import { pointAt, riskCoverage, type RiskPoint } from "../metrics/riskCoverage.js";
import {
  topPredictions,
  applyDecisionRule,
  ABSTAIN,
  fitDecisionRule,
  type CalibrationSet,
  type DecisionRule,
  type SelectiveGoal,
} from "./selectivePrediction.js";
import type { PredictOptions } from "./predict.js";
import { HeadstartError } from "../errors.js";
import type { Evaluated } from "./evaluate.js";
import { labelSpace, project } from "../dataset/mapLabels.js";

/** A head with its predictions on the dev rows, from which thresholds and prediction sets are calibrated. */
export interface CalibratedHead {
  readonly head: Head;
  readonly devPredictions?: DevPredictions | undefined;
}

/** Scores of a head under a decision rule. Plain JSON. */
export interface ChoiceScore {
  readonly goal: string;
  /** Probability from which each label is predicted, null where it never is. Has no prototype. */
  readonly thresholds: Readonly<Record<string, number | null>>;
  /** Coverage: the share of the rows on which the head does not abstain. */
  readonly coverage: number;
  /** Accuracy on these rows, null where there are none; and its 95 % interval (Wilson). */
  readonly accuracy: number | null;
  readonly interval95: Interval | null;
  /** Precision of each label, null where it is never predicted. Has no prototype. */
  readonly precision: Readonly<Record<string, number | null>>;
  /** Mean cost of a row: that of the predicted label where it is wrong, otherwise 0. */
  readonly cost: number;
}

/** How reliable a head's predictions are, measured on labeled rows. Plain JSON. */
export interface Reliability {
  /** Null where the head was never calibrated. */
  readonly temperature: number | null;
  /** Calibration without the temperature; null where there is none. */
  readonly uncalibrated: CalibrationScore | null;
  /** Calibration of the probabilities as they are given. */
  readonly calibration: CalibrationScore;
  readonly aurc: number;
  /** Error rates when only the most confident predictions are kept. */
  readonly riskCoverage: readonly RiskPoint[];
  /** Prediction sets; empty where the head has no dev predictions. */
  readonly sets: readonly PredictionSetScore[];
  /** Null without a goal. */
  readonly choice: ChoiceScore | null;
}

export interface ReliabilityOptions {
  /** The map that the evaluation was made under. */
  readonly map?: LabelMap | undefined;
  readonly seed?: number | undefined;
  /** Target coverages of the prediction sets. @default 0.8, 0.9, 0.95 */
  readonly coverages?: readonly number[] | undefined;
  readonly goal?: SelectiveGoal | undefined;
}

const TARGET_COVERAGES = [0.8, 0.9, 0.95];
const CURVE_COVERAGES = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);

/**
 * The calibration set of a head: its dev predictions, scaled, and in the labels that a map leaves; dev rows whose label
 * the map drops are left out. Undefined where the head has none.
 *
 * @example
 * const calibrationSet = calibrationSetOf(trained);
 * console.log(calibrationSet?.labels); // [ 'negative', 'positive' ]
 */
export function calibrationSetOf({ head, devPredictions }: CalibratedHead, map?: LabelMap): CalibrationSet | undefined {
  if (devPredictions === undefined) return undefined;
  const space = labelSpace(head.labels, map);
  const { classes } = devPredictions;
  const scaled = calibrated(head, devPredictions.probabilities);
  const rows = [...devPredictions.truth.keys()].filter((r) => space.target[devPredictions.truth[r]] >= 0);
  const picked = Float64Array.from(rows.flatMap((r) => [...scaled.subarray(r * classes, (r + 1) * classes)]));
  return {
    labels: space.labels,
    probabilities: project(picked, space),
    truth: Int32Array.from(rows, (r) => space.target[devPredictions.truth[r]]),
  };
}

/**
 * Least probability of a label in a set that contains the true one with probability `coverage`; see conformal.ts.
 *
 * @example
 * const calibrationSet = calibrationSetOf(trained)!;
 * const threshold = predictionSetThreshold(calibrationSet, 0.9);
 * console.log(predictVectors(trained.head, dev.vectors, { predictionSetThreshold: threshold })[0]);
 */
export const predictionSetThreshold = ({ labels, probabilities, truth }: CalibrationSet, coverage: number): number =>
  conformalThreshold(
    Float64Array.from(truth, (label, r) => probabilities[r * labels.length + label]),
    coverage,
  );

/**
 * How a head predicts when a goal or a target coverage of prediction sets is set: what its predictions on the dev rows give
 * for it.
 *
 * @param name  of the head, for the message
 * @throws HeadstartError E_HEAD_MISMATCH when the head has no predictions on dev rows and something is asked for
 */
export function predictOptions(
  head: CalibratedHead,
  {
    goal,
    sets,
    map,
    name,
  }: {
    readonly goal?: SelectiveGoal | undefined;
    /** Target coverage of prediction sets, in (0, 1). */
    readonly sets?: number | undefined;
    readonly map?: LabelMap | undefined;
    readonly name: string;
  },
): PredictOptions {
  if (goal === undefined && sets === undefined) return {};
  const calibrationSet = calibrationSetOf(head, map);
  if (calibrationSet === undefined) {
    throw new HeadstartError(
      "E_HEAD_MISMATCH",
      `The head ${name} keeps no predictions on dev rows, from which thresholds and prediction sets are worked out. Train it again`,
    );
  }
  return {
    rule: goal === undefined ? undefined : fitDecisionRule(goal, calibrationSet),
    predictionSetThreshold: sets === undefined ? undefined : predictionSetThreshold(calibrationSet, sets),
  };
}

/**
 * Measures how reliable a head is on evaluated rows: calibration before and after scaling, error rates of the most
 * confident predictions, how often prediction sets contain the true label, and the scores under a goal.
 *
 * Temperature, thresholds and sets come from the dev rows alone. The coverage of sets is guaranteed on rows like those;
 * on another domain nothing is guaranteed, and the numbers here show what became of it.
 *
 * @param vectors  of the evaluated rows
 * @example
 * const evaluated = evaluateHead(trained, dev);
 * const { calibration } = measureReliability(trained, { evaluated, vectors: dev.vectors });
 * console.log(calibration.ece, calibration.brier);
 */
export function measureReliability(
  trained: CalibratedHead,
  { evaluated, vectors }: { readonly evaluated: Evaluated; readonly vectors: Matrix },
  options: ReliabilityOptions = {},
): Reliability {
  const { head } = trained;
  const { map, seed = 1, coverages = TARGET_COVERAGES, goal } = options;
  const { labels, truth, probabilities } = evaluated;
  const score = { classes: labels.length, seed };
  const calibrationSet = calibrationSetOf(trained, map);
  const { confidence, right } = topPredictions({ labels, probabilities, truth });
  const { aurc, curve } = riskCoverage(confidence, right);
  const raw = (): Float64Array =>
    project(
      predictProbabilities({ ...head, temperature: 1, priorShift: undefined }, vectors),
      labelSpace(head.labels, map),
    );
  return {
    temperature: head.temperature ?? null,
    uncalibrated: head.temperature === undefined ? null : scoreCalibration(raw(), truth, score),
    calibration: scoreCalibration(probabilities, truth, score),
    aurc,
    riskCoverage: CURVE_COVERAGES.map((coverage) => pointAt(curve, coverage)),
    sets: calibrationSet === undefined ? [] : coverages.map((coverage) => setsOf(evaluated, calibrationSet, coverage)),
    choice:
      goal === undefined || calibrationSet === undefined
        ? null
        : scoreChoice(evaluated, fitDecisionRule(goal, calibrationSet)),
  };
}

function setsOf(
  { labels, probabilities, truth }: Evaluated,
  calibrationSet: CalibrationSet,
  target: number,
): PredictionSetScore {
  const threshold = predictionSetThreshold(calibrationSet, target);
  return scorePredictionSets(predictionSets(probabilities, labels.length, threshold), truth, { target, threshold });
}

/** Scores of the predictions under a rule, on labeled rows. */
export function scoreChoice({ labels, probabilities, truth }: CalibrationSet, rule: DecisionRule): ChoiceScore {
  const predictions = applyDecisionRule(probabilities, rule);
  const given = [...predictions.keys()].filter((r) => predictions[r] !== ABSTAIN);
  const isRight = (r: number): boolean => predictions[r] === truth[r];
  const hits = given.filter(isRight).length;
  const accuracy = given.length === 0 ? null : hits / given.length;
  const thresholds = Object.create(null) as Record<string, number | null>;
  const precision = Object.create(null) as Record<string, number | null>;
  labels.forEach((label, k) => {
    const own = given.filter((r) => predictions[r] === k);
    thresholds[label] = rule.thresholds[k] === Infinity ? null : rule.thresholds[k];
    precision[label] = own.length === 0 ? null : own.filter(isRight).length / own.length;
  });
  const cost = given.reduce((sum, r) => sum + (isRight(r) ? 0 : rule.costs[predictions[r]]), 0);
  return {
    goal: rule.words,
    thresholds,
    coverage: given.length / truth.length,
    accuracy,
    interval95: accuracy === null ? null : wilson(accuracy, given.length),
    precision,
    cost: cost / truth.length,
  };
}
