import { thresholdWords, type ChoiceScore } from "../../classification/decision/choice.js";
import type { Claim } from "../../classification/decision/claim.js";
import { count, decimals, percent, range } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { aligned } from "./evaluation.js";
import { fitted } from "./width.js";

const WIDEST_NAME = 32; // columns of a label

/** The rule in force: its goal, what is claimed of it and what it reaches here. */
export function choiceLines({ choice }: { readonly choice: ChoiceScore | null }): readonly string[] {
  if (choice === null) return [];
  const { coverage, accuracy, interval95, cost, costs } = choice;
  const reached = interval95 === null ? "" : ` (95 % ${range(interval95)})`;
  const right = accuracy === null ? "" : `, of which ${percent(accuracy)} are right${reached}`;
  return [
    `rule: ${escapeControls(choice.goal)}`,
    `  predictions for ${percent(coverage)} of the rows${right}; mean cost ${decimals(cost)}`,
    ...(costs === null ? [] : costLines(costs).map((line) => `  ${line}`)),
    ...aligned([["label", "probability from", "precision here"], ...labelRows(choice)], ["left", "right", "right"]),
    ...choice.claims.map((claim) => `  ${escapeControls(claim.isGranted ? claimText(claim) : refusalText(claim))}`),
    ...(isContradicted(choice) ? [`  ${CONTRADICTED}`] : []),
  ];
}

/** Said where the rows are worse than what was claimed by more than chance. */
export const CONTRADICTED = "these rows contradict that: they are most likely of another kind";

/** Whether more of the predictions are wrong here than was claimed, by the interval of the accuracy. */
export const isContradicted = ({ claims, interval95 }: ChoiceScore): boolean =>
  interval95 !== null &&
  claims.some(({ measure, isGranted, bound }) => measure === "risk" && isGranted && interval95[1] < 1 - bound);

const labelRows = (choice: ChoiceScore): readonly (readonly string[])[] =>
  Object.entries(choice.precision).map(([label, own]) => {
    return [nameOf(label), thresholdWords(choice, label), own === null ? "not predicted" : percent(own)];
  });

/** A table of costs as it was understood. */
export function costLines({ labels, matrix }: NonNullable<ChoiceScore["costs"]>): readonly string[] {
  const head = ["cost: true \\ predicted", ...labels.map(nameOf)];
  const rows = labels.map((label, t) => [nameOf(label), ...matrix[t].map(String)]);
  return aligned([head, ...rows], ["left", ...labels.map(() => "right" as const)]);
}

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

const nameOf = (label: string): string => fitted(escapeControls(label), WIDEST_NAME);
