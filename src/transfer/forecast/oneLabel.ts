import { percent } from "../../text/numbers.js";
import { sharesOf } from "../divergence/labelShift.js";
import type { Predictions } from "./confidence.js";

/** Below this share of the variety in-domain the head tells the target's rows hardly apart. */
const LEAST_VARIETY = 0.5;

/**
 * Why a forecast has no lower end, in one sentence, where the head gives nearly all rows of the target one label and did not do
 * so in-domain; null otherwise. It may be right, or only as sure of what it does not know: on the known pairs it was either.
 * Measured by the entropy of the predicted labels, which is halved there.
 *
 * @param labels  of the head
 */
export function oneLabelDoubt(
  held: Pick<Predictions, "predicted">,
  target: Pick<Predictions, "predicted">,
  labels: readonly string[],
): string | null {
  const [home, away] = [held, target].map(({ predicted }) => sharesOf(predicted, labels.length));
  if (entropy(home) > 0 && entropy(away) >= LEAST_VARIETY * entropy(home)) return null;
  const most = away.indexOf(Math.max(...away));
  return (
    `the head gives ${percent(away[most])} of the target's rows the label "${labels[most]}" (in-domain ${percent(home[most])}): ` +
    "whether it is right there cannot be known without labels, so the forecast has no lower end"
  );
}

const entropy = (of: Float64Array): number => of.reduce((sum, p) => sum - (p === 0 ? 0 : p * Math.log(p)), 0);
