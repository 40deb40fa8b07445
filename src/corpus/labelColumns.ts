import { excerpt, HeadstartError } from "../errors.js";
import { presentColumn } from "./columns.js";
import type { Fault } from "./table.js";

/** Why a row has no label: `column` is where one belongs. */
export interface LabelFault extends Fault {
  readonly column: string;
}

/**
 * Names of the columns of the labels: of one column, or of several with commas between them, unless a column is called
 * so as a whole.
 */
export function labelColumns(
  columns: readonly string[],
  wanted: string | readonly string[],
  otherwise: string | undefined,
): readonly string[] {
  if (typeof wanted !== "string") {
    const isThere = wanted.every((name) => columns.includes(name));
    return isThere || otherwise === undefined || !columns.includes(otherwise) ? wanted : [otherwise];
  }
  const present = presentColumn(columns, wanted, otherwise);
  return columns.includes(present) || !present.includes(",")
    ? [present]
    : present.split(",").map((name) => name.trim());
}

/** A label that is not given. */
export const missingLabel = (column: string): LabelFault => ({
  code: "E_LABEL_MISSING",
  missing: true,
  column,
  found: "its label is missing",
  advice: "Fill it in",
});

const YES = /^\s*(?:1(?:\.0*)?|true|yes)\s*$/i;
const NO = /^\s*(?:0(?:\.0*)?|false|no)\s*$/i;

/** The names of the columns whose cells say yes, as a JSON list. */
export function markedColumns(names: readonly string[], cells: readonly string[]): string | LabelFault {
  const odd = cells.findIndex((cell) => !YES.test(cell) && !NO.test(cell));
  if (odd < 0) return JSON.stringify(names.filter((_, i) => YES.test(cells[i])));
  if (cells[odd].trim() === "") return missingLabel(names[odd]);
  return {
    code: "E_LABELS",
    column: names[odd],
    found: `its cell in the label column "${excerpt(names[odd])}" is "${excerpt(cells[odd])}", neither 1 nor 0`,
    advice:
      "Write 1 or true where a row has the label, 0 or false where it has not, or leave such rows out with --bad-rows skip",
  };
}

/** The error that a missing label is unless such rows are dropped. */
export function labelMissing(file: string, line: number, column: string): HeadstartError {
  const message =
    `Cannot read the label of the row at ${file}:${line}: its cell in column "${excerpt(column)}" is empty. ` +
    `Fill it in, or leave such rows out with --drop-missing`;
  return new HeadstartError("E_LABEL_MISSING", message, { file, line, column });
}

/** The error for labels that are to come from plain text. */
export const withoutLabels = (file: string): HeadstartError =>
  new HeadstartError(
    "E_COLUMN_MISSING",
    `Cannot read labels from ${file}: it is plain text, a text a line. Give a table such as .csv or .jsonl with a ` +
      `column of labels, or train --task ner for words with tags`,
    { file, line: 1 },
  );

/** The error for words with tags that are to be read as texts. */
export const taggedWords = (file: string): HeadstartError =>
  new HeadstartError(
    "E_INPUT_ENDING",
    `Cannot read ${file} as rows of texts: it holds words with tags, which train --task ner and evaluate take. Write its texts a line each into a .txt file, or say what it is with --from`,
    { file },
  );
