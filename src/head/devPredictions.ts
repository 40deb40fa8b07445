import { seeded, shuffled } from "../math/random.js";
import { fitTemperature, applyTemperature } from "./temperature.js";

/**
 * How heads like this one predict rows that they have not seen (the dev rows, or held-out training rows), before any
 * calibration: one row of equal texts with the same label. Thresholds and prediction sets are computed from them. They contain
 * none of the texts.
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
const KEPT_SEED = 1;

/** As many of them, drawn at random, as a head's folder keeps: all but where there are very many labels. */
export function kept(predictions: DevPredictions): DevPredictions {
  const { classes, truth } = predictions;
  const most = Math.max(1, Math.floor(MOST_NUMBERS / classes));
  if (truth.length <= most) return predictions;
  return pickPredictions(predictions, shuffled(truth.length, seeded(KEPT_SEED)).subarray(0, most).sort());
}

/** Those of the rows at `rows`, in that order. */
export function pickPredictions({ classes, probabilities, truth }: DevPredictions, rows: Int32Array): DevPredictions {
  const picked = new Float64Array(rows.length * classes);
  rows.forEach((r, i) => picked.set(probabilities.subarray(r * classes, (r + 1) * classes), i * classes));
  return { classes, probabilities: picked, truth: rows.map((r) => truth[r]) };
}

/**
 * The probabilities of every row under a temperature that was fitted on the other folds: what calibration is worth on
 * rows that it has not seen.
 *
 * @param folds  fold of every row, from 0
 * @param shift  that will be added to the scaled logits; see fitTemperature()
 */
export function crossValTemperature(
  { classes, probabilities, truth }: DevPredictions,
  folds: Int32Array,
  shift?: Float64Array,
): Float64Array {
  const result = probabilities.slice();
  const all = Int32Array.from(truth.keys());
  for (const fold of new Set(folds)) {
    const others = pickPredictions(
      { classes, probabilities, truth },
      all.filter((r) => folds[r] !== fold),
    );
    const fitted = fitTemperature(others.probabilities, others.truth, classes, shift);
    for (const r of all.filter((row) => folds[row] === fold)) {
      result.set(applyTemperature(probabilities.slice(r * classes, (r + 1) * classes), classes, fitted), r * classes);
    }
  }
  return result;
}
