import type { WithDefaults } from "../defaults.js";
import type { DecodeOptions } from "./decode/decode.js";
import type { Rejection } from "./row.js";
import type { SourceOptions } from "./source.js";

export interface CorpusOptions extends SourceOptions, DecodeOptions {
  /**
   * Column of the texts, or several: what stands in them makes one text, a line each. `"title,body"` means two columns
   * unless one is called so. A column of nearly the same name competes only when this is left out. @default "text"
   */
  readonly textColumn?: string | readonly string[] | undefined;
  /**
   * Column of the labels; without it no label is read. Of several columns, given as a list or with commas between, each is
   * a label that a row has (1, true) or has not (0, false); its label is the list of those that it has, as JSON.
   */
  readonly labelColumn?: string | readonly string[] | undefined;
  /** Columns to read where a corpus lacks those. */
  readonly otherwise?: { readonly textColumn?: string; readonly labelColumn?: string } | undefined;
  /**
   * Whether the first record of CSV and TSV names the columns; otherwise it is a row, and the columns are `column1`,
   * `column2`, ..., also to be had as `"1"`, `"2"`, ... @default true
   */
  readonly header?: boolean | undefined;
  /** What is between the fields of CSV and TSV: one character. @default found in CSV, a tab in TSV */
  readonly delimiter?: string | undefined;
  /**
   * What a quote means in CSV and TSV. `"` is RFC 4180: a field may be in quotes, and then hold line ends. `none`: a
   * character like any other. `auto`: RFC 4180, but where tabs are between the fields a row is a line, and only a field that
   * is in quotes as a whole loses them. @default "auto"
   */
  readonly quote?: "auto" | "none" | '"' | undefined;
  /** Ends the rows after so many accepted ones. @default no end */
  readonly limit?: number | undefined;
  /** A row that cannot be read is an error, or is left out and counted as rejected. @default "fail" */
  readonly badRows?: "fail" | "skip" | undefined;
  /**
   * Leaves out rows without a label, and rows without a text where that is not the same as an empty one (all formats but
   * CSV and TSV), counted as rejected, where they are an error otherwise. @default false
   */
  readonly dropMissing?: boolean | undefined;
  /**
   * Also reads a corpus in which no row has a label, whose rows then come without: "cells" where they are empty in all rows,
   * "column" also where there is no such column and none of nearly the same name. @default every row needs a label
   */
  readonly unlabeled?: "cells" | "column" | undefined;
  /** Called for each rejected row, in order. */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
  /** Longest field in bytes of UTF-8 (for JSON: longest row in characters); bounds the memory. @default 16 MiB */
  readonly maxFieldBytes?: number | undefined;
}

export const CORPUS_DEFAULTS = {
  textColumn: "text",
  header: true,
  quote: "auto",
  limit: Infinity,
  badRows: "fail",
  dropMissing: false,
  maxFieldBytes: 16 * 1024 * 1024,
} as const satisfies CorpusOptions;

export type CorpusSettings = WithDefaults<typeof CORPUS_DEFAULTS, CorpusOptions>;
