import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import type { Corpus } from "../../corpus/corpus.js";
import { inputFormat } from "../../corpus/source.js";
import { embedCorpus, type EmbeddedCorpus } from "../../embedding/embedCorpus.js";
import type { VectorCache } from "../../store/cache/vectorCache.js";
import type { VectorRun } from "../../store/resume/run.js";
import type { VectorWriter, WrittenVectors } from "../../vectors/writer.js";
import { openEncoder, openTexts, withCache, type AddCommand, type Context } from "../context.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { chooseOutput, openOutput, toFlag, type EmbedOutputFlags } from "../embed/output.js";
import { claimRun, type EmbedRun } from "../embed/run.js";
import type { EmbeddedArrow } from "../embed/arrow.js";
import { readBeside } from "../finished.js";
import { forecastRows } from "../../embedding/rowEstimate.js";
import { readTexts } from "../../embedding/textReading.js";
import { readingWarnings } from "../../report/text/readingRemarks.js";
import { fileName } from "../outputPaths.js";
import { about } from "../progress.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { flag, withExamples } from "../flags/flag.js";
import { defined, embedOptions, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";
import { count, counted } from "../../text/numbers.js";

interface EmbedFlags extends GlobalFlags, CorpusFlags, EncoderFlags, EmbedOutputFlags {
  readonly repair?: boolean | undefined;
}

const EXAMPLES = [
  "embed tweets.csv -o tweets.parquet",
  "embed a.csv b.csv.gz -o vectors.npy --text-column message",
  "embed reviews.jsonl -o out.arrow --encoder Xenova/bge-small-en-v1.5",
  "embed - --from jsonl -o - --to jsonl < rows.jsonl > vectors.jsonl",
  "embed - --from arrow -o - --to arrow < rows.arrow > vectors.arrow",
];

const NOTE =
  "A run that was stopped or killed goes on when the same command is given again; until it is complete, what it has " +
  "is in <output>.headstart. A pipe as input cannot be read again, so there only --cache saves work.";

export const addEmbed: AddCommand = (program, context) => {
  const command = program
    .command("embed")
    .description("turn the texts of a corpus into vectors")
    .argument("<corpus...>", "texts: .csv, .jsonl, .json, .txt, .parquet, .arrow, ...; - for the pipe")
    .addOption(
      flag("output", "-o, --output <file>", ".parquet, .arrow, .npy, .jsonl, or - for a pipe")
        .argParser(fileName)
        .makeOptionMandatory(),
    )
    .addOption(toFlag())
    .addOption(flag("advanced", "--repair", "embed again what is damaged of an unfinished run"));
  withCommonFlags(command);
  withExamples(command, EXAMPLES, NOTE).action((files: string[], flags: EmbedFlags) =>
    embedCommand(context(), files, flags),
  );
};

async function embedCommand(context: Context, files: readonly string[], flags: EmbedFlags): Promise<void> {
  const beside = readBeside(context, flags);
  const read = { inputs: [...files, ...beside.inputs], uses: beside.uses };
  const output = await chooseOutput(read, flags);
  const rejectedRows = collectRejectedRows(output.kind === "file" ? output.path : undefined);
  if (
    output.kind === "pipe" &&
    output.format === "arrow" &&
    files.every((file) => inputFormat(file, flags.from) === "arrow")
  ) {
    const { embedArrow } = await import("../embed/arrow.js");
    const finished = await embedArrow(context, oneStream(files), { flags, rejectedRows });
    await rejectedRows.save(context.reporter);
    return report(context, { flags, ...finished });
  }
  const corpus = await openTexts(context, files, flags, rejectedRows);
  let run: EmbedRun | undefined;
  let encoder: Encoder | undefined;
  let writer: VectorWriter | undefined;
  try {
    run = output.kind === "file" ? await claimRun(context, output.path, flags) : undefined;
    if (run !== undefined) rejectedRows.spillTo(run.kept.folder);
    encoder = await openEncoder(context, flags);
    await run?.begin({ files, corpus, encoder });
    const metadata = { "headstart.encoder": encoder.name, "headstart.fingerprint": encoder.fingerprint };
    const shape = { width: encoder.width, columns: corpus.columns, types: corpus.types, metadata };
    writer = await openOutput(context, output, { shape, flags, workFolder: run?.kept.folder });
    const job = { corpus, encoder, writer, flags, run: run?.kept, total: await forecastRows(files) };
    const began = context.clock();
    const done = await withCache(context, { flags, encoder }, (cache) => embedRows(context, { ...job, cache }));
    await run?.checkInputs();
    await rejectedRows.save(context.reporter);
    // The last moment at which a signal can still keep the output from getting its name.
    context.signal.throwIfAborted();
    const written = await writer.commit();
    run?.committed();
    const seconds = (context.clock() - began) / 1000;
    await encoder.close();
    await report(context, { flags, corpus, encoder, done, written, seconds });
    // Last: until now a run that was killed here would be gone on with, and say the same.
    await run?.finish();
  } catch (error) {
    await writer?.abort();
    await rejectedRows.discard();
    await run?.stop(error);
    throw error;
  } finally {
    await encoder?.close();
    await corpus.close();
  }
}

function oneStream(files: readonly string[]): string {
  if (files.length === 1) return files[0];
  throw new HeadstartError("E_USAGE", "Arrow with --to arrow takes one stream or file. Run headstart once for each");
}

interface EmbedJob {
  readonly corpus: Corpus;
  readonly encoder: Encoder;
  readonly writer: VectorWriter;
  readonly cache: VectorCache | undefined;
  readonly run: VectorRun | undefined;
  readonly flags: EmbedFlags;
  readonly total: ((rows: number, bytes: number) => number | undefined) | undefined;
}

/** Of the rows, the first ones, which tell whether the encoder can read texts of this kind. */
const ROWS_READ = 2048;

async function embedRows(
  context: Context,
  { corpus, encoder, writer, cache, run, flags, total }: EmbedJob,
): Promise<EmbeddedCorpus> {
  const { reporter, signal } = context;
  const meter = reporter.meter("embedding");
  const first: string[] = [];
  let [rows, bytes] = [0, 0];
  const done = await embedCorpus(encoder, corpus.rows(), {
    ...embedOptions(flags),
    cache,
    run,
    writer,
    signal,
    onRow: ({ text, values }) => {
      if (++rows <= ROWS_READ) first.push(text);
      for (const value of values) bytes += Buffer.byteLength(value ?? "") + 1;
    },
    onProgress: (now) => meter.update(now.done, about(total?.(rows, bytes))),
  });
  meter.end();
  const reading = await readTexts(encoder, first, signal);
  for (const warning of readingWarnings({ ...reading, empty: 0 }, { encoder: encoder.name, use: "embed" }))
    reporter.warn(warning);
  return done;
}

interface Finished {
  readonly flags: EmbedFlags;
  readonly corpus: EmbeddedArrow["corpus"];
  readonly encoder: Pick<Encoder, "name" | "fingerprint" | "width" | "maxTokens">;
  readonly done: EmbeddedCorpus;
  readonly written: WrittenVectors;
  readonly seconds: number;
}

async function report({ reporter, print, printJson }: Context, finished: Finished): Promise<void> {
  const { flags, corpus, done } = finished;
  for (const notice of corpus.notices) reporter.warn(notice);
  if (done.texts === 0) reporter.warn("the corpus has no rows, so the output has none either");
  if (flags.json) return printJson(summary(finished));
  const lines = described(finished);
  // With -o - the vectors have stdout for themselves.
  if (flags.output === "-") for (const line of lines) reporter.info(line);
  else await print(lines);
}

function described({ flags, corpus, encoder, done, written, seconds }: Finished): readonly string[] {
  const { read, rejected } = corpus.counts;
  const remarks = [
    done.empty > 0 ? `${done.empty} empty` : "",
    done.unknown > 0 ? `${done.unknown} unknown ${done.unknown === 1 ? "word" : "words"}` : "",
    done.truncated > 0 ? `${done.truncated} cut at ${encoder.maxTokens} tokens` : "",
    done.cached > 0 ? `${done.cached} from the cache` : "",
    done.resumed > 0 ? `${done.resumed} resumed` : "",
  ].filter((remark) => remark !== "");
  const loss =
    written.storeCosine === undefined
      ? ""
      : `; stored as ${flags.store}, cosine to fp32 ${written.storeCosine.mean.toFixed(6)} on average, ${written.storeCosine.min.toFixed(6)} at least`;
  const rate = Math.round(written.rows / Math.max(seconds, 1e-3)).toLocaleString("en");
  return [
    `${counted(read, "row")} in = ${count(written.rows)} out + ${count(rejected)} rejected${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}`,
    `${written.files.join(" and ")}: ${written.rows} x ${encoder.width}, ${(written.bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s, ${rate} texts/s${loss}`,
  ];
}

function summary({ flags, corpus, encoder, done, written, seconds }: Finished): object {
  return {
    rows: written.rows,
    rejected: corpus.counts.rejected,
    empty: done.empty,
    truncated: done.truncated,
    unknown: done.unknown,
    encoder: encoder.name,
    fingerprint: encoder.fingerprint,
    width: encoder.width,
    output: flags.output,
    seconds,
    textsPerSecond: written.rows / Math.max(seconds, 1e-3),
    tokens: done.tokens,
    cached: done.cached,
    resumed: done.resumed,
    ...defined({ storeCosine: written.storeCosine }),
  };
}
