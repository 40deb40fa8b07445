import type { RecordBatch, Schema } from "apache-arrow";
import type { EmbeddedCorpus } from "../../embedding/embedCorpus.js";
import { vectorsOfWindows } from "../../embedding/cachedEmbed.js";
import { checkTextType, missingText, openArrow, rawRow, rowTexts } from "../../corpus/arrowTable.js";
import { textsOf } from "../../formats/arrow/text.js";
import { findColumn, textColumnNames } from "../../corpus/columns.js";
import type { RowCounts } from "../../corpus/row.js";
import { findSource } from "../../corpus/source.js";
import { escapedRaw, faultError } from "../../corpus/table.js";
import { addCounts, EMBED_DEFAULTS } from "../../encoder/embed/embed.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { Matrix } from "../../math/matrix.js";
import { matrix } from "../../math/matrix.js";
import { openArrowExtender, type ArrowExtender } from "../../vectors/arrowExtender.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import type { StoreKind } from "../../vectors/storedVectors.js";
import type { WrittenVectors } from "../../vectors/writer.js";
import { openEncoder, withCache, type Context } from "../context.js";
import type { RejectedRows } from "../rejectedRows.js";
import { embedOptions, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";

interface ArrowFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly store: StoreKind;
}

/** What became of the rows of an Arrow stream. */
export interface EmbeddedArrow {
  readonly corpus: { readonly counts: Pick<RowCounts, "read" | "rejected">; readonly notices: readonly string[] };
  readonly encoder: Encoder;
  readonly done: EmbeddedCorpus;
  readonly written: WrittenVectors;
  readonly seconds: number;
}

/**
 * Reads an Arrow stream and writes it to stdout with its vectors: all other columns keep their types. While the texts of
 * a batch are in the encoder, the next batch is read and the one before is written; no more than four are in memory.
 */
export async function embedArrow(
  context: Context,
  file: string,
  { flags, rejectedRows }: { readonly flags: ArrowFlags; readonly rejectedRows: RejectedRows },
): Promise<EmbeddedArrow> {
  const source = await findSource(file, { stdin: context.stdin, from: "arrow" });
  const input = await openArrow(source.bytes(), file);
  let encoder: Encoder | undefined;
  try {
    const text = textPlaces(input.schema, file, flags);
    encoder = await openEncoder(context, flags);
    const metadata = { "headstart.encoder": encoder.name, "headstart.fingerprint": encoder.fingerprint };
    const shape = { schema: input.schema, width: encoder.width, store: flags.store, metadata };
    const output = openArrowExtender({ write: context.printData }, shape);
    const began = context.clock();
    const filter = { encoder, output, flags, rejectedRows, file, text };
    const done = await withCache(context, { flags, encoder }, (cache) =>
      embedBatches(context, input.batches, { ...filter, cache }),
    );
    const written = await output.finish();
    const seconds = (context.clock() - began) / 1000;
    return { corpus: { counts: done, notices: [] }, encoder, done, written, seconds };
  } finally {
    await encoder?.close();
    await input.close();
  }
}

function textPlaces(schema: Schema, file: string, { textColumn }: CorpusFlags): readonly number[] {
  const columns = schema.fields.map(({ name }) => name);
  const named = textColumn !== undefined;
  const names = textColumnNames(columns, textColumn ?? "text");
  const places = names.map((name) =>
    findColumn(columns, name, { file, flag: "--text-column", named, namedBy: "format" }),
  );
  for (const place of places) checkTextType(schema, place, file);
  return places;
}

interface Filter {
  readonly encoder: Encoder;
  readonly output: ArrowExtender;
  readonly cache: VectorCache | undefined;
  readonly flags: ArrowFlags;
  readonly rejectedRows: RejectedRows;
  readonly file: string;
  /** Which columns the texts are in. */
  readonly text: readonly number[];
}

interface Done extends EmbeddedCorpus {
  readonly read: number;
  readonly rejected: number;
}

async function embedBatches(
  { reporter, signal }: Context,
  batches: AsyncIterable<RecordBatch>,
  filter: Filter,
): Promise<Done> {
  const { encoder, flags, cache } = filter;
  const meter = reporter.meter("embedding");
  const ahead: Piece[] = [];
  async function* texts(): AsyncGenerator<readonly string[]> {
    for await (const piece of piecesOf(batches, filter)) {
      ahead.push(piece);
      yield piece.texts;
    }
  }
  let done = NONE;
  const options = { ...embedOptions(flags), cache, signal };
  const onProgress = (now: { readonly done: number }): void => meter.update(now.done);
  for await (const part of vectorsOfWindows(encoder, texts(), { ...options, onProgress })) {
    const piece = ahead.shift()!;
    await writeRuns(filter.output, piece, part.vectors);
    const { numRows } = piece.piece;
    done = {
      ...addCounts(done, part),
      cached: done.cached + part.cached,
      resumed: 0,
      read: done.read + numRows,
      rejected: done.rejected + numRows - part.texts,
    };
  }
  meter.end();
  return done;
}

const NONE: Done = {
  texts: 0,
  tokens: 0,
  truncated: 0,
  empty: 0,
  unknown: 0,
  cached: 0,
  resumed: 0,
  read: 0,
  rejected: 0,
};

/** Some rows of a batch, and which of them have a text. */
interface Piece {
  readonly piece: RecordBatch;
  readonly rows: readonly number[];
  /** Of these rows. */
  readonly texts: readonly string[];
}

/** Batches cut to what is embedded at a time; ends once the rows that are asked for have come. */
async function* piecesOf(batches: AsyncIterable<RecordBatch>, filter: Filter): AsyncGenerator<Piece> {
  let left = filter.flags.limit ?? Infinity;
  let line = 0;
  for await (const batch of batches) {
    for (let start = 0; start < batch.numRows; start += EMBED_DEFAULTS.window) {
      const piece = batch.slice(start, Math.min(batch.numRows, start + EMBED_DEFAULTS.window));
      const cells = rowTexts(filter.text.map((column) => textsOf(piece.getChildAt(column)!)));
      const rows: number[] = [];
      const texts: string[] = [];
      let end = 0;
      for (; end < cells.length && rows.length < left; end++) {
        const text = cells[end];
        if (text === null) reject(filter, { piece, row: end, line: line + end + 1 });
        else {
          texts.push(text);
          rows.push(end);
        }
      }
      yield { piece: end === cells.length ? piece : piece.slice(0, end), rows, texts };
      line += cells.length;
      left -= rows.length;
      if (left === 0) return;
    }
  }
}

function reject(
  { flags, rejectedRows, file, text }: Filter,
  { piece, row, line }: { readonly piece: RecordBatch; readonly row: number; readonly line: number },
): void {
  const fault = missingText(text.map((column) => piece.schema.fields[column].name));
  const raw = rawRow(piece, row);
  const position = { chunk: undefined, index: 0, line };
  if (flags.badRows === "fail" && flags.dropMissing !== true)
    throw faultError(file, { position, raw, cells: [], fault, loneSurrogates: 0, unknownFields: [] }, fault);
  rejectedRows.add({ file, line, reason: fault.found, raw: escapedRaw(raw) });
}

/** Writes the rows that have a text, each run of neighbors as one batch. */
async function writeRuns(output: ArrowExtender, { piece, rows }: Piece, vectors: Matrix): Promise<void> {
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
    const { cols, data } = vectors;
    const run = matrix(end - start, cols, data.subarray(start * cols, end * cols));
    await output.write(piece, run, rows[start]);
    start = end;
  }
}
