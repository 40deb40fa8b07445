import { addCounts, EMBED_DEFAULTS, type EmbedCounts } from "../encoder/embed.js";
import type { Encoder } from "../encoder/encoder.js";
import type { Corpus } from "../corpus/corpus.js";
import type { Row } from "../corpus/row.js";
import { vectorsOf } from "../classify/vectors.js";
import type { VectorCache } from "../store/cache.js";
import { openVectorWriter, type VectorWriter, type WrittenVectors } from "../store/vector-writer.js";
import { forecastRows } from "./forecast.js";
import { gatherRejects, openCache, openEncoder, openTexts, type AddCommand, type Context } from "./context.js";
import {
  defined,
  embedOptions,
  withCorpusFlags,
  withEncoderFlags,
  withGlobalFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./options.js";
import { Option } from "commander";

interface EmbedFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly output: string;
  readonly store: "fp32" | "fp16" | "int8";
}

const EXAMPLES = `
Examples:
  headstart embed tweets.csv -o tweets.parquet
  headstart embed a.csv b.csv.gz -o vectors.npy --text-column message
  headstart embed reviews.jsonl -o vectors.arrow --encoder Xenova/bge-small-en-v1.5`;

export const addEmbed: AddCommand = (program, context) => {
  const command = program
    .command("embed")
    .description("turn the texts of a corpus into vectors")
    .argument("<corpus...>", "files (.csv, .tsv, .jsonl, each also .gz), or - for the pipe")
    .requiredOption("-o, --output <file>", "where to write; .parquet, .arrow, .npy (+ .jsonl) or .jsonl")
    .addOption(
      new Option("--store <kind>", "numbers of the vectors written").choices(["fp32", "fp16", "int8"]).default("fp32"),
    );
  withEncoderFlags(withCorpusFlags(withGlobalFlags(command), { labels: false }))
    .addHelpText("after", EXAMPLES)
    .action((files: string[], flags: EmbedFlags) => embedCommand(context(), files, flags));
};

async function embedCommand(context: Context, files: readonly string[], flags: EmbedFlags): Promise<void> {
  const { talk, clock, print } = context;
  const rejects = gatherRejects(flags.output);
  const corpus = await openTexts(context, files, flags, rejects);
  let encoder: Encoder | undefined;
  let writer: VectorWriter | undefined;
  try {
    const { store, force } = flags;
    encoder = await openEncoder(context, flags);
    const metadata = { "headstart.encoder": encoder.name, "headstart.fingerprint": encoder.fingerprint };
    writer = await openVectorWriter(flags.output, {
      width: encoder.width,
      columns: corpus.columns,
      store,
      metadata,
      ...defined({ force }),
    });
    const cache = await openCache(context, flags, encoder);
    const began = clock();
    const done = await embedRows(context, { corpus, encoder, writer, cache, flags, total: await forecastRows(files) });
    const written = await writer.commit();
    await cache?.close();
    await rejects.save(talk);
    const seconds = (clock() - began) / 1000;
    await report(context, { flags, corpus, encoder, done, written, seconds });
    if (flags.json) await print(`${JSON.stringify(summary({ flags, corpus, encoder, done, written, seconds }))}\n`);
  } finally {
    await writer?.abort();
    await encoder?.close();
    await corpus.close();
  }
}

interface Job {
  readonly corpus: Corpus;
  readonly encoder: Encoder;
  readonly writer: VectorWriter;
  readonly cache: VectorCache | undefined;
  readonly flags: EmbedFlags;
  readonly total: ((rows: number, bytes: number) => number | undefined) | undefined;
}

interface Done extends EmbedCounts {
  readonly cached: number;
}

async function embedRows(
  { talk, signal }: Context,
  { corpus, encoder, writer, cache, flags, total }: Job,
): Promise<Done> {
  const meter = talk.meter("embedding");
  let done: Done = { texts: 0, tokens: 0, truncated: 0, empty: 0, cached: 0 };
  let bytes = 0;
  const flush = async (rows: readonly Row[]): Promise<void> => {
    for (const row of rows) for (const value of row.values) bytes += Buffer.byteLength(value ?? "") + 1;
    const ahead = total?.(done.texts + rows.length, bytes);
    const before = done.texts;
    const part = await vectorsOf(
      encoder,
      rows.map((row) => row.text),
      {
        ...embedOptions(flags),
        ...defined({ cache }),
        signal,
        onProgress: (now) => meter.update(before + now.done, ahead),
      },
    );
    await writer.write(
      part.vectors,
      rows.map((row) => row.values),
    );
    done = { ...addCounts(done, part), cached: done.cached + part.cached };
  };
  let window: Row[] = [];
  for await (const row of corpus.rows()) {
    window.push(row);
    if (window.length < EMBED_DEFAULTS.window) continue;
    await flush(window);
    window = [];
  }
  if (window.length > 0) await flush(window);
  meter.end();
  return done;
}

interface Finished {
  readonly flags: EmbedFlags;
  readonly corpus: Corpus;
  readonly encoder: Encoder;
  readonly done: Done;
  readonly written: WrittenVectors;
  readonly seconds: number;
}

async function report(
  { talk, print }: Context,
  { flags, corpus, encoder, done, written, seconds }: Finished,
): Promise<void> {
  for (const notice of corpus.notices) talk.warn(notice);
  if (done.texts === 0) talk.warn("the corpus has no rows, so the output has none either");
  if (flags.json) return;
  const { read, rejected } = corpus.counts;
  const remarks = [
    done.empty > 0 ? `${done.empty} empty` : "",
    done.truncated > 0 ? `${done.truncated} cut at ${encoder.maxTokens} tokens` : "",
    done.cached > 0 ? `${done.cached} from the cache` : "",
  ].filter((remark) => remark !== "");
  const loss =
    written.storeCosine === undefined
      ? ""
      : `; stored as ${flags.store}, cosine to fp32 ${written.storeCosine.mean.toFixed(6)} on average, ${written.storeCosine.min.toFixed(6)} at least`;
  await print(
    `${read} rows in = ${written.rows} out + ${rejected} rejected${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}\n` +
      `${written.files.join(" and ")}: ${written.rows} x ${encoder.width}, ${(written.bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s, ${Math.round(written.rows / Math.max(seconds, 1e-3)).toLocaleString("en")} texts/s${loss}\n`,
  );
}

function summary({ flags, corpus, encoder, done, written, seconds }: Finished): object {
  return {
    rows: written.rows,
    rejected: corpus.counts.rejected,
    empty: done.empty,
    truncated: done.truncated,
    encoder: encoder.name,
    fingerprint: encoder.fingerprint,
    width: encoder.width,
    output: flags.output,
    seconds,
    textsPerSecond: written.rows / Math.max(seconds, 1e-3),
    tokens: done.tokens,
    cached: done.cached,
    resumed: 0,
    ...defined({ storeCosine: written.storeCosine }),
  };
}
