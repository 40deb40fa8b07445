import { csvFields, unquoted, type CsvDialect } from "../formats/csv.js";
import { CsvFramer, type CsvFrame } from "./csvFrame.js";
import { encodingError, type TextChunk } from "./decode/textChunk.js";
import type { TableRecord } from "./table.js";

export interface CsvRecordOptions {
  readonly file: string;
  readonly dialect: Pick<CsvDialect, "delimiter" | "quoting">;
  /** Longest field, in bytes of UTF-8. */
  readonly maxFieldBytes: number;
}

/**
 * The records of CSV text, cut into cells as its dialect says; blank lines are none. One with a misplaced quote comes with
 * a fault, without cells.
 *
 * @throws HeadstartError E_CSV_QUOTE, E_FIELD_TOO_LARGE, E_ENCODING
 */
export async function* csvRecords(
  chunks: AsyncIterable<TextChunk>,
  { file, dialect, maxFieldBytes }: CsvRecordOptions,
): AsyncGenerator<TableRecord> {
  const hasQuotes = dialect.quoting === "rfc4180";
  const framer = new CsvFramer({ file, delimiter: dialect.delimiter, hasQuotes, maxFieldBytes });
  for await (const chunk of chunks) {
    yield* recordsOf(framer.push(chunk), dialect);
    if (chunk.invalid !== undefined) throw encodingError(file, framer.line, chunk.invalid);
  }
  yield* recordsOf(framer.end(), dialect);
}

/** The records of one chunk. */
function recordsOf(frames: readonly CsvFrame[], dialect: CsvRecordOptions["dialect"]): TableRecord[] {
  const fields = fieldsOf(
    frames.filter(({ fault }) => fault === undefined),
    dialect,
  );
  let next = 0;
  return frames.map(({ text, position, fault }) => {
    const cells = fault === undefined ? fields[next++] : [];
    return { position, raw: text, cells, fault, loneSurrogates: 0, unknownFields: [] };
  });
}

function fieldsOf(frames: readonly CsvFrame[], { delimiter, quoting }: CsvRecordOptions["dialect"]): string[][] {
  if (quoting === "rfc4180") return csvFields(frames, delimiter);
  const fields = frames.map(({ text }) => text.split(delimiter));
  return quoting === "none" ? fields : fields.map((cells) => cells.map(unquoted));
}

/**
 * The fields of a line of which some, in quotes, hold the delimiter.
 *
 * @returns undefined where a field begins with a quote and is not in quotes as a whole
 */
export function fieldsInQuotes(line: string, delimiter: string): string[] | undefined {
  const fields: string[] = [];
  for (let from = 0; from <= line.length; from++) {
    const end = line[from] === '"' ? quotedEnd(line, from) : nextOf(line, delimiter, from);
    if (end === undefined || (end < line.length && line[end] !== delimiter)) return undefined;
    fields.push(unquoted(line.slice(from, end)));
    from = end;
  }
  return fields;
}

/** Where the field behind a quote ends: behind the first quote that is alone. */
function quotedEnd(line: string, from: number): number | undefined {
  for (let at = line.indexOf('"', from + 1); at >= 0; at = line.indexOf('"', at + 2))
    if (line[at + 1] !== '"') return at + 1;
  return undefined;
}

function nextOf(line: string, delimiter: string, from: number): number {
  const at = line.indexOf(delimiter, from);
  return at < 0 ? line.length : at;
}
