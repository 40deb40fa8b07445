import { duplicateGroups } from "../dataset/duplicates.js";
import { foldCorpus } from "../dataset/split.js";
import { crossValTemperature, pickPredictions, type DevPredictions } from "../head/devPredictions.js";
import type { Head } from "../head/head.js";
import { shiftPrior } from "../head/priorShift.js";
import { fitTemperature } from "../head/temperature.js";
import { scoreCalibration, type CalibrationScore } from "../metrics/calibrationScore.js";
import { logLosses } from "../metrics/logLoss.js";

/** A calibrated head, with the predictions that it was calibrated on. */
export interface CalibrationResult {
  readonly head: Head;
  readonly devPredictions: DevPredictions;
  /** As the head was fitted, and calibrated in such a way that no row had a part in its own calibration. */
  readonly calibration: { readonly before: CalibrationScore; readonly after: CalibrationScore };
  /** `[rows, labels]`, calibrated like that; rows whose label no fold could learn are among them. */
  readonly calibratedProbabilities: Float64Array;
}

interface CalibrationOptions {
  /** Held-out predictions of `texts`, and their labels as the head numbers them. */
  readonly held: { readonly texts: readonly string[]; readonly probabilities: Float64Array; readonly y: Int32Array };
  /** Of a head that was fitted with balanced class weights, see priorShift.ts. */
  readonly priorShift: Float64Array | undefined;
  readonly seed: number;
}

const FOLDS = 5;
/** Of the shift: a head that tells its training rows apart takes little from the weights of the labels. */
const SHARES = [1, 0.75, 0.5, 0.25, 0];

/**
 * Calibrates a head on held-out predictions: with a temperature if that lowers their log loss where it is fitted without
 * the rows that it is tried on, in turn, equal texts together; otherwise it stays as it is. Probabilities of a head that was
 * fitted with balanced class weights are shifted towards the labels' true shares, as far as that lowers the log loss.
 */
export function calibrateHead(fitted: Head, { held, priorShift, seed }: CalibrationOptions): CalibrationResult {
  const classes = fitted.labels.length;
  const { probabilities, y } = held;
  // A head that was fitted without a label says nothing of how certain one is that knows it.
  const known = Int32Array.from(y.keys()).filter((r) => probabilities[r * classes + y[r]] > 0);
  const devPredictions = pickPredictions({ classes, probabilities, truth: y }, known);
  const groups = duplicateGroups(Array.from(known, (r) => held.texts[r]));
  const folds = foldCorpus(devPredictions.truth, groups, { folds: FOLDS, seed });
  const loss = (of: Float64Array): number =>
    logLosses(of, devPredictions.truth, classes).reduce((sum, own) => sum + own, 0);
  const shifts = priorShift === undefined ? [undefined] : SHARES.map((share) => priorShift.map((s) => share * s));
  const tried = shifts.flatMap((shift) => {
    const shifted = (of: Float64Array): Float64Array => (shift === undefined ? of : shiftPrior(of, shift));
    return [
      { shift, isScaled: false, after: shifted(devPredictions.probabilities) },
      { shift, isScaled: true, after: shifted(crossValTemperature(devPredictions, folds, shift)) },
    ];
  });
  const { shift, isScaled, after } = tried.reduce((a, b) => (loss(b.after) < loss(a.after) ? b : a));
  const score = (of: Float64Array): CalibrationScore =>
    scoreCalibration(of, devPredictions.truth, { classes, seed, groups });
  const calibratedProbabilities = shift === undefined ? probabilities.slice() : shiftPrior(probabilities, shift);
  known.forEach((r, i) => calibratedProbabilities.set(after.subarray(i * classes, (i + 1) * classes), r * classes));
  return {
    head: {
      ...fitted,
      temperature: isScaled ? fitTemperature(devPredictions.probabilities, devPredictions.truth, classes, shift) : 1,
      ...(shift === undefined ? {} : { priorShift: shift }),
    },
    devPredictions: pickPredictions(devPredictions, firstOfEqual(groups, devPredictions.truth)),
    calibration: { before: score(devPredictions.probabilities), after: score(after) },
    calibratedProbabilities,
  };
}

/** One row of equal texts with the same label: goals and sets are claimed for independent rows, and copies are not. */
function firstOfEqual(groups: Int32Array, truth: Int32Array): Int32Array {
  const seen = new Set<string>();
  return Int32Array.from(groups.keys()).filter((r) => {
    const key = `${groups[r]} ${truth[r]}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
