import { decimals } from "../../text/numbers.js";
import type { AdaptationChoice } from "./record.js";

/** Accuracy on the target. Heads of which less was forecast were now and then made worse by their own predictions. */
const LEAST_FORECAST = 0.75;

const RULE = `self-train where an accuracy of ${LEAST_FORECAST} or more is forecast on the target, else none`;

/**
 * Chooses whether to train on the head's own predictions, by the accuracy that is forecast on the target without its labels. The
 * limit was chosen on training files (docs/numbers/adaptation.md).
 *
 * @param forecast  accuracy on the target, `[0, 1]`
 */
export function chooseAdaptation(forecast: number): AdaptationChoice {
  const isGood = forecast >= LEAST_FORECAST;
  return {
    name: isGood ? "self-train" : "none",
    rule: RULE,
    because: `an accuracy of ${decimals(forecast)} is forecast on the target`,
  };
}
