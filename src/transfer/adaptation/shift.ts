import type { DevPredictions } from "../../head/devPredictions.js";
import { decisionScores, predictProbabilities, type Calibrated, type LogisticHead } from "../../head/head.js";
import type { Matrix } from "../../math/matrix.js";
import { fitScoreMixture, logOdds } from "./scoreMixture.js";

/** Labels for more of which the scores' covariance is a matter of chance. */
const MOST_LABELS = 10;
/** Target rows for fewer of which the groups of scores are. */
const LEAST_ROWS = 200;
/** Held-out source rows of a label. */
const LEAST_HELD_OUT = 10;

/**
 * The head with the move taken off by which the target's scores differ from those of held-out source rows; the head as it is
 * where there are too few rows to see one, or more than ten labels.
 *
 * @param known   how the head predicts source rows that it has not seen
 * @param target  `[rows, width]`
 */
export function shiftHead<H extends LogisticHead & Calibrated>(head: H, known: DevPredictions, target: Matrix): H {
  const classes = head.labels.length;
  const heldOut = new Int32Array(classes);
  for (const label of known.truth) heldOut[label]++;
  if (classes > MOST_LABELS || target.rows < LEAST_ROWS || heldOut.some((n) => n < LEAST_HELD_OUT)) return head;
  // What calibration does to all scores alike would be taken for a difference of the domains.
  const plain = { ...head, temperature: undefined };
  const scores = decisionScores(plain, predictProbabilities(plain, target));
  return movedHead(head, fitScoreMixture(known, logOdds(scores, classes)).shift);
}

/** The head with that move taken off its scores. */
function movedHead<H extends LogisticHead>(head: H, shift: Float64Array): H {
  // Two labels have one logit, that of the second.
  const bias = head.bias.map((b, c) => (head.bias.length === 1 ? b - shift[0] : c === 0 ? b : b - shift[c - 1]));
  return { ...head, bias };
}
