import type { Explanation } from "../../classification/explain.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import { percent, signed } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { fitted } from "./width.js";

const WIDEST = 72; // columns of a text

/** An explained prediction as plain text for a terminal; ends with a line break. */
export function explanationText(
  text: string,
  { prediction, why }: { readonly prediction: SelectivePrediction; readonly why: Explanation },
): string {
  const { label, probability } = why;
  const shown = (words: string): string => fitted(escapeControls(words), WIDEST);
  const words = why.words.filter(({ change }) => signed(change) !== "0.000");
  const changes = words.map(({ text: word, change }) => `${shown(word)} ${signed(change)}`).join("  ");
  const near = (why.neighbors ?? []).map(
    ({ text: other, label: its, similarity }) =>
      `    ${similarity.toFixed(2)}  ${escapeControls(its)}  ${shown(other)}`,
  );
  const distance =
    why.distance === null
      ? "  no nearest texts: this head keeps no training texts (train --explainable keeps them)"
      : `  ${percent(why.distance.percentile / 100)} of the training texts are nearer to the others than this text is`;
  const predicted = prediction.label === label ? label : `${prediction.label ?? "abstains"} (most probable: ${label})`;
  const certainty = why.calibrated ? "calibrated" : "not calibrated";
  return [
    `${shown(text)}`,
    `  ${escapeControls(predicted)}, probability ${probability.toFixed(3)} (${certainty})`,
    ...(prediction.set === undefined ? [] : [`  set: ${prediction.set.map(escapeControls).join(", ")}`]),
    `  words: ${changes === "" ? "none changes the probability" : changes}`,
    distance,
    ...(near.length === 0 ? [] : ["  nearest training texts:", ...near]),
    "",
  ].join("\n");
}
