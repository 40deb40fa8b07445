import { parse } from "csv-parse/sync";

/*
 * The CSV that is read and written here, RFC 4180 with its freedoms:
 *
 * - A record ends in LF, CRLF or CR, the last one also with the text. A blank line is no record, so that a record of one
 *   empty field has to be quoted.
 * - A field that begins with a quote goes on to the next quote that is alone; it holds whatever stands between, a doubled
 *   quote meaning one. Any other field holds no quote, and nothing in it is taken off or away.
 * - Fields are separated by one delimiter, a comma where headstart writes.
 */

export const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;

/** What may separate fields, the most common first. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;

/** A record without its line end, and whether a quote stands in it; none is out of place. */
export interface CsvRecord {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * The fields of records; those with quotes go to the parser together, which costs far less than one by one.
 *
 * @param delimiter  one character
 */
export function csvFields(records: readonly CsvRecord[], delimiter: string): string[][] {
  const quoted = quotedFields(
    records.flatMap((record) => (record.quoted ? [record.text] : [])),
    delimiter,
  );
  let next = 0;
  return records.map((record) => (record.quoted ? quoted[next++] : record.text.split(delimiter)));
}

function quotedFields(records: readonly string[], delimiter: string): string[][] {
  if (records.length === 0) return [];
  // None is blank, so the line end between them can be set here, whatever the file has.
  const rows: string[][] = parse(records.join("\n"), { delimiter, record_delimiter: "\n", relax_column_count: true });
  if (rows.length !== records.length) throw new Error(`${records.length} CSV records were read as ${rows.length}`);
  return rows;
}

/** A cell of a row; objects and lists become JSON. */
export type Cell = string | number | null | object;

/**
 * What a quote means. `rfc4180`: it may open a field, which then goes on to the next quote that is alone, over line ends
 * too. `line`: a row is a line, and only a field that is in quotes as a whole loses them. `none`: a character like any
 * other.
 */
export type CsvQuoting = "rfc4180" | "line" | "none";

/** How CSV is written: that of a file that was read, or to be written. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  readonly quoting: CsvQuoting;
  readonly byteOrderMark: boolean;
  readonly lineEnd: "\n" | "\r\n" | "\r";
}

const DEFAULT_DIALECT: CsvDialect = { delimiter: ",", quoting: "rfc4180", byteOrderMark: false, lineEnd: "\r\n" };

/** One record with its line end, without a byte order mark; null is an empty field, an object its JSON. */
export function csvLine(cells: readonly Cell[], dialect: CsvDialect = DEFAULT_DIALECT): string {
  const texts = cells.map(cellText);
  const fields = texts.map((text, i) => (cells[i] !== null && isWrapped(text, texts, dialect) ? wrapped(text) : text));
  return `${fields.join(dialect.delimiter) || '""'}${dialect.lineEnd}`;
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** Whether a field has to be in quotes: without them it, or another one of its row, would be read as something else. */
function isWrapped(text: string, row: readonly string[], { delimiter, quoting }: CsvDialect): boolean {
  const isCut = (one: string): boolean => one.includes(delimiter) || /[\r\n]/.test(one);
  if (isCut(text)) return true;
  if (quoting === "none") return false;
  // Some programs take outer spaces off.
  if (quoting === "rfc4180") return /"|^\s|\s$/.test(text);
  return text.startsWith('"') && (unquoted(text) !== text || row.some(isCut));
}

const wrapped = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A field without the quotes that it is in as a whole, if it is; those inside are then doubled and become one. */
export function unquoted(field: string): string {
  if (field.length < 2 || !field.startsWith('"') || !field.endsWith('"')) return field;
  const inside = field.slice(1, -1);
  return inside.replaceAll('""', "").includes('"') ? field : inside.replaceAll('""', '"');
}
