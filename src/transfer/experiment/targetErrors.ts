import type { Evaluated } from "../../classification/evaluate.js";
import type { ReliabilityBin } from "../../metrics/calibration.js";
import { scoreCalibration } from "../../metrics/calibrationScore.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { worstMistakes } from "./mistakes.js";
import type { TransferRecord } from "./record.js";

/** Whether a head's probabilities hold on the target. */
export interface TargetCalibration {
  /** Target rows. */
  readonly n: number;
  /** Calibration error of the predicted label's probability, without its bias; see CalibrationError. */
  readonly ece: number;
  readonly interval95: Interval;
  /** Of the probabilities being calibrated. */
  readonly p: number;
  /** From the least to the most confident. */
  readonly bins: readonly ReliabilityBin[];
}

/** How the head errs on the target: whether its probabilities hold there, and its worst mistakes; none without labels. */
export function targetErrors(
  scored: Evaluated | null,
  texts: readonly string[],
  seed: number,
): Pick<TransferRecord, "calibration" | "mistakes"> {
  if (scored === null) return { mistakes: [] };
  const { labels, probabilities, truth, groups } = scored;
  const { n, ece, p, bins, intervals95 } = scoreCalibration(probabilities, truth, {
    classes: labels.length,
    seed,
    groups,
  });
  return { calibration: { n, ece, interval95: intervals95.ece, p, bins }, mistakes: worstMistakes(scored, texts) };
}
