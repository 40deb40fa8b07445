import { HeadstartError } from "../errors.js";
import { csvFields } from "../formats/csv.js";
import { counted } from "../text/numbers.js";
import { checkHeader } from "./columns.js";
import { CsvFramer, type CsvFrame } from "./csvFrame.js";
import { encodingError, type TextChunk } from "./decode/textChunk.js";
import { DelimiterSniffer } from "./delimiter.js";
import { faultError, type Fault, type Table, type TableRecord } from "./table.js";

interface CsvTableOptions {
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
    found: `it has ${counted(found, "field")} where the header has ${expected}`,
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
    yield* recordsOf(framer.push(chunk), options.delimiter);
    if (chunk.invalid !== undefined) throw encodingError(options.file, framer.line, chunk.invalid);
  }
  yield* recordsOf(framer.end(), options.delimiter);
}

/** The records of one chunk, cut into cells. */
function recordsOf(frames: readonly CsvFrame[], delimiter: string): TableRecord[] {
  const fields = csvFields(
    frames.filter(({ fault }) => fault === undefined),
    delimiter,
  );
  let next = 0;
  return frames.map(({ text, position, fault }) => {
    const cells = fault === undefined ? fields[next++] : [];
    return { position, raw: text, cells, fault, loneSurrogates: 0, unknownFields: [] };
  });
}
