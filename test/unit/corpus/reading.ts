import { Readable } from "node:stream";
import { openCorpus, type Corpus, type CorpusOptions } from "../../../src/corpus/corpus.js";
import type { Rejection, Row, RowCounts } from "../../../src/corpus/row.js";
import { HeadstartError } from "../../../src/errors.js";

export interface Reading {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly values: readonly (readonly (string | null)[])[];
  readonly lines: readonly number[];
  readonly counts: RowCounts;
  readonly notices: readonly string[];
  readonly rejections: readonly Rejection[];
  readonly dialect: Corpus["dialect"];
}

/** Reads files to the end. */
export async function readFiles(paths: readonly string[], options: CorpusOptions = {}): Promise<Reading> {
  const rejections: Rejection[] = [];
  const corpus = await openCorpus(paths, { onReject: (rejection) => rejections.push(rejection), ...options });
  const rows: Row[] = [];
  for await (const row of corpus.rows()) {
    rows.push(row);
    const { read, accepted, rejected } = corpus.counts;
    if (read !== accepted + rejected || accepted !== rows.length) throw new Error("the counts are not live");
  }
  const { columns, counts, notices, dialect } = corpus;
  const values = rows.map((row) => row.values);
  return { columns, rows, values, lines: rows.map((row) => row.line), counts, notices, rejections, dialect };
}

/** Reads bytes through the pipe, in chunks of `chunkSize`. */
export function readBytes(
  content: string | Uint8Array,
  options: CorpusOptions = {},
  chunkSize = 65536,
): Promise<Reading> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  return readFiles(["-"], { stdin: Readable.from(chunks), ...options });
}

/** The HeadstartError that a promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<HeadstartError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HeadstartError) return error;
  throw error ?? new Error("it did not fail");
}
