import type { LabelMap } from "../dataset/labelMap.js";
import type { DevPredictions } from "../head/devPredictions.js";
import { calibrated, decisionScores, predictProbabilities, type Head } from "../head/head.js";
import type { Matrix } from "../math/matrix.js";
import { scoreCalibration, type CalibrationScore } from "../metrics/calibrationScore.js";
import {
  conformalThreshold,
  predictionSets,
  scorePredictionSets,
  type PredictionSetScore,
} from "../metrics/conformal.js";
import { pointAt, riskCoverage, type RiskPoint } from "../metrics/riskCoverage.js";
import { thresholdsOfLabels, type LabelThresholds } from "../metrics/labelThresholds.js";
import { scoreChoice, type ChoiceScore } from "./decision/choice.js";
import { chosen, fitDecisionRule, type CalibrationSet, type FittedRule } from "./decision/fitRule.js";
import { needsDevRows, type SelectiveGoal } from "./decision/goal.js";
import type { PredictOptions } from "./predict.js";
import { HeadstartError } from "../errors.js";
import type { Evaluated } from "./evaluate.js";
import { labelSpace, project } from "../dataset/mapLabels.js";

/** A head with its predictions on the dev rows, from which thresholds and prediction sets are calibrated. */
export interface CalibratedHead {
  readonly head: Head;
  readonly devPredictions?: DevPredictions | undefined;
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
  /** How each label is found from which probability on, whatever the rule in force. Has no prototype. */
  readonly thresholds: Readonly<Record<string, LabelThresholds>>;
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
    scores: head.priorShift && project(decisionScores(head, picked), space),
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
): PredictOptions & { readonly rule?: FittedRule | undefined } {
  if (goal === undefined && sets === undefined) return {};
  const found = calibrationSetOf(head, map);
  if (found === undefined && (sets !== undefined || (goal !== undefined && needsDevRows(goal)))) {
    throw new HeadstartError(
      "E_HEAD_MISMATCH",
      `The head ${name} keeps no predictions on held-out rows, from which thresholds and prediction sets are worked out. Train it again`,
    );
  }
  const calibrationSet = found ?? withoutRows(labelSpace(head.head.labels, map).labels);
  return {
    rule: goal === undefined ? undefined : fitDecisionRule(goal, calibrationSet),
    predictionSetThreshold: sets === undefined ? undefined : predictionSetThreshold(calibrationSet, sets),
  };
}

const withoutRows = (labels: readonly string[]): CalibrationSet => ({
  labels,
  probabilities: new Float64Array(0),
  truth: new Int32Array(0),
});

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
  const scoring = { classes: labels.length, seed, groups: evaluated.groups };
  const calibrationSet = calibrationSetOf(trained, map);
  const { score: confidence, wrong } = chosen(evaluated);
  const { aurc, curve } = riskCoverage(
    confidence,
    wrong.map((isWrong) => 1 - isWrong),
  );
  const raw = (): Float64Array =>
    project(
      predictProbabilities({ ...head, temperature: 1, priorShift: undefined }, vectors),
      labelSpace(head.labels, map),
    );
  return {
    temperature: head.temperature ?? null,
    uncalibrated: head.temperature === undefined ? null : scoreCalibration(raw(), truth, scoring),
    calibration: scoreCalibration(probabilities, truth, scoring),
    aurc,
    riskCoverage: CURVE_COVERAGES.map((coverage) => pointAt(curve, coverage)),
    sets: calibrationSet === undefined ? [] : coverages.map((coverage) => setsOf(evaluated, calibrationSet, coverage)),
    thresholds: thresholdsOfLabels(evaluated),
    choice:
      goal === undefined || (calibrationSet === undefined && needsDevRows(goal))
        ? null
        : scoreChoice(evaluated, fitDecisionRule(goal, calibrationSet ?? withoutRows(labels))),
  };
}

function setsOf(
  { labels, probabilities, truth }: Evaluated,
  calibrationSet: CalibrationSet,
  target: number,
): PredictionSetScore {
  const threshold = predictionSetThreshold(calibrationSet, target);
  const found = predictionSets(probabilities, labels.length, threshold);
  return scorePredictionSets(found, truth, { target, threshold, calibrationRows: calibrationSet.truth.length });
}
