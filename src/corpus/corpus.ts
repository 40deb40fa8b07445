import { withDefaults, type WithDefaults } from "../defaults.js";
import { excerpt, HeadstartError } from "../errors.js";
import { findColumn, matchColumns, presentColumn } from "./columns.js";
import type { DecodeOptions } from "./decode/decode.js";
import type { FieldNames } from "./json/fieldNames.js";
import { fieldsOfFiles, openCorpusTable } from "./openTable.js";
import { isJson } from "./format.js";
import { isSameType, type ColumnType } from "../formats/columnType.js";
import {
  labelColumns,
  labelMissing,
  markedColumns,
  missingLabel,
  withoutLabels,
  type LabelFault,
} from "./labelColumns.js";
import type { Rejection, Row, RowCounts } from "./row.js";
import { findSources, type Source, type SourceOptions } from "./source.js";
import { RowCounter, vectorsNotice } from "./rowCounts.js";
import { faultError, type Fault, type Table, type TableRecord } from "./table.js";

export interface CorpusOptions extends SourceOptions, DecodeOptions {
  /** Column of the texts; a column of nearly the same name competes with it only when this is left out. @default "text" */
  readonly textColumn?: string | undefined;
  /**
   * Column of the labels; without it no label is read. Of several columns, given as a list or with commas between, each is
   * a label that a row has (1, true) or has not (0, false); its label is the list of those that it has, as JSON.
   */
  readonly labelColumn?: string | readonly string[] | undefined;
  /** Columns to read where a corpus lacks those. */
  readonly otherwise?: { readonly textColumn?: string; readonly labelColumn?: string } | undefined;
  /** Ends the rows after so many accepted ones. @default no end */
  readonly limit?: number | undefined;
  /** A row that cannot be read is an error, or is left out and counted as rejected. @default "fail" */
  readonly badRows?: "fail" | "skip" | undefined;
  /**
   * Leaves out rows without a label, and rows without a text where that is not the same as an empty one (all formats but
   * CSV and TSV), counted as rejected, where they are an error otherwise. @default false
   */
  readonly dropMissing?: boolean | undefined;
  /** Called for each rejected row, in order. */
  readonly onReject?: ((rejection: Rejection) => void) | undefined;
  /** Longest field in bytes of UTF-8 (for JSON: longest row in characters); bounds the memory. @default 16 MiB */
  readonly maxFieldBytes?: number | undefined;
}

const CORPUS_DEFAULTS = {
  textColumn: "text",
  limit: Infinity,
  badRows: "fail",
  dropMissing: false,
  maxFieldBytes: 16 * 1024 * 1024,
} as const satisfies CorpusOptions;

