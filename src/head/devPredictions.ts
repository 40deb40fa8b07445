import { fitTemperature, applyTemperature } from "./temperature.js";

/**
 * A head's predictions on its dev rows, before any scaling. Temperature, thresholds and prediction sets are computed from
 * them. They contain none of the texts.
 */
export interface DevPredictions {
  /** Number of labels. */
  readonly classes: number;
  /** `[rows, classes]`, each row summing to 1. */
  readonly probabilities: Float64Array;
  /** True label of every row. */
  readonly truth: Int32Array;
}

/** Numbers that are kept of them at most; 8 MB. */
const MOST_NUMBERS = 2_000_000;

/** As many of the first rows as a head's folder keeps: all but where there are very many labels. */
export function kept({ classes, probabilities, truth }: DevPredictions): DevPredictions {
  const rows = Math.min(truth.length, Math.max(1, Math.floor(MOST_NUMBERS / classes)));
  return { classes, probabilities: probabilities.slice(0, rows * classes), truth: truth.slice(0, rows) };
}

/**
 * The probabilities of every row under a temperature that was fitted on the other folds: what calibration is worth on
 * rows that it has not seen.
 *
 * @param folds  fold of every row, from 0
 */
export function crossValTemperature(
  { classes, probabilities, truth }: DevPredictions,
  folds: Int32Array,
): Float64Array {
  const result = probabilities.slice();
  for (const fold of new Set(folds)) {
    const pick = (inFold: boolean): number[] => [...truth.keys()].filter((r) => (folds[r] === fold) === inFold);
    const others = pick(false);
    const fitted = fitTemperature(
      Float64Array.from(others.flatMap((r) => [...probabilities.subarray(r * classes, (r + 1) * classes)])),
      Int32Array.from(others, (r) => truth[r]),
      classes,
    );
    for (const r of pick(true)) {
      result.set(applyTemperature(probabilities.slice(r * classes, (r + 1) * classes), classes, fitted), r * classes);
    }
  }
  return result;
}
