import type { MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { count, decimals, range } from "../../text/numbers.js";
import { aligned } from "./evaluation.js";
import { escapeControls } from "../../text/escape.js";
import { intervalNote } from "../../text/intervalNote.js";
import { fitted } from "./width.js";

/** A multi-label evaluation as plain text, for a terminal; ends without a line break. */
export function multiLabelText(
  evaluation: MultiLabelEvaluation,
  title: string,
  note: string = intervalNote("row"),
): string {
  const { n, intervals95, labelsPerRow, perLabel } = evaluation;
  const numbers = [
    ["rows", count(n), ""],
    ["macro-F1", decimals(evaluation.macroF1), `95 % interval ${range(intervals95.macroF1)}`],
    ["micro-F1", decimals(evaluation.microF1), `95 % interval ${range(intervals95.microF1)}`],
    ["exact match", decimals(evaluation.exactMatch), `95 % interval ${range(intervals95.exactMatch)}`],
    ["labels a row", labelsPerRow.predicted.toFixed(2), `true ${labelsPerRow.truth.toFixed(2)}`],
  ];
  const labels = Object.entries(perLabel).map(([label, { precision, recall, f1, support }]) => [
    fitted(escapeControls(label), 32),
    decimals(precision),
    decimals(recall),
    decimals(f1),
    count(support),
  ]);
  const head = ["label", "precision", "recall", "F1", "rows"];
  const lines = [
    escapeControls(title),
    ...aligned(numbers, ["left", "right", "left"]),
    `  ${note}`,
    "",
    ...aligned([head, ...labels], ["left", "right", "right", "right", "right"]),
  ];
  return lines.map((line) => line.trimEnd()).join("\n");
}
