/** One row of a corpus: where it stood, its text, its label if a label column was asked for, and all its columns. */
export interface Row {
  /** File as the user named it; `-` for the pipe. */
  readonly file: string;
  /** 1-based line on which the row starts; of an Arrow stream the 1-based row. */
  readonly line: number;
  readonly text: string;
  /** Undefined when no label column was asked for, or no row has a label where that is allowed. */
  readonly label: string | undefined;
  /** Values in the order of `Corpus.columns`, text and label among them; null where a JSONL row lacks the field. */
  readonly values: readonly (string | null)[];
  /** For a row of JSONL with values that were no strings: their JSON, in the same order, by which they keep their types. */
  readonly json?: ValuesJson | undefined;
}

/** JSON of values of a row, such as `3` or `["a"]`; undefined for a string, and for null. */
export type ValuesJson = readonly (string | undefined)[];

/** Rows so far: `read` is always `accepted + rejected`. A header and blank lines are not rows. */
export interface RowCounts {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Accepted rows with a NUL character in some value; it is kept. */
  readonly withNul: number;
  /** Invalid bytes read as U+FFFD; 0 unless that was asked for. */
  readonly replacedBytes: number;
  /** Lone surrogates of JSONL values read as U+FFFD. */
  readonly loneSurrogates: number;
  /** Accepted JSON rows with a field that became no column; that field is left out. */
  readonly withUnknownFields: number;
  /** Accepted JSON rows with NaN or infinite numbers, which JSON does not have; these are null. */
  readonly withNonFinite: number;
}

/** A row that was left out, as it goes to a rejects file. */
export interface Rejection {
  readonly file: string;
  /** 1-based line on which the row starts. */
  readonly line: number;
  /** 0-based offset of the row's first byte, decompressed; none of an Arrow stream, whose lines are row numbers. */
  readonly byte?: number | undefined;
  readonly reason: string;
  /** Start of the row as it stood, control characters escaped, at most 200 bytes of UTF-8. */
  readonly raw: string;
}
