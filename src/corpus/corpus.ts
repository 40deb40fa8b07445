import { withDefaults } from "../defaults.js";
import { HeadstartError } from "../errors.js";
import type { CsvDialect } from "../formats/csv.js";
import { isSameType, type ColumnType } from "../formats/columnType.js";
import { chooseColumns, placesOf, type ChosenColumns } from "./chosenColumns.js";
import { joinTexts } from "./columns.js";
import { CORPUS_DEFAULTS, type CorpusOptions, type CorpusSettings } from "./corpusOptions.js";
import { checkDelimiter } from "./csvStart.js";
import { isJson } from "./format.js";
import type { FieldNames } from "./json/fieldNames.js";
import {
  labelMissing,
  markedColumns,
  missingLabel,
  taggedWords,
  withoutLabels,
  type LabelFault,
} from "./labelColumns.js";
import { fieldsOfFiles, openCorpusTable } from "./openTable.js";
import type { Row, RowCounts } from "./row.js";
import { findSources, type Source } from "./source.js";
import { RowCounter, vectorsNotice } from "./rowCounts.js";
import { faultError, type Fault, type Table, type TableRecord } from "./table.js";

export type { CorpusOptions } from "./corpusOptions.js";

/** Rows of one or several files, read once and in order. */
export interface Corpus {
  /** Names in the order of the first file. */
  readonly columns: readonly string[];
  /** What the values of each column are, where all files say the same; undefined for text. */
  readonly types: readonly (ColumnType | undefined)[];
  /** The rows; may be called once. Leaving the loop early closes the file. */
  readonly rows: () => AsyncGenerator<Row>;
  /** The column that is read as the texts, or those; and those as the labels, without a label column none. */
  readonly textColumn: string | readonly string[];
  readonly labelColumns: readonly string[];
  /** How the first file is written if it is CSV or TSV, undefined otherwise; whatever its encoding, UTF-8 can be written. */
  readonly dialect: CsvDialect | undefined;
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
 * `,` `;` tab or `|` between fields; in TSV, and where tabs are between the fields, a row is a line and a quote a character,
 * unless a field is in quotes as a whole. Blank lines are not rows, nor is the header once more. Columns behind the last
 * one that has a name are left out unless they are asked for, as `column3` or so. An empty text is a row; a label that is empty or only
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
  checkDelimiter(options.delimiter);
  const sources = await findSources(paths, options);
  for (const { file, format } of sources) {
    if (format === "conll") throw taggedWords(file);
    const needsLabels = options.labelColumn !== undefined && options.unlabeled !== "column";
    if (format === "txt" && needsLabels) throw withoutLabels(file);
  }
  const reader = new CorpusReader(sources, options);
  await reader.open(options.textColumn !== undefined);
  return reader;
}

class CorpusReader implements Corpus {
  readonly #sources: readonly Source[];
  readonly #settings: CorpusSettings;
  readonly #rowCounter: RowCounter;
  #chosen: ChosenColumns = { columns: [], text: [], labels: [], notices: [] };
  #types: readonly (ColumnType | undefined)[] = [];
  #first: Table | undefined;
  /** Of the JSON files, as far as they can be read twice. */
  #fields: FieldNames | undefined;
  /** Rows without a label, as long as no row has one; undefined where every row needs one. */
  #held: HeldRow[] | undefined;
  #begun = false;

  constructor(sources: readonly Source[], options: CorpusOptions) {
    this.#sources = sources;
    this.#settings = withDefaults(CORPUS_DEFAULTS, options);
    this.#rowCounter = new RowCounter(options.onReject);
    this.#held = options.unlabeled === undefined ? undefined : [];
  }

  get columns(): readonly string[] {
    return this.#chosen.columns;
  }

  get types(): readonly (ColumnType | undefined)[] {
    return this.#types;
  }

  get textColumn(): string | readonly string[] {
    const names = this.#chosen.text.map((at) => this.columns[at]);
    return names.length === 1 ? names[0] : names;
  }

  get labelColumns(): readonly string[] {
    return this.#chosen.labels.map((at) => this.columns[at]);
  }

  get dialect(): CsvDialect | undefined {
    return this.#first?.dialect;
  }

  get counts(): RowCounts {
    return this.#rowCounter.counts;
  }

