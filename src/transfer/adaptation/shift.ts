import type { DevPredictions } from "../../head/devPredictions.js";
import { decisionScores, predictProbabilities, argmax, type Calibrated, type LogisticHead } from "../../head/head.js";
import type { Matrix } from "../../math/matrix.js";
import { fitScoreMixture, logOdds, type ScoreMixture } from "./scoreMixture.js";

type ShiftableHead = LogisticHead & Calibrated;

/** Labels for more of which the scores' covariance is a matter of chance. */
const MOST_LABELS = 10;
/** Target rows for fewer of which the groups of scores are. */
const LEAST_ROWS = 200;
/** Held-out source rows of a label. */
const LEAST_HELD_OUT = 10;

/** How the scores of a head have moved on the target, and what undoing it is expected to bring. */
export interface EstimatedShift extends Pick<ScoreMixture, "shares" | "shift"> {
  /** In macro-F1 on the target, if the scores are what they are taken for. */
  readonly gain: number;
}

/**
 * Estimates by how much the target moves a head's scores, from how it predicts source rows that it has not seen and from the
 * target's rows without labels; undefined where there are too few of them, or more than ten labels.
 *
 * @param target  `[rows, width]`
 */
export function estimateShift(head: ShiftableHead, known: DevPredictions, target: Matrix): EstimatedShift | undefined {
  const classes = head.labels.length;
  if (whyNoShift(head, known, target) !== undefined) return undefined;
  // What calibration does to all scores alike would be taken for a difference of the domains.
  const plain: ShiftableHead = { ...head, temperature: undefined };
  const scoresOf = (own: ShiftableHead): Float64Array => decisionScores(own, predictProbabilities(own, target));
  const before = scoresOf(plain);
  const { shares, shift, belongs } = fitScoreMixture(known, logOdds(before, classes));
  const after = scoresOf(movedHead(plain, shift));
  const expected = (scores: Float64Array): number => expectedMacroF1(argmax(scores, classes), belongs, classes);
  return { shares, shift, gain: expected(after) - expected(before) };
}

/** What there is too little or too much of for a shift to be estimated; undefined where it can be. */
export function whyNoShift(
  { labels }: Pick<ShiftableHead, "labels">,
  known: Pick<DevPredictions, "truth">,
  target: Pick<Matrix, "rows">,
): string | undefined {
  if (labels.length > MOST_LABELS) return `there are ${labels.length} labels, more than ${MOST_LABELS}`;
  if (target.rows < LEAST_ROWS) return `it takes ${LEAST_ROWS} target rows, and there are ${target.rows}`;
  const heldOut = labels.map((_, c) => known.truth.filter((label) => label === c).length);
  const rare = heldOut.findIndex((n) => n < LEAST_HELD_OUT);
  return rare === -1
    ? undefined
    : `it takes ${LEAST_HELD_OUT} held-out source rows of each label, and ${labels[rare]} has ${heldOut[rare]}`;
}

/** The head with that move taken off its scores. */
export function movedHead<H extends LogisticHead>(head: H, shift: Float64Array): H {
  // Two labels have one logit, that of the second.
  const bias = head.bias.map((b, c) => (head.bias.length === 1 ? b - shift[0] : c === 0 ? b : b - shift[c - 1]));
  return { ...head, bias };
}

/** Macro-F1 of predictions whose labels are known as probabilities, `[rows, classes]`. */
function expectedMacroF1(predicted: Int32Array, belongs: Float64Array, classes: number): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    let [right, guessed, actual] = [0, 0, 0];
    predicted.forEach((label, r) => {
      const share = belongs[r * classes + c];
      actual += share;
      if (label !== c) return;
      guessed++;
      right += share;
    });
    sum += guessed + actual === 0 ? 0 : (2 * right) / (guessed + actual);
  }
  return sum / classes;
}
