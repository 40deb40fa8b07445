import { HeadstartError, type ErrorCode } from "../errors.js";
import type { CsvDialect } from "../formats/csv.js";
import type { UnnamedColumns } from "./columns.js";
import { escapeControls } from "../text/escape.js";
import type { ValuesJson } from "./row.js";
import { byteAt, type TextPosition } from "./decode/textChunk.js";

/** The columns of one file and its records, read once and in order. */
export interface Table {
  readonly columns: readonly string[];
  /** Those of the columns that the header of a CSV file has no name for. */
  readonly unnamed?: UnnamedColumns | undefined;
  /** How it is written, of CSV. */
  readonly dialect?: CsvDialect | undefined;
  readonly records: AsyncGenerator<TableRecord>;
  /** Closes the file; for a table whose records were not read to the end. */
  readonly close: () => Promise<void>;
}

/** One record as it stood in a file: its cells, or why they cannot be had. */
export interface TableRecord {
  readonly position: TextPosition;
  /** The record as written, without its line end. */
  readonly raw: string;
  /** One cell a column; empty when there is a fault. */
  readonly cells: readonly (string | null)[];
  /** Of JSONL with values that are no strings: their JSON, one place a column. */
  readonly json?: ValuesJson | undefined;
  readonly fault: Fault | undefined;
  /** Lone surrogates in its values that became U+FFFD. */
  readonly loneSurrogates: number;
  /** Fields that no column is for. */
  readonly unknownFields: readonly string[];
  readonly remark?: RowRemark | undefined;
}

/**
 * What is doubtful about a row of CSV that is read all the same: a quote opens a field and is not closed on its line; each
 * of its several lines could be a row; it is the name of the only column.
 */
export type RowRemark = "open quote" | "lines like rows" | "like the header";

/** What is wrong with a record. */
export interface Fault {
  readonly code: ErrorCode;
  /** Where it is wrong, which may be a later line than the record's first; undefined for the record as a whole. */
  readonly position?: TextPosition | undefined;
  /** Set where the text is only missing, so that such rows can be dropped. */
  readonly missing?: boolean | undefined;
  /** Set where the record is the header once more: it is no row, and left out in any case. */
  readonly isHeader?: boolean | undefined;
  /** What was found; a clause without a full stop. */
  readonly found: string;
  /** What to do; a clause without a full stop. */
  readonly advice: string;
}

/** The error that a faulty record is when bad rows are not skipped. */
export function faultError(file: string, record: TableRecord, fault: Fault): HeadstartError {
  const at = fault.position ?? record.position;
  const message = `Cannot read the row at ${file}:${at.line}: ${fault.found}. ${fault.advice}`;
  return new HeadstartError(fault.code, message, { file, line: at.line, ...byteAt(at) });
}

/** Start of a record for a rejects file: escaped as `escapeControls` does, at most 200 bytes of UTF-8. */
export function escapedRaw(raw: string): string {
  const escaped = escapeControls(raw.slice(0, 201));
  let bytes = 0;
  let end = 0;
  for (const character of escaped) {
    bytes += Buffer.byteLength(character);
    if (bytes > 200) break;
    end += character.length;
  }
  return escaped.slice(0, end);
}
