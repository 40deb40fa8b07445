import { unquoted, type CsvDialect } from "../formats/csv.js";
import { counted } from "../text/numbers.js";
import { fieldsInQuotes } from "./csvRecords.js";
import type { Fault, TableRecord } from "./table.js";

/** What the rows of a CSV file have to be like. */
interface CsvShape {
  readonly dialect: Pick<CsvDialect, "delimiter" | "quoting">;
  readonly columns: number;
  /** Of these, how many behind the last name have none: a row may lack them. */
  readonly unnamed: number;
  /** The record that names the columns, if one does. */
  readonly header: TableRecord | undefined;
}

/** The rows among records; one that is none has a fault, and what is doubtful about one is its remark. */
export async function* csvRows(records: AsyncGenerator<TableRecord>, shape: CsvShape): AsyncGenerator<TableRecord> {
  let hasOpenQuote = false;
  for await (const record of records) {
    if (shape.header !== undefined && isHeader(record, shape.header)) {
      yield headerAgain(record, shape);
      continue;
    }
    if (record.fault !== undefined) {
      yield record;
      continue;
    }
    const isOpen = shape.dialect.quoting === "line" && opensQuote(record.raw, shape.dialect.delimiter);
    hasOpenQuote ||= isOpen;
    const row = rowOf(record, shape, hasOpenQuote);
    yield isOpen && row.fault === undefined ? { ...row, remark: "open quote" } : row;
  }
}

function rowOf(record: TableRecord, shape: CsvShape, hasOpenQuote: boolean): TableRecord {
  const { columns, unnamed } = shape;
  const cells = cellsOf(record, shape);
  const missing = columns - cells.length;
  if (missing < 0 || missing > unnamed) {
    return { ...record, cells: [], fault: wrongWidth({ found: cells.length, raw: record.raw, hasOpenQuote }, shape) };
  }
  const whole = missing === 0 ? cells : [...cells, ...Array.from({ length: missing }, () => "")];
  const row = whole === record.cells ? record : { ...record, cells: whole };
  return isLinesLikeRows(record.raw, shape) ? { ...row, remark: "lines like rows" } : row;
}

/** A line with too many fields may have the delimiter in fields that are in quotes. */
function cellsOf({ raw, cells }: TableRecord, { dialect, columns }: CsvShape): readonly (string | null)[] {
  if (dialect.quoting !== "line" || cells.length <= columns) return cells;
  const fields = fieldsInQuotes(raw, dialect.delimiter);
  return fields?.length === columns ? fields : cells;
}

/** Whether a quote opens a field of a line that is not closed in it. */
function opensQuote(line: string, delimiter: string): boolean {
  if (!line.includes('"')) return false;
  const isOpen = (field: string): boolean =>
    field.startsWith('"') && unquoted(field) === field && field.split('"').length % 2 === 0;
  return line.split(delimiter).some(isOpen) && fieldsInQuotes(line, delimiter) === undefined;
}

/** Whether a row goes over several lines, each of which has as many fields as a row. */
function isLinesLikeRows(raw: string, { dialect, columns }: CsvShape): boolean {
  if (dialect.quoting !== "rfc4180" || columns < 2 || !/[\r\n]/.test(raw)) return false;
  return raw.split(/\r\n|\n|\r/).every((line) => line.split(dialect.delimiter).length === columns);
}

/** Whether a record is the header, be it with the byte order mark of a file that was put behind another one. */
function isHeader({ raw, cells }: TableRecord, header: TableRecord): boolean {
  if (raw === header.raw || (raw.startsWith("\ufeff") && raw.slice(1) === header.raw)) return true;
  return cells.length === header.cells.length && cells.every((cell, i) => cell === header.cells[i]);
}

/** A table of one column may well have a text that is the name of its column. */
const headerAgain = (record: TableRecord, { columns }: CsvShape): TableRecord =>
  columns === 1 ? { ...record, remark: "like the header" } : { ...record, cells: [], fault: HEADER_AGAIN };

const HEADER_AGAIN: Fault = {
  code: "E_CSV_HEADER",
  isHeader: true,
  found: "it is the header once more",
  advice: "Take it out",
};

interface WrongWidth {
  /** Fields. */
  readonly found: number;
  readonly raw: string;
  /** Whether a quote opened a field that is not closed on its line, here or in a row before. */
  readonly hasOpenQuote: boolean;
}

function wrongWidth({ found, raw, hasOpenQuote }: WrongWidth, { columns, header }: CsvShape): Fault {
  const lines = raw.split(/\r\n|\n|\r/).length;
  const subject = lines > 1 ? `its ${lines} lines, one row by a quote, have` : "it has";
  const advice = [
    ...(hasOpenQuote ? [`if fields in quotes go on over line ends, read the file with --quote '"'`] : []),
    ...(lines > 1 ? ["where a quote is a character like any other, read the file with --quote none"] : []),
    found > columns ? "put quotes around a field that holds the delimiter" : "add what is missing",
    "or leave such rows out with --bad-rows skip",
  ].join("; ");
  return {
    code: "E_CSV_FIELDS",
    found: `${subject} ${counted(found, "field")} where the ${header === undefined ? "first row" : "header"} has ${columns}`,
    advice: advice[0].toUpperCase() + advice.slice(1).replace(/; or/, ", or"),
  };
}
