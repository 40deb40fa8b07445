import { addCounts, EMBED_DEFAULTS, type EmbedCounts, type EmbedOptions } from "../encoder/embed/embed.js";
import type { Encoder } from "../encoder/encoder.js";
import { inWindows } from "../encoder/embed/windows.js";
import { ReusedRows } from "../onnx/runtime/bufferPool.js";
import type { Row } from "../corpus/row.js";
import type { VectorCache } from "../store/cache/vectorCache.js";
import type { Shard, VectorRun } from "../store/resume/run.js";
import type { VectorWriter } from "../vectors/writer.js";
import { vectorsOfWindows } from "./cachedEmbed.js";

interface EmbedCorpusOptions extends EmbedOptions {
  readonly writer: VectorWriter;
  /** Keeps each window when it is done, and has those of an earlier run. @default none is kept */
  readonly run?: VectorRun | undefined;
  readonly cache?: VectorCache | undefined;
  /** Called for every row that is read. */
  readonly onRow?: ((row: Row) => void) | undefined;
}

export interface EmbeddedCorpus extends EmbedCounts {
  /** Rows that needed no encoder, as the cache had them. */
  readonly cached: number;
  /** Rows taken over from an earlier run. */
  readonly resumed: number;
}

/** UTF-16 units of a window's values after which it ends, however few rows it has. */
const WINDOW_TEXT = 2 ** 24;

const NONE: EmbeddedCorpus = { texts: 0, tokens: 0, truncated: 0, empty: 0, unknown: 0, cached: 0, resumed: 0 };

/**
 * Embeds rows and passes them on to the writer with their values, in order, window by window: while one is in the encoder,
 * the one before is kept and written, then the one after is read. Two windows are in memory at a time.
 *
 * A window is a shard of the run. Which rows it has depends on the rows before it alone, so a run that goes on finds the
 * windows of the one that was killed; what changes within a window, such as the order of a batch, is the same too.
 */
export async function embedCorpus(
  encoder: Encoder,
  rows: AsyncIterable<Row>,
  options: EmbedCorpusOptions,
): Promise<EmbeddedCorpus> {
  const { writer, run, onProgress, onRow = () => {}, window: most = EMBED_DEFAULTS.window, ...rest } = options;
  const memory = new ReusedRows(most * encoder.width);
  const ahead: Window[] = [];
  let done = NONE;
  let restored = 0;
  async function* texts(): AsyncGenerator<readonly string[]> {
    let shard = 0;
    for await (const own of inWindows(rows, { most, weigh: textOf, heaviest: WINDOW_TEXT })) {
      for (const row of own) onRow(row);
      const asked = own.map(({ text }) => text);
      const kept = await run?.restore(shard, asked, encoder.width);
      restored += kept === undefined ? 0 : own.length;
      ahead.push({ shard: shard++, rows: own, texts: asked, kept });
      yield kept === undefined ? asked : [];
    }
  }
  const progress =
    onProgress === undefined
      ? {}
      : { onProgress: (now: { readonly done: number }) => onProgress({ done: restored + now.done }) };
  for await (const part of vectorsOfWindows(encoder, texts(), { ...rest, ...progress, memory })) {
    const { shard, rows: own, texts: asked, kept } = ahead.shift()!;
    // What the cache had, it will have for a run that goes on.
    if (kept === undefined && part.cached < part.texts) await run?.add(shard, asked, part);
    const { vectors } = kept ?? part;
    await writer.write(
      vectors,
      own.map(({ values }) => values),
      own.map(({ json }) => json),
    );
    memory.give(vectors.data);
    const counts = kept === undefined ? part : { ...kept, texts: own.length };
    const resumed = done.resumed + (kept === undefined ? 0 : own.length);
    done = { ...addCounts(done, counts), cached: done.cached + part.cached, resumed };
  }
  await run?.end();
  return done;
}

interface Window {
  readonly shard: number;
  readonly rows: readonly Row[];
  readonly texts: readonly string[];
  /** From an earlier run. */
  readonly kept: Shard | undefined;
}

const textOf = ({ values }: Row): number => values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
