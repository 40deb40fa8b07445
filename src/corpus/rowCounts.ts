import { excerpt } from "../errors.js";
import { byteAt } from "./decode/textChunk.js";
import type { Rejection, Row, RowCounts } from "./row.js";
import { RowRemarks } from "./rowRemarks.js";
import { escapedRaw, type TableRecord } from "./table.js";
import { counted } from "../text/numbers.js";

/** Labels that other tools take for "no label"; here they are ordinary labels, which is worth a word. */
const LIKE_MISSING = new Set(["nan", "na", "n/a", "none", "null", "?", "-1"]);
const LONGEST_LIKE_MISSING = 4;
const MOST_FIELDS_NAMED = 10;

/** Counts before the first row. */
export const NO_ROWS: RowCounts = {
  read: 0,
  accepted: 0,
  rejected: 0,
  withNul: 0,
  replacedBytes: 0,
  loneSurrogates: 0,
  withUnknownFields: 0,
};

/** Counts what happens to the rows of a corpus, and puts what a user should know about them into words. */
export class RowCounter {
  readonly #counts: { -readonly [K in keyof RowCounts]: RowCounts[K] } = { ...NO_ROWS };
  readonly #onReject: (rejection: Rejection) => void;
  readonly #unknownFields = new Set<string>();
  /** Labels like "no label" and the place where each stood first. */
  readonly #likeMissing = new Map<string, string>();

  constructor(onReject: (rejection: Rejection) => void = () => {}) {
    this.#onReject = onReject;
  }

  /** The live counts. */
  get counts(): RowCounts {
    return this.#counts;
  }

  /** What is worth telling of single rows. */
  readonly remarks = new RowRemarks();
  /** @param leftOut  indices of cells that go into no column of the corpus */
  accept(row: Row, record: TableRecord, leftOut: readonly number[]): void {
    const counts = this.#counts;
    counts.read++;
    counts.accepted++;
    // A NUL is searched in the record as written; in JSONL it is written as an escape.
    if (record.raw.includes("\0") || record.raw.includes("\\u0000")) {
      if (row.values.some((value) => value?.includes("\0"))) counts.withNul++;
    }
    const { file, line } = row;
    if (record.remark !== undefined) this.remarks.add(record.remark, file, line);
    if (leftOut.some((i) => record.cells[i]?.trim())) this.remarks.add("text without a name", file, line);
    counts.loneSurrogates += record.loneSurrogates;
    if (record.unknownFields.length > 0) this.#noteFields(record.unknownFields);
    const { label } = row;
    if (label !== undefined && label.length <= LONGEST_LIKE_MISSING && LIKE_MISSING.has(label.trim().toLowerCase())) {
      if (!this.#likeMissing.has(label)) this.#likeMissing.set(label, `${row.file}:${row.line}`);
    }
  }

  reject(file: string, record: TableRecord, reason: string): void {
    this.#counts.read++;
    this.#counts.rejected++;
    const { position, raw } = record;
    this.#onReject({ file, line: position.line, ...byteAt(position), reason, raw: escapedRaw(raw) });
  }

  replaced(bytes: number): void {
    this.#counts.replacedBytes += bytes;
  }

  #noteFields(names: readonly string[]): void {
    this.#counts.withUnknownFields++;
    for (const name of names) if (this.#unknownFields.size < MOST_FIELDS_NAMED) this.#unknownFields.add(name);
  }

  /** One sentence for each thing that the rows so far call for. */
  notices(): readonly string[] {
    const { withNul, replacedBytes, loneSurrogates, withUnknownFields } = this.#counts;
    const notices: string[] = [];
    if (withNul > 0) notices.push(`${counted(withNul, "row")} with a NUL character, kept as it is`);
    if (replacedBytes > 0) notices.push(`${counted(replacedBytes, "invalid byte")} read as U+FFFD`);
    if (loneSurrogates > 0) notices.push(`${counted(loneSurrogates, "lone surrogate")} read as U+FFFD`);
    if (withUnknownFields > 0) {
      const names = [...this.#unknownFields].map((name) => `"${excerpt(name)}"`).join(", ");
      const rows = counted(withUnknownFields, "row");
      notices.push(`${rows} with fields that the first row lacks, left out: ${names}`);
    }
    notices.push(...this.remarks.notices());
    for (const [label, place] of this.#likeMissing) {
      notices.push(
        `the label "${label}" (first at ${place}) is read as a label like any other; ` +
          `if it means that there is none, "${label}=drop" in --map drops its rows`,
      );
    }
    return notices;
  }
}
