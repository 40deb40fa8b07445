import type { TextChunk } from "./decode/textChunk.js";
import { textLines, type TextLineOptions } from "./decode/textLines.js";
import type { Table, TableRecord } from "./table.js";

interface TextTableOptions extends TextLineOptions {
  /** What the one column is called. */
  readonly column: string;
}

/** Opens plain text as a table of one column: a text a line; blank lines are not rows. */
export function openText(chunks: AsyncGenerator<TextChunk>, { column, ...options }: TextTableOptions): Table {
  const records = recordsOf(chunks, options);
  const close = async (): Promise<void> => {
    await records.return(undefined);
    await chunks.return(undefined);
  };
  return { columns: [column], records, close };
}

async function* recordsOf(chunks: AsyncGenerator<TextChunk>, options: TextLineOptions): AsyncGenerator<TableRecord> {
  for await (const { position, raw } of textLines(chunks, options)) {
    if (raw.trim() === "") continue;
    const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    yield { position, raw: text, cells: [text], fault: undefined, loneSurrogates: 0, unknownFields: [] };
  }
}
