import { duplicateGroups } from "../dataset/duplicates.js";
import { foldCorpus } from "../dataset/split.js";
import { crossValTemperature, type DevPredictions } from "../head/devPredictions.js";
import { predictProbabilities, type Head } from "../head/head.js";
import { fitTemperature } from "../head/temperature.js";
import { scoreCalibration, type CalibrationScore } from "../metrics/calibrationScore.js";
import type { LabeledVectors } from "../dataset/labeledVectors.js";

/** A calibrated head, with the dev predictions that it was calibrated on. */
export interface CalibrationResult {
  readonly head: Head;
  readonly devPredictions: DevPredictions;
  /** On the dev rows without the temperature, and with one that each row had no part in. */
  readonly calibration: { readonly before: CalibrationScore; readonly after: CalibrationScore };
}

const FOLDS = 5;

/**
 * Fits a head's temperature on its dev rows. What it gains is measured by fitting it on four fifths of them and looking
 * at the last, in turn, equal texts on one side.
 *
 * @param y  label of every dev row, as the head numbers them
 */
export function calibrateHead(
  head: Head,
  { dev, y, seed }: { readonly dev: LabeledVectors; readonly y: Int32Array; readonly seed: number },
): CalibrationResult {
  const classes = head.labels.length;
  const probabilities = predictProbabilities({ ...head, temperature: 1 }, dev.vectors);
  const devPredictions = { classes, probabilities, truth: y };
  const folds = foldCorpus(y, duplicateGroups(dev.texts), { folds: FOLDS, seed });
  return {
    head: { ...head, temperature: fitTemperature(probabilities, y, classes) },
    devPredictions,
    calibration: {
      before: scoreCalibration(probabilities, y, { classes, seed }),
      after: scoreCalibration(crossValTemperature(devPredictions, folds), y, { classes, seed }),
    },
  };
}
