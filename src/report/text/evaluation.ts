import type { Advantage, Confusion, Evaluation, Score } from "../../metrics/classification.js";
import { rankedConfusions } from "../html/confusionMatrix.js";
import { count, decimals, range, signed, signedRange } from "../../text/numbers.js";
import { escapeControls } from "../../text/escape.js";
import { intervalNote } from "../../text/intervalNote.js";
import { fitted, padLeft, padRight, textWidth } from "./width.js";

interface EvaluationTextOptions {
  /** First line, above the numbers. @default none */
  readonly title?: string | undefined;
  /** What the intervals are about. @default new rows, see intervalNote() */
  readonly note?: string | undefined;
}

const WIDEST_NAME = 32; // columns of a label that names a row
const WIDEST_HEADING = 14; // columns of a label above a column
const WIDEST_MATRIX = 100; // columns; a wider matrix becomes a list
const MOST_CONFUSIONS = 10;

/**
 * An evaluation as plain text, for a terminal: the numbers with n and interval, the baselines, a table by label and the
 * confusion matrix (or, where it would be too wide, the most frequent confusions).
 *
 * Aligned with spaces, no colors; labels are cut where they are too wide and control characters in them are escaped.
 * Ends without a line break.
 */
export function evaluationText(evaluation: Evaluation, { title, note }: EvaluationTextOptions = {}): string {
  const blocks = [
    [...(title === undefined ? [] : [escapeControls(title)]), ...summaryLines(evaluation, note)],
    perLabelLines(evaluation),
    confusionLines(evaluation.confusion),
  ];
  return blocks.map((lines) => lines.map((line) => line.trimEnd()).join("\n")).join("\n\n");
}

function summaryLines(evaluation: Evaluation, note = intervalNote("row")): readonly string[] {
  const { n, abstained, intervals95, majority, bagOfWords, overBagOfWords, missing } = evaluation;
  const rows = [
    ["rows", count(n), abstained === undefined ? "" : `${count(abstained)} without a prediction, counted as not found`],
    ["macro-F1", decimals(evaluation.macroF1), `95 % interval ${range(intervals95.macroF1)}`],
    ["accuracy", decimals(evaluation.accuracy), `95 % interval ${range(intervals95.accuracy)}`],
    ["macro-recall", decimals(evaluation.macroRecall), `95 % interval ${range(intervals95.macroRecall)}`],
    ["majority class", ...baselineCells(majority)],
    ...(bagOfWords === null ? [] : [["bag of words", ...baselineCells(bagOfWords)]]),
    ...(overBagOfWords === undefined ? [] : [["over bag of words", ...advantageCells(overBagOfWords)]]),
  ];
  const lines = [...aligned(rows, ["left", "right", "left"]), `  ${note}`];
  return missing.length === 0
    ? lines
    : [...lines, `  no row is labeled ${missing.map((label) => nameOf(label)).join(", ")}`];
}

const baselineCells = ({ macroF1, accuracy }: Score): readonly string[] => [
  decimals(macroF1),
  `macro-F1, accuracy ${decimals(accuracy)}`,
];

const advantageCells = ({ macroF1, interval95, mcnemarP }: Advantage): readonly string[] => [
  signed(macroF1),
  `95 % interval ${signedRange(interval95)}; McNemar's test of equal accuracy: p ${mcnemarP < 0.001 ? "below 0.001" : decimals(mcnemarP)}`,
];

function perLabelLines({ confusion: { labels }, perLabel }: Evaluation): readonly string[] {
  const head = ["label", "precision", "recall", "F1", "rows"];
  const rows = labels.map((label) => {
    const { precision, recall, f1, support } = perLabel[label];
    return [nameOf(label), decimals(precision), decimals(recall), decimals(f1), count(support)];
  });
  return aligned([head, ...rows], ["left", "right", "right", "right", "right"]);
}

function confusionLines(confusion: Confusion): readonly string[] {
  const { labels, counts, abstained } = confusion;
  const none = abstained === undefined ? [] : ["abstained"];
  const head = ["true \\ predicted", ...labels.map((label) => fitted(escapeControls(label), WIDEST_HEADING)), ...none];
  const rows = labels.map((label, t) => {
    return [nameOf(label), ...counts[t].map(count), ...(abstained === undefined ? [] : [count(abstained[t])])];
  });
  const lines = aligned([head, ...rows], ["left", ...head.slice(1).map(() => "right" as const)]);
  return textWidth(lines[0]) <= WIDEST_MATRIX ? lines : rankedLines(confusion);
}

function rankedLines(confusion: Confusion): readonly string[] {
  const ranked = rankedConfusions(confusion, MOST_CONFUSIONS);
  const rows = ranked.map(({ truth, predicted, rows: n }) => [nameOf(truth), nameOf(predicted), count(n)]);
  return aligned([["most frequent confusions: true", "predicted", "rows"], ...rows], ["left", "left", "right"]);
}

const nameOf = (label: string): string => fitted(escapeControls(label), WIDEST_NAME);

/** Cells in columns as wide as their widest cell, two spaces apart, indented by two. */
export function aligned(
  cells: readonly (readonly string[])[],
  sides: readonly ("left" | "right")[],
): readonly string[] {
  const widths = sides.map((_, c) => Math.max(...cells.map((line) => textWidth(line[c]))));
  return cells.map((line) =>
    line.reduce(
      (text, cell, c) => `${text}  ${sides[c] === "left" ? padRight(cell, widths[c]) : padLeft(cell, widths[c])}`,
      "",
    ),
  );
}
