import { arrowBytes } from "./columnar/arrowBytes.js";
import { openCsv, type CsvTableOptions } from "./csvTable.js";
import { decodeText, type DecodeOptions } from "./decode/decode.js";
import type { TextChunk } from "./decode/textChunk.js";
import { FieldNames } from "./json/fieldNames.js";
import type { JsonRecordsOptions } from "./json/records.js";
import { addFields, openJsonTable } from "./json/table.js";
import type { Source } from "./source.js";
import type { Fault, Table, TableRecord } from "./table.js";
import { openText } from "./textTable.js";

interface ReadOptions extends DecodeOptions {
  /** Column of the texts, or several. */
  readonly textColumn: string | readonly string[];
  /** Read where a file lacks that one. */
  readonly textOtherwise?: string | undefined;
  /** Longest field in bytes of UTF-8, longest line or object in characters. */
  readonly maxFieldBytes: number;
}

/** How CSV and TSV are read. */
type CsvReading = Pick<CsvTableOptions, "header" | "quote" | "delimiter">;

interface OpenTableOptions extends ReadOptions, CsvReading {
  /** Of JSON, the fields that are columns; without them those of the objects that come first. */
  readonly fields: Pick<FieldNames, "columns" | "vectors"> | undefined;
  /** Called for each stretch of text. */
  readonly onChunk: (chunk: TextChunk) => void;
  /** Is given records of JSON in front of the first object; it may throw. */
  readonly onFault: (record: TableRecord, fault: Fault) => void;
}

/** Opens a file as a table, whatever its format; not of words with tags. */
export async function openCorpusTable(source: Source, options: OpenTableOptions): Promise<Table> {
  const { file, format } = source;
  const { maxFieldBytes, textColumn, textOtherwise, fields, onFault } = options;
  if (format === "arrow") {
    const { openArrowTable } = await import("./columnar/arrowTable.js");
    return openArrowTable(arrowBytes(source), { file, textColumn, textOtherwise });
  }
  if (format === "parquet") {
    const { openParquetTable } = await import("./columnar/parquetTable.js");
    return openParquetTable(source, { textColumn, textOtherwise });
  }
  const chunks = seen(decodeText(source.bytes(), file, { ...options, isTable: format !== "txt" }), options.onChunk);
  if (format === "csv" || format === "tsv") {
    const { header, quote, delimiter = format === "tsv" ? "\t" : undefined } = options;
    return openCsv(chunks, { file, header, quote, delimiter, maxFieldBytes });
  }
  if (format === "txt") return openText(chunks, { file, column: [textColumn].flat()[0], maxLineLength: maxFieldBytes });
  return openJsonTable(chunks, { ...jsonOptions(source, options), textOtherwise, fields, onFault });
}

async function* seen(
  chunks: AsyncGenerator<TextChunk>,
  onChunk: (chunk: TextChunk) => void,
): AsyncGenerator<TextChunk> {
  for await (const chunk of chunks) {
    onChunk(chunk);
    yield chunk;
  }
}

function jsonOptions({ file, format }: Source, { maxFieldBytes, textColumn }: ReadOptions): JsonRecordsOptions {
  return { file, textColumn, maxLength: maxFieldBytes, format: format === "json" ? "json" : "jsonl" };
}

/** The fields of all objects in JSON files, of the first `limit` texts; undefined where there are none. */
export async function fieldsOfFiles(
  sources: readonly Source[],
  { limit, ...options }: ReadOptions & { readonly limit: number },
): Promise<FieldNames | undefined> {
  const names = new FieldNames();
  for (const source of sources) {
    const chunks = decodeText(source.bytes(), source.file, { ...options, isTable: true });
    await addFields(names, chunks, { ...jsonOptions(source, options), limit });
  }
  return names.columns.length > 0 ? names : undefined;
}
