import { createRequire } from "node:module";
import { excerpt, HeadstartError, messageOf } from "../../errors.js";
import { withFile } from "../../files/readBytes.js";
import { BoundedProcess } from "../../formats/boundedProcess.js";
import { verifyChecksum } from "../../formats/checksum.js";
import type { ColumnType } from "../../formats/columnType.js";
import { fileKind } from "../../formats/signature.js";
import { checkHeader, textColumnNames } from "../columns.js";
import type { Source } from "../source.js";
import type { Fault, Table, TableRecord } from "../table.js";

/** Some rows: the cells of each, and the JSON of those that are no strings. */
export interface ParquetRows {
  readonly cells: readonly (readonly (string | null)[])[];
  readonly json: readonly (readonly (string | undefined)[])[];
}

interface ReadColumn {
  readonly name: string;
  readonly type: ColumnType | undefined;
  readonly isText: boolean;
}

/** What the process says: the columns first, then rows each time it is asked. */
export type ParquetReply =
  | { readonly kind: "columns"; readonly columns: readonly ReadColumn[]; readonly vectors: readonly string[] }
  | ({ readonly kind: "rows" } & ParquetRows)
  | { readonly kind: "end" }
  | { readonly kind: "failure"; readonly message: string; readonly tripped: boolean };

// By the package's own import map, so that the compiled file is found from the sources as well.
const PROCESS_FILE = createRequire(import.meta.url).resolve("#parquetRows");

/**
 * Opens a Parquet file as a table, decoded in a `BoundedProcess`: strings as they are, numbers and booleans as JavaScript
 * writes them, times in ISO 8601, bytes in base64, lists and structs as JSON; without the vectors of an earlier embedding.
 * A row without a text comes as a record with a fault.
 *
 * @throws HeadstartError E_PARQUET for what is no sound Parquet file, a text column of another type, and a pipe; so do the
 * records
 */
export async function openParquetTable(
  source: Source,
  wanted: { readonly textColumn: string | readonly string[]; readonly textOtherwise: string | undefined },
): Promise<Table> {
  const { file } = source;
  const decoder = await startDecoder(source);
  const close = async (): Promise<void> => decoder.kill();
  try {
    const reply = await replyOf(decoder, file);
    if (reply.kind !== "columns") throw explain(new Error("it does not start with its columns"), file);
    const { columns, vectors } = reply;
    const names = columns.map(({ name }) => name);
    checkHeader(names, file, 1);
    const texts = textColumnNames(names, wanted.textColumn, wanted.textOtherwise);
    const other = columns.find(({ name, isText }) => texts.includes(name) && !isText);
    if (other !== undefined) throw noText(other, file);
    const places = texts.map((name) => names.indexOf(name));
    const types = columns.map(({ type }) => type);
    return { columns: names, vectors, types, records: recordsOf(decoder, { file, places, texts }), close };
  } catch (error) {
    decoder.kill();
    throw error;
  }
}

async function startDecoder({ file, rereadable }: Source): Promise<BoundedProcess> {
  if (!rereadable || /\.gz$/i.test(file)) {
    const name = file === "-" ? "the pipe" : file;
    const found = rereadable ? "it is compressed as a whole" : "it is no file, and Parquet is read from its end";
    const message = `Cannot read Parquet from ${name}: ${found}. Save it as a file of its own and name that`;
    throw new HeadstartError("E_PARQUET", message, { file });
  }
  try {
    return await withFile(file, async (opened) => {
      const checked = await verifyChecksum(opened);
      const kind = opened.size === 0 ? "an empty file" : fileKind(await opened.bytes(0, 512));
      if (kind !== "a Parquet file") throw new Error(`it looks like ${kind ?? "no Parquet file"}`);
      return new BoundedProcess(PROCESS_FILE, [file, checked ? "checked" : "unchecked"], opened.size);
    });
  } catch (error) {
    throw explain(error, file);
  }
}

async function replyOf(decoder: BoundedProcess, file: string, question?: string): Promise<ParquetReply> {
  const reply = (await decoder.reply(question).catch((error: unknown) => {
    throw explain(error, file);
  })) as ParquetReply;
  if (reply.kind !== "failure") return reply;
  throw explain(reply.tripped ? new RangeError(reply.message) : new Error(reply.message), file);
}

async function* recordsOf(
  decoder: BoundedProcess,
  {
    file,
    places,
    texts,
  }: { readonly file: string; readonly places: readonly number[]; readonly texts: readonly string[] },
): AsyncGenerator<TableRecord> {
  try {
    let line = 0;
    for (;;) {
      const reply = await replyOf(decoder, file, "more");
      if (reply.kind !== "rows") return;
      for (const [r, cells] of reply.cells.entries()) {
        const position = { chunk: undefined, index: 0, line: ++line };
        const fault = places.every((place) => cells[place] === null) ? missingParquetText(texts) : undefined;
        const raw = fault === undefined ? (cells[places[0]] ?? "") : JSON.stringify(cells);
        const json = reply.json[r].some((one) => one !== undefined) ? { json: reply.json[r] } : {};
        const own = { position, raw, fault, loneSurrogates: 0, unknownFields: [] };
        yield fault === undefined ? { ...own, cells, ...json } : { ...own, cells: [] };
      }
    }
  } finally {
    decoder.kill();
  }
}

const missingParquetText = (columns: readonly string[]): Fault => ({
  code: "E_PARQUET",
  missing: true,
  found: `its text in ${columns.map((name) => `"${excerpt(name)}"`).join(", ")} is null`,
  advice: "Give it a text, or leave such rows out with --drop-missing or --bad-rows skip",
});

function noText({ name, type }: ReadColumn, file: string): HeadstartError {
  const message =
    `Cannot read texts from column "${excerpt(name)}" of ${file}: it holds ${type?.kind ?? "no text"}. ` +
    `Cast it to a string, or name another one with --text-column`;
  return new HeadstartError("E_PARQUET", message, { file, column: name });
}

function explain(error: unknown, file: string): HeadstartError {
  if (error instanceof HeadstartError) return error;
  const message = messageOf(error);
  // What a decoder trips over says nothing to the user.
  const found = error instanceof TypeError || error instanceof RangeError ? `it is damaged (${message})` : message;
  const advice = "Write it again, or give another file";
  return new HeadstartError("E_PARQUET", `Cannot read Parquet from ${file}: ${found}. ${advice}`, {
    file,
    cause: error,
  });
}
