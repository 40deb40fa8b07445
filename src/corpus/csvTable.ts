import { HeadstartError } from "../errors.js";
import type { CsvDialect } from "../formats/csv.js";
import { nameColumns, numberedColumns, type NamedColumns } from "./columns.js";
import { csvRecords } from "./csvRecords.js";
import { csvRows } from "./csvRows.js";
import { CsvStart, type CsvSettings } from "./csvStart.js";
import type { TextChunk } from "./decode/textChunk.js";
import { faultError, type Table, type TableRecord } from "./table.js";

export interface CsvTableOptions extends CsvSettings {
  readonly file: string;
  /** Whether the first record names the columns; otherwise it is a row and they are `column1`, `column2`, ... */
  readonly header: boolean;
  /** Longest field, in bytes of UTF-8. */
  readonly maxFieldBytes: number;
}

/**
 * Opens CSV text: the first record names the columns, the others are rows of as many fields.
 *
 * Blank lines are not rows; in a table of one column an empty text is therefore written `""`. Columns without a name are
 * called `column3` and so on by their place; those behind the last name may be missing in a row. A row with a misplaced
 * quote or another number of fields, and the header once more, come as records with a fault.
 *
 * @throws HeadstartError E_CSV_HEADER when there is no header or a name stands in it twice, and what its quotes deserve
 */
export async function openCsv(chunks: AsyncGenerator<TextChunk>, options: CsvTableOptions): Promise<Table> {
  const { file, maxFieldBytes } = options;
  const { dialect, hasSeparatorLine, replayed } = await begun(chunks, options);
  const all = csvRecords(replayed, { file, dialect, maxFieldBytes });
  const close = async (): Promise<void> => {
    await all.return(undefined);
  };
  try {
    if (hasSeparatorLine) await all.next();
    const held = await firstRecords(all, options);
    const first = held[held.length - 1];
    const header = options.header ? first : undefined;
    const named = header === undefined ? unheaded(first) : namesOf(header, file);
    const shape = { dialect, columns: named.columns.length, unnamed: named.unnamed.behind.length, header };
    const records = csvRows(header === undefined ? replay(held, all) : all, shape);
    return { ...named, dialect, records, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first record; where it is a row, all up to the first that can be read, which says how many columns there are. */
async function firstRecords(all: AsyncGenerator<TableRecord>, options: CsvTableOptions): Promise<TableRecord[]> {
  const held: TableRecord[] = [];
  for (let next = await all.next(); next.done !== true; next = await all.next()) {
    held.push(next.value);
    if (options.header || next.value.fault === undefined) return held;
  }
  const [first] = held;
  throw first?.fault === undefined ? isEmpty(options) : faultError(options.file, first, first.fault);
}

const unheaded = ({ cells }: TableRecord): NamedColumns => ({
  columns: numberedColumns(cells.length),
  unnamed: { between: [], behind: [] },
});

function namesOf(header: TableRecord, file: string): NamedColumns {
  const json = LIKE_JSON.exec(header.raw);
  if (json !== null) throw isJson(file, json[1] === "{" && json[2] !== "" ? "jsonl" : "json");
  if (header.fault !== undefined) throw faultError(file, header, header.fault);
  const cells = header.cells.map((cell) => cell ?? "");
  return nameColumns(cells, { file, line: header.position.line });
}

/** The line with which JSON begins: its first bracket, and what follows it. */
const LIKE_JSON = /^\s*([[{])(\s*[{}"][^]*|)\s*$/;

function isJson(file: string, format: "jsonl" | "json"): HeadstartError {
  const message = `Cannot read the columns of ${file}: its first line is JSON, not names. Read it with --from ${format}`;
  return new HeadstartError("E_CSV_HEADER", message, { file, line: 1 });
}

function isEmpty({ file, header }: CsvTableOptions): HeadstartError {
  const advice = header ? "Its first line must name the columns, such as text,label" : "Give it a row";
  return new HeadstartError("E_CSV_HEADER", `Cannot read ${file}: it is empty. ${advice}`, { file, line: 1 });
}

interface Begun {
  readonly dialect: CsvDialect;
  readonly hasSeparatorLine: boolean;
  /** All of the text, that which was looked at too. */
  readonly replayed: AsyncGenerator<TextChunk>;
}

/** Looks at the first records, to see how the file is written. */
async function begun(chunks: AsyncGenerator<TextChunk>, options: CsvTableOptions): Promise<Begun> {
  const held: TextChunk[] = [];
  const start = new CsvStart(options);
  for (let length = 0; length <= options.maxFieldBytes;) {
    const next = await chunks.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.text.length;
    if (start.push(next.value.text) || next.value.invalid !== undefined) break;
  }
  const byteOrderMark = (held[0]?.byte ?? 0) > 0;
  const { dialect, hasSeparatorLine } = start;
  return { dialect: { ...dialect, byteOrderMark }, hasSeparatorLine, replayed: replay(held, chunks) };
}

async function* replay<T>(held: readonly T[], rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* held;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
