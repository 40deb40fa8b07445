/** One row of a corpus: where it stood, its text, its label if a label column was asked for, and all its columns. */
export interface Row {
  /** File as the user named it; `-` for the pipe. */
  readonly file: string;
  /** 1-based line on which the row starts. */
  readonly line: number;
  readonly text: string;
  /** Undefined when no label column was asked for. */
  readonly label: string | undefined;
  /** Values in the order of `Corpus.columns`, text and label among them; null where a JSONL row lacks the field. */
  readonly values: readonly (string | null)[];
}

/** Rows so far: `read` is always `accepted + rejected`. */
export interface RowCounts {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
}
