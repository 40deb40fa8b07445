import { thresholdWords, type ChoiceScore } from "../../classification/decision/choice.js";
import { CONTRADICTED, claimText, isContradicted, refusalText } from "../../classification/decision/claimWords.js";
import { decimals, percent, range } from "../../text/numbers.js";
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

const nameOf = (label: string): string => fitted(escapeControls(label), WIDEST_NAME);
