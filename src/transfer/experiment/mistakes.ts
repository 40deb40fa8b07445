import { mistakesOf, type Evaluated } from "../../classification/evaluate.js";
import { scoreCalibration } from "../../metrics/calibrationScore.js";
import type { TransferMistake, TransferRecord } from "./record.js";

const MISTAKES = 25;

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

/** The most confident mistakes, with their texts. */
function worstMistakes(evaluated: Evaluated, texts: readonly string[]): TransferMistake[] {
  const { labels, truth, predicted, probabilities } = evaluated;
  return mistakesOf(evaluated)
    .slice(0, MISTAKES)
    .map((r) => ({
      text: texts[r],
      truth: labels[truth[r]],
      predicted: labels[predicted[r]],
      probability: probabilities[r * labels.length + predicted[r]],
    }));
}
