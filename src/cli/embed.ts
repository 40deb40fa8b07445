import { addCounts, EMBED_DEFAULTS, type EmbedCounts } from "../encoder/embed.js";
import type { Encoder } from "../encoder/encoder.js";
import { HeadstartError } from "../errors.js";
import type { Corpus } from "../corpus/corpus.js";
import type { Row } from "../corpus/row.js";
import { vectorsOf } from "../classify/vectors.js";
import type { VectorCache } from "../store/cache.js";
import type { VectorWriter, WrittenVectors } from "../store/vectorWriter.js";
import { gatherRejects, openEncoder, openTexts, withCache, type AddCommand, type Context } from "./context.js";
import { chooseOutput, openOutput, toFlag, type EmbedOutputFlags } from "./embedOutput.js";
import { embedArrow, type EmbeddedArrow } from "./embedArrow.js";
import { forecastRows } from "./forecast.js";
import {
  defined,
  embedOptions,
  withCommonFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./options.js";

interface EmbedFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EmbedOutputFlags {}

const EXAMPLES = `
Examples:
  headstart embed tweets.csv -o tweets.parquet
  headstart embed a.csv b.csv.gz -o vectors.npy --text-column message
  headstart embed reviews.jsonl -o vectors.arrow --encoder Xenova/bge-small-en-v1.5
  cat rows.jsonl | headstart embed - --from jsonl -o - --to jsonl > vectors.jsonl
  producer | headstart embed - --from arrow -o - --to arrow | consumer`;

export const addEmbed: AddCommand = (program, context) => {
  const command = program
    .command("embed")
    .description("turn the texts of a corpus into vectors")
    .argument("<corpus...>", "files (.csv, .tsv, .jsonl, each also .gz), or - for the pipe")
    .requiredOption("-o, --output <file>", "where to write; .parquet, .arrow, .npy (+ .jsonl), .jsonl, or - for a pipe")
    .addOption(toFlag());
  withCommonFlags(command, ["corpus", "encoder", "store", "output"])
    .addHelpText("after", EXAMPLES)
    .action((files: string[], flags: EmbedFlags) => embedCommand(context(), files, flags));
};

async function embedCommand(context: Context, files: readonly string[], flags: EmbedFlags): Promise<void> {
  const output = await chooseOutput(files, flags);
  const rejects = gatherRejects(output.kind === "file" ? output.path : undefined);
  if (flags.from === "arrow" && output.kind === "pipe" && output.format === "arrow") {
    const finished = await embedArrow(context, oneStream(files), { flags, rejects });
    await rejects.save(context.talk);
    return report(context, { flags, ...finished });
  }
  const corpus = await openTexts(context, files, flags, rejects);
  let encoder: Encoder | undefined;
  let writer: VectorWriter | undefined;
  try {
    encoder = await openEncoder(context, flags);
    const metadata = { "headstart.encoder": encoder.name, "headstart.fingerprint": encoder.fingerprint };
    const shape = { width: encoder.width, columns: corpus.columns, metadata };
    writer = await openOutput(context, output, { shape, flags });
    const job = { corpus, encoder, writer, flags, total: await forecastRows(files) };
    const began = context.clock();
    const done = await withCache(context, { flags, encoder }, (cache) => embedRows(context, { ...job, cache }));
    const written = await writer.commit();
    const seconds = (context.clock() - began) / 1000;
    await rejects.save(context.talk);
    await report(context, { flags, corpus, encoder, done, written, seconds });
  } finally {
    await writer?.abort();
    await encoder?.close();
    await corpus.close();
  }
}

function oneStream(files: readonly string[]): string {
  if (files.length === 1) return files[0];
  throw new HeadstartError("E_USAGE", "--from arrow with --to arrow takes one stream. Run headstart once for each");
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
  readonly corpus: EmbeddedArrow["corpus"];
  readonly encoder: Pick<Encoder, "name" | "fingerprint" | "width" | "maxTokens">;
  readonly done: Done;
  readonly written: WrittenVectors;
  readonly seconds: number;
}

async function report({ talk, print }: Context, finished: Finished): Promise<void> {
  const { flags, corpus, done } = finished;
  for (const notice of corpus.notices) talk.warn(notice);
  if (done.texts === 0) talk.warn("the corpus has no rows, so the output has none either");
  if (flags.json) return print(`${JSON.stringify(summary(finished))}\n`);
  const lines = described(finished);
  // With -o - the vectors have stdout for themselves.
  if (flags.output === "-") for (const line of lines) talk.say(line);
  else await print(`${lines.join("\n")}\n`);
}

function described({ flags, corpus, encoder, done, written, seconds }: Finished): readonly string[] {
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
  const rate = Math.round(written.rows / Math.max(seconds, 1e-3)).toLocaleString("en");
  return [
    `${read} rows in = ${written.rows} out + ${rejected} rejected${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}`,
    `${written.files.join(" and ")}: ${written.rows} x ${encoder.width}, ${(written.bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s, ${rate} texts/s${loss}`,
  ];
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
