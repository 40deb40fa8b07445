import { csvLine } from "../../formats/csv.js";

/** A target row to label. */
export interface SuggestedRow {
  readonly file: string;
  /** Where it stands in the file, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** By the head that was trained on the source. */
  readonly predicted: string;
  /** Of the predicted label, `[0, 1]`. */
  readonly probability: number;
}

/** Target rows to label first, and the columns that they go by. */
export interface Suggestions {
  readonly textColumn: string;
  readonly labelColumn: string;
  /** The row that stands for most others first. */
  readonly rows: readonly SuggestedRow[];
}

/** A CSV file with an empty label column: filled in, it is one of labeled rows. */
export function suggestionsFile({ textColumn, labelColumn, rows }: Suggestions): string {
  const columns = [textColumn, labelColumn];
  for (const name of ["file", "line", "predicted", "probability"]) {
    let own = name;
    while (columns.includes(own)) own = `suggested_${own}`;
    columns.push(own);
  }
  const lines = rows.map(({ file, line, text, predicted, probability }) =>
    csvLine([text, null, file, line, predicted, probability.toFixed(3)]),
  );
  return [csvLine(columns), ...lines].join("");
}
