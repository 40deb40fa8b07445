import type { Explanation } from "../../classification/explain.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import { percent, signed } from "../format.js";
import { escapeControls, fitted } from "./width.js";

const WIDEST = 72; // columns of a text

/** An explained answer as plain text for a terminal; ends with a line break. */
export function explanationText(
  text: string,
  { answer, why }: { readonly answer: SelectivePrediction; readonly why: Explanation },
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
      : `  further from the training texts than ${percent(why.distance.percentile / 100)} of them are from each other`;
  const given = answer.label === label ? label : `${answer.label ?? "no answer"} (likeliest: ${label})`;
  const certainty = why.calibrated ? "calibrated" : "not calibrated";
  return [
    `${shown(text)}`,
    `  ${escapeControls(given)}, probability ${probability.toFixed(3)} (${certainty})`,
    ...(answer.set === undefined ? [] : [`  set: ${answer.set.map(escapeControls).join(", ")}`]),
    `  words: ${changes === "" ? "none changes the probability" : changes}`,
    distance,
    ...(near.length === 0 ? [] : ["  nearest training texts:", ...near]),
    "",
  ].join("\n");
}
