import { escapeControls } from "../../text/escape.js";
import { count } from "../../text/numbers.js";
import type { ChoiceScore } from "./choice.js";
import type { Claim } from "./claim.js";

/** What a rule claims of texts like the held-out rows, and what that rests on. */
export function claimText({ measure, label, bound, confidence, rows, mistakes }: Claim): string {
  const of = label === null ? "" : ` of "${label}"`;
  const share = `${Number((bound * 100).toPrecision(10))} %`;
  const claim = {
    precision: `the precision${of} is at least ${share}`,
    risk: `the error rate of the predictions is at most ${share}`,
    falseAlarms: `at most ${share} of the texts of other labels are given "${label}"`,
  }[measure];
  const basis =
    measure === "falseAlarms"
      ? `${count(mistakes)} of ${count(rows)} such held-out rows are`
      : `${count(mistakes)} of ${count(rows)} predictions on the held-out rows are wrong`;
  return `on texts like the held-out rows ${claim}, at ${confidence * 100} % confidence: ${basis}`;
}

/** What a rule cannot claim, why, and what it does instead. */
export function refusalText({ measure, label, why }: Claim): string {
  const instead = label === null ? "so nothing is predicted" : `so "${escapeControls(label)}" is never predicted`;
  return `not granted, ${instead}: ${escapeControls(why ?? measure)}`;
}

/** Said where the rows are worse than what was claimed by more than chance. */
export const CONTRADICTED = "these rows contradict that: they are most likely of another kind";

/** Whether more of the predictions are wrong here than was claimed, by the interval of the accuracy. */
export const isContradicted = ({ claims, interval95 }: ChoiceScore): boolean =>
  interval95 !== null &&
  claims.some(({ measure, isGranted, bound }) => measure === "risk" && isGranted && interval95[1] < 1 - bound);