  get notices(): readonly string[] {
    return [...vectorsNotice(this.#first?.vectors ?? []), ...this.#chosen.notices, ...this.#rowCounter.notices()];
  }

  async open(textNamed: boolean): Promise<void> {
    const [source, ...others] = this.#sources;
    this.#fields = await this.#jsonFields();
    this.#first = await this.#openTable(source);
    try {
      this.#chosen = chooseColumns(this.#first, { ...this.#settings, file: source.file, textNamed });
      const { columns, types = [] } = this.#first;
      const isTyped = others.every(mayBeTyped);
      this.#types = this.columns.map((name) => (isTyped ? types[columns.indexOf(name)] : undefined));
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
        if (this.#isEnough()) break;
        const table = i === 0 ? this.#first : await this.#openTable(source);
        if (table !== undefined) yield* this.#rowsOf(table, source.file);
      }
      for (const { row, record, leftOut } of this.#held ?? []) {
        this.#rowCounter.accept(row, record, leftOut);
        yield row;
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#first?.close();
  }

  async #openTable(source: Source): Promise<Table> {
    const known = this.#first && { columns: this.columns, vectors: this.#first.vectors ?? [] };
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

  /** A pipe cannot be read twice, so its header is checked at its turn; later JSON files may lack any field. */
  async #checkColumns(source: Source): Promise<void> {
    if (!source.rereadable || isJson(source.format)) return;
    const table = await this.#openTable(source);
    await table.close();
    const { order } = placesOf(this.columns, table, source.file);
    this.#types = this.#types.map((type, c) => (isSameType(type, table.types?.[order[c]]) ? type : undefined));
  }

  async *#rowsOf(table: Table, file: string): AsyncGenerator<Row> {
    try {
      const { order, leftOut } = placesOf(this.columns, table, file);
      for await (const record of table.records) {
        const row = this.#rowOf(record, order, file);
        if (row === undefined) continue;
        if (this.#held === undefined) {
          this.#rowCounter.accept(row, record, leftOut);
          yield row;
        } else this.#held.push({ row, record, leftOut });
        if (this.#isEnough()) return;
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
    const found = this.#labelOf(values);
    const label = typeof found === "object" && found.missing === true && this.#held !== undefined ? undefined : found;
    if (label !== undefined) this.#refuseHeld();
    if (typeof label === "object") {
      this.#refuse(file, record, label);
      return undefined;
    }
    const { json } = record;
    const row = { file, line, text: joinTexts(this.#chosen.text.map((i) => values[i])), label, values };
    return json === undefined ? row : { ...row, json: order.map((i) => json[i]) };
  }

  #isEnough(): boolean {
    return this.counts.accepted + (this.#held?.length ?? 0) >= this.#settings.limit;
  }

  /** Once a row has a label, those before it that have none are what they are in any labeled corpus. */
  #refuseHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { row, record } of held) {
      const fault = this.#labelOf(row.values);
      if (typeof fault === "object") this.#refuse(row.file, record, fault);
    }
  }

  #refuse(file: string, record: TableRecord, fault: LabelFault): void {
    const isMissing = fault.missing === true && !this.#settings.dropMissing;
    if (isMissing) throw labelMissing(file, record.position.line, fault.column);
    this.#reject(file, record, fault);
  }

  /** The label of a row; undefined where none is read. */
  #labelOf(values: readonly (string | null)[]): string | undefined | LabelFault {
    const { labels } = this.#chosen;
    const cells = labels.map((at) => values[at] ?? "");
    if (cells.length > 1) return markedColumns(this.labelColumns, cells);
    const [cell] = cells;
    return cell?.trim() === "" ? missingLabel(this.columns[labels[0]]) : cell;
  }

  #reject(file: string, record: TableRecord, fault: Fault): void {
    const dropped = fault.isHeader === true || (fault.missing === true && this.#settings.dropMissing);
    if (this.#settings.badRows === "fail" && !dropped) throw faultError(file, record, fault);
    this.#rowCounter.reject(file, record, fault.found);
    if (fault.isHeader === true) this.#rowCounter.remarks.add("header again", file, record.position.line);
  }
}

/** A row that is read once it is known whether it needs a label. */
interface HeldRow {
  readonly row: Row;
  readonly record: TableRecord;
  readonly leftOut: readonly number[];
}

/** Whether the types of a file are known before its rows are read. */
const mayBeTyped = ({ format, rereadable }: Source): boolean =>
  rereadable && (format === "arrow" || format === "parquet");
