import { parse } from "csv-parse/sync";
import { HeadstartError } from "../errors.js";
import { checkHeader } from "./columns.js";
import { CsvFramer, type CsvFrame } from "./csvFrame.js";
import { encodingError, type TextChunk } from "./decode/textChunk.js";
import { DelimiterSniffer } from "./delimiter.js";
import { faultError, type Fault, type Table, type TableRecord } from "./table.js";

export interface CsvTableOptions {
  readonly file: string;
  /** One character; found in the first record when left out. */
  readonly delimiter?: string | undefined;
  /** Longest field, in bytes of UTF-8. */
  readonly maxFieldBytes: number;
}

/**
 * Opens CSV text: the first record names the columns, the others are rows of as many fields.
 *
 * Blank lines are not rows; in a table of one column an empty text is therefore written `""`. A row with a misplaced
 * quote or another number of fields comes as a record with a fault.
 *
 * @throws HeadstartError E_CSV_HEADER when there is no header or a name stands in it twice, and what its quotes deserve
 */
export async function openCsv(chunks: AsyncGenerator<TextChunk>, options: CsvTableOptions): Promise<Table> {
  const { file } = options;
  const { delimiter, replayed } =
    options.delimiter === undefined
      ? await sniffed(chunks, options.maxFieldBytes)
      : { delimiter: options.delimiter, replayed: chunks };
  const all = csvRecords(replayed, { ...options, delimiter });
  const close = async (): Promise<void> => {
    await all.return(undefined);
  };
  try {
    const first = await all.next();
    if (first.done === true) {
      const message = `Cannot read ${file}: it is empty. Its first line must name the columns, such as text,label`;
      throw new HeadstartError("E_CSV_HEADER", message, { file, line: 1 });
    }
    const header = first.value;
    if (header.fault !== undefined) throw faultError(file, header, header.fault);
    const columns = header.cells.map((cell) => cell ?? "");
    checkHeader(columns, file, header.position.line);
    return { columns, records: rowsOf(all, columns.length), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* rowsOf(records: AsyncGenerator<TableRecord>, width: number): AsyncGenerator<TableRecord> {
  for await (const record of records) {
    const { cells, fault } = record;
    yield fault !== undefined || cells.length === width
      ? record
      : { ...record, cells: [], fault: wrongWidth(cells.length, width) };
  }
}

function wrongWidth(found: number, expected: number): Fault {
  return {
    code: "E_CSV_FIELDS",
    found: `it has ${count(found, "field")} where the header has ${expected}`,
    advice:
      found > expected
        ? "Put quotes around a field that holds the delimiter, or leave such rows out with --bad-rows skip"
        : "Add what is missing, or leave such rows out with --bad-rows skip",
  };
}

/** Finds the delimiter, and gives the text that it took for that back in front of the rest. */
async function sniffed(
  chunks: AsyncGenerator<TextChunk>,
  most: number,
): Promise<{ delimiter: string; replayed: AsyncGenerator<TextChunk> }> {
  const held: TextChunk[] = [];
  const sniffer = new DelimiterSniffer();
  for (let length = 0; length <= most;) {
    const next = await chunks.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.text.length;
    if (sniffer.push(next.value.text) || next.value.invalid !== undefined) break;
  }
  return { delimiter: sniffer.delimiter, replayed: replay(held, chunks) };
}

async function* replay(held: readonly TextChunk[], rest: AsyncGenerator<TextChunk>): AsyncGenerator<TextChunk> {
  try {
    yield* held;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* csvRecords(
  chunks: AsyncGenerator<TextChunk>,
  options: CsvTableOptions & { readonly delimiter: string },
): AsyncGenerator<TableRecord> {
  const framer = new CsvFramer(options);
  for await (const chunk of chunks) {
    yield* withCells(framer.push(chunk), options.delimiter);
    if (chunk.invalid !== undefined) throw encodingError(options.file, framer.line, chunk.invalid);
  }
  yield* withCells(framer.end(), options.delimiter);
}

/** The records of one chunk, cut into cells; those that hold quotes by one call of the parser. */
function withCells(frames: readonly CsvFrame[], delimiter: string): TableRecord[] {
  const withQuotes = frames.filter(({ quoted, fault }) => quoted && fault === undefined);
  const rows = quotedCells(
    withQuotes.map((frame) => frame.text),
    delimiter,
  );
  let next = 0;
  return frames.map(({ text, quoted, position, fault }) => {
    const cells = fault !== undefined ? [] : quoted ? rows[next++] : text.split(delimiter);
    return { position, raw: text, cells, fault, loneSurrogates: 0, unknownFields: [] };
  });
}

function quotedCells(texts: readonly string[], delimiter: string): string[][] {
  if (texts.length === 0) return [];
  // Every text is one record and none is blank, so the line end between them can be set here whatever the file has.
  const rows = parse(texts.join("\n"), { delimiter, record_delimiter: "\n", relax_column_count: true });
  if (rows.length !== texts.length) throw new Error(`${texts.length} CSV records were read as ${rows.length}`);
  return rows;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
