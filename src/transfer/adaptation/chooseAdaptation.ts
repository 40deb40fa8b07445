import type { DevPredictions } from "../../head/devPredictions.js";
import type { Matrix } from "../../math/matrix.js";
import { percent, signed } from "../../text/numbers.js";
import type { AdaptableHead } from "./adapt.js";
import type { AdaptationChoice } from "./record.js";
import { estimateShift, whyNoShift } from "./shift.js";

/** Least share of a label on the target, as a part of an even one: with less its group of scores may not be there at all. */
const LEAST_OF_EVEN = 0.5;
/** In macro-F1. With less an adaptation harmed now and then where it was measured. */
const LEAST_GAIN = 0.04;

const RULE =
  `shift where every label has at least ${percent(LEAST_OF_EVEN)} of an even share of the target and ${LEAST_GAIN} macro-F1 is ` +
  "expected to be gained, by the scores of the target's rows and of held-out source rows; else none";

/**
 * Chooses whether to take a shift of the scores off, by held-out rows of the source and rows of the target without labels. Both
 * constants were chosen on training files (docs/numbers/adaptation.md).
 *
 * @param known   how the head predicts source rows that it has not seen
 * @param target  `[rows, width]`
 */
export function chooseAdaptation(head: AdaptableHead, known: DevPredictions, target: Matrix): AdaptationChoice {
  const found = estimateShift(head, known, target);
  if (found === undefined) {
    const because = `shift cannot be estimated: ${whyNoShift(head, known, target)}`;
    return { name: "none", rule: RULE, because, expectedGain: null };
  }
  const { shares, gain: expectedGain } = found;
  const least = Math.min(...shares) * shares.length;
  const expected = `expected macro-F1 ${signed(expectedGain)}`;
  if (least < LEAST_OF_EVEN) {
    const rarest = head.labels[shares.indexOf(Math.min(...shares))];
    const because = `by the scores ${rarest} may be too rare on the target to be seen as a group of its own`;
    return { name: "none", rule: RULE, because, expectedGain };
  }
  return expectedGain < LEAST_GAIN
    ? { name: "none", rule: RULE, because: `little to gain: ${expected} with shift`, expectedGain }
    : { name: "shift", rule: RULE, because: `the scores of the labels are moved: ${expected}`, expectedGain };
}