/** Rows of one or several files, read once and in order. */
export interface Corpus {
  /** Names in the order of the first file. */
  readonly columns: readonly string[];
  /** What the values of each column are, where all files say the same; undefined for text. */
  readonly types: readonly (ColumnType | undefined)[];
  /** The rows; may be called once. Leaving the loop early closes the file. */
  readonly rows: () => AsyncGenerator<Row>;
  /** The column that is read as the texts, and those as the labels; without a label column none. */
  readonly textColumn: string;
  readonly labelColumns: readonly string[];
  /** Live: right at every moment, complete when the rows have ended. */
  readonly counts: RowCounts;
  /** What the rows so far call for telling, one sentence each. */
  readonly notices: readonly string[];
  /** Closes the first file; only for a corpus whose rows are not read. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a corpus: files of CSV, TSV, JSONL, JSON, plain text or Arrow, each also gzipped, of Parquet, or the pipe `-`.
 *
 * The first line of CSV and TSV names the columns. Of JSON all fields of all objects are columns; of a pipe, which cannot
 * be read twice, those of the objects that come first. A line of plain text is a text. Vectors of an earlier embedding
 * (`vector`) do not travel along. Several files must have the same columns
 * in any order; the headers of all of them are read before the first row. CSV is RFC 4180 with any mix of line ends and
 * `,` `;` tab or `|` between fields; blank lines are not rows. An empty text is a row; a label that is empty or only
 * spaces is missing. Memory does not grow with the number of rows.
 *
 * @throws HeadstartError E_INPUT_*, E_ENCODING, E_CSV_*, E_JSONL, E_ARROW or E_COLUMN_*; `rows()` throws those and
 * E_LABEL_MISSING when it meets them
 * @example
 * const corpus = await openCorpus(["reviews.csv"], { limit: 3 });
 * for await (const { text, label, line } of corpus.rows()) console.log(line, label, text);
 * console.log(corpus.counts.read);
 */
export async function openCorpus(paths: readonly string[], options: CorpusOptions): Promise<Corpus> {
  if (paths.length === 0) throw new HeadstartError("E_USAGE", "Cannot read a corpus without a file. Name one, or -");
  const sources = await findSources(paths, options);
  for (const { file, format } of sources) {
    if (format === "conll") throw taggedWords(file);
    if (format === "txt" && options.labelColumn !== undefined) throw withoutLabels(file);
  }
  const reader = new CorpusReader(sources, options);
  await reader.open(options.textColumn !== undefined);
  return reader;
}

type Settings = WithDefaults<typeof CORPUS_DEFAULTS, CorpusOptions>;

class CorpusReader implements Corpus {
  readonly #sources: readonly Source[];
  readonly #settings: Settings;
  readonly #rowCounter: RowCounter;
  #columns: readonly string[] = [];
  #types: readonly (ColumnType | undefined)[] = [];
  #text = 0;
  #labels: readonly number[] = [];
  #first: Table | undefined;
  /** Of the JSON files, as far as they can be read twice. */
  #fields: FieldNames | undefined;
  #begun = false;

  constructor(sources: readonly Source[], options: CorpusOptions) {
    this.#sources = sources;
    this.#settings = withDefaults(CORPUS_DEFAULTS, options);
    this.#rowCounter = new RowCounter(options.onReject);
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  get types(): readonly (ColumnType | undefined)[] {
    return this.#types;
  }

  get textColumn(): string {
    return this.#columns[this.#text];
  }

  get labelColumns(): readonly string[] {
    return this.#labels.map((at) => this.#columns[at]);
  }

  get counts(): RowCounts {
    return this.#rowCounter.counts;
  }

  get notices(): readonly string[] {
    return [...vectorsNotice(this.#first?.vectors ?? []), ...this.#rowCounter.notices()];
  }

  async open(textNamed: boolean): Promise<void> {
    const [source, ...others] = this.#sources;
    this.#fields = await this.#jsonFields();
    this.#first = await this.#openTable(source);
    try {
      const { columns, types = [] } = this.#first;
      this.#columns = columns;
      this.#types = columns.map((_, c) => (others.every(mayBeTyped) ? types[c] : undefined));
      this.#chooseColumns(source.file, textNamed);
      for (const other of others) await this.#checkColumns(other);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async *rows(): AsyncGenerator<Row> {
    if (this.#begun) throw new Error("The rows of a corpus can be read once");
    this.#begun = true;
    try {
      for (const [i, source] of this.#sources.entries()) {
        if (this.counts.accepted >= this.#settings.limit) return;
        const table = i === 0 ? this.#first : await this.#openTable(source);
        if (table !== undefined) yield* this.#rowsOf(table, source.file);
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#first?.close();
  }

  async #openTable(source: Source): Promise<Table> {
    const known = this.#first && { columns: this.#columns, vectors: this.#first.vectors ?? [] };
    return openCorpusTable(source, {
      ...this.#settings,
      textOtherwise: this.#settings.otherwise?.textColumn,
      fields: this.#fields ?? known,
      onChunk: ({ replaced }) => {
        if (this.#begun || this.#first === undefined) this.#rowCounter.replaced(replaced);
      },
      onFault: (record, fault) => this.#reject(source.file, record, fault),
    });
  }

  /** Reads JSON files, which may have a field in their last row alone, for the names of their fields. */
  async #jsonFields(): Promise<FieldNames | undefined> {
    const json = this.#sources.filter(({ format, rereadable }) => rereadable && isJson(format));
    return json[0] === this.#sources[0] ? fieldsOfFiles(json, this.#settings) : undefined;
  }

  #chooseColumns(file: string, textNamed: boolean): void {
    const { textColumn, labelColumn, otherwise } = this.#settings;
    const text = presentColumn(this.#columns, textColumn, otherwise?.textColumn);
    this.#text = findColumn(this.#columns, text, { file, flag: "--text-column", named: textNamed });
    if (labelColumn === undefined) return;
    const names = labelColumns(this.#columns, labelColumn, otherwise?.labelColumn);
    this.#labels = names.map((name) => findColumn(this.#columns, name, { file, flag: "--label-column", named: true }));
    if (!this.#labels.includes(this.#text)) return;
    const message =
      `Cannot read texts and labels of ${file} from one column, "${excerpt(text)}". ` +
      `Name another one with --label-column`;
    throw new HeadstartError("E_COLUMN_AMBIGUOUS", message, { file, line: 1, column: text });
  }

  /** A pipe cannot be read twice, so its header is checked at its turn; later JSON files may lack any field. */
  async #checkColumns(source: Source): Promise<void> {
    if (!source.rereadable || isJson(source.format)) return;
    const table = await this.#openTable(source);
    await table.close();
    const order = matchColumns(this.#columns, table.columns, source.file);
    this.#types = this.#types.map((type, c) => (isSameType(type, table.types?.[order[c]]) ? type : undefined));
  }

  async *#rowsOf(table: Table, file: string): AsyncGenerator<Row> {
    try {
      const order = matchColumns(this.#columns, table.columns, file);
      for await (const record of table.records) {
        const row = this.#rowOf(record, order, file);
        if (row === undefined) continue;
        this.#rowCounter.accept(row, record);
        yield row;
        if (this.counts.accepted >= this.#settings.limit) return;
      }
    } finally {
      await table.close();
    }
  }

  /** The row of a record; undefined when it was rejected. */
  #rowOf(record: TableRecord, order: readonly number[], file: string): Row | undefined {
    if (record.fault !== undefined) {
      this.#reject(file, record, record.fault);
      return undefined;
    }
    const { line } = record.position;
    const values = order.map((i) => record.cells[i]);
    const label = this.#labelOf(values);
    if (typeof label === "object") {
      if (label.missing === true && !this.#settings.dropMissing) throw labelMissing(file, line, label.column);
      this.#reject(file, record, label);
      return undefined;
    }
    const { json } = record;
    const row = { file, line, text: values[this.#text] ?? "", label, values };
    return json === undefined ? row : { ...row, json: order.map((i) => json[i]) };
  }

  /** The label of a row; undefined where none is read. */
  #labelOf(values: readonly (string | null)[]): string | undefined | LabelFault {
    const [label, ...others] = this.#labels;
    if (label === undefined) return undefined;
    if (others.length > 0)
      return markedColumns(
        this.labelColumns,
        this.#labels.map((at) => values[at] ?? ""),
      );
    const cell = values[label] ?? "";
    return cell.trim() === "" ? missingLabel(this.#columns[label]) : cell;
  }

  #reject(file: string, record: TableRecord, fault: Fault): void {
    const dropped = fault.missing === true && this.#settings.dropMissing;
    if (this.#settings.badRows === "fail" && !dropped) throw faultError(file, record, fault);
    this.#rowCounter.reject(file, record, fault.found);
  }
}

/** Whether the types of a file are known before its rows are read. */
const mayBeTyped = ({ format, rereadable }: Source): boolean =>
  rereadable && (format === "arrow" || format === "parquet");

const taggedWords = (file: string): HeadstartError =>
  new HeadstartError(
    "E_INPUT_ENDING",
    `Cannot read ${file} as rows of texts: it holds words with tags, which train --task ner and heads that find entities take. Name a .csv, .tsv, .jsonl or .parquet file, or say what it is with --from`,
    { file },
  );
