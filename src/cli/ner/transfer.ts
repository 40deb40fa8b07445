import path from "node:path";
import type { LabelMap } from "../../dataset/labelMap.js";
import { countsOf, type ReadingCounts } from "../../embedding/textReading.js";
import type { Encoder } from "../../encoder/encoder.js";
import { trainRecommendedTagger } from "../../pipeline/train/recommendedTagger.js";
import { saveTaggingReport } from "../../report/html/transfer/saveReport.js";
import { entitiesText } from "../../report/text/entities.js";
import { requireAligned } from "../../tagging/corpus/alignment.js";
import { unseenDev } from "../../tagging/corpus/unseenDev.js";
import type { WordRule } from "../../tagging/corpus/splitWords.js";
import { entityLabels, type TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { saveTagger } from "../../tagging/file/folder.js";
import { VERSION } from "../../version.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import type { TaggingTransfer } from "../../transfer/entities/record.js";
import { runTaggingTransfer } from "../../transfer/entities/runTagging.js";
import { openEncoder, warnOfUnused, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { flagsFor } from "../flags/options.js";
import { reportReading } from "../reading.js";
import { collectRejectedRows, type RejectedRows } from "../rejectedRows.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./context.js";
import { transferTaggerLines } from "./transferLines.js";

export interface TransferTaggerFlags extends TaggerFlags {
  readonly source: string[];
  readonly target: string[];
  readonly sourceDev?: string[] | undefined;
  readonly targetTrain?: string[] | undefined;
  readonly crf?: boolean | undefined;
  readonly epochs?: number | undefined;
  /** False for --no-head. */
  readonly head: boolean;
  readonly output: string;
}

interface Job {
  readonly flags: TransferTaggerFlags;
  readonly map: LabelMap | undefined;
  readonly output: FolderOutput;
  /** What was asked for, for the record. */
  readonly asked: TransferRecord["options"];
}

const OF_SOURCE = {
  training: "source",
  instead: "leave out --source-dev: a fifth of the source is then set aside",
};

/** In the folder of the report. */
const HEAD_FOLDER = "head";

/** `transfer --task ner`: entities of one domain learned, those of another found. */
export async function transferTaggerCommand(context: Context, { flags, map, output, asked }: Job): Promise<void> {
  const { reporter } = context;
  const rejectedRows = collectRejectedRows(flags.output);
  const corpora = await readCorpora(context, { flags, map, rejectedRows });
  const encoder = await openEncoder(context, flags, { layers: "spread" });
  try {
    const embedded = await embedCorpora(context, corpora, { flags, encoder });
    const texts = reportReadings(context, { corpora, embedded, encoder });
    const how = {
      threads: flags.threads,
      epochs: flags.epochs,
      crf: flags.crf,
      layerCount: encoder.ports.states.length,
      seed: flags.seed,
      signal: context.signal,
    };
    const result = await runTaggingTransfer(embedded, { ...how, map });
    const record = recordOf(result, { flags, map, asked, corpora, encoder, texts, createdAt: context.now() });
    for (const warning of record.warnings) reporter.warn(warning);
    const { source, targetTrain } = corpora;
    const head =
      flags.head &&
      (await trainRecommendedTagger(
        record,
        {
          source: { corpus: source, data: embedded.source },
          targetTrain: targetTrain && { corpus: targetTrain, data: embedded.targetTrain! },
        },
        { ...how, encoder, wordRule: source.wordRule, createdAt: record.createdAt },
      ));
    const lines = transferTaggerLines(record);
    const sides = [record.source, record.target].flatMap((side, i) => [
      ...entitiesText(side, { title: ["In-domain", "On the target"][i] ?? "" }).split("\n"),
      "",
    ]);
    const printed = { lines, more: [...sides, ...lines], json: record };
    await rejectedRows.save(reporter);
    await saveTaggingReport(flags.output, record, {
      ...output.saving(printed),
      writeMore: async (folder) => {
        if (head !== false) await saveTagger(path.join(folder, HEAD_FOLDER), head);
      },
    });
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

type Corpora = Readonly<Record<"source" | "target", TaggedCorpus>> &
  Readonly<Record<"sourceDev" | "targetTrain", TaggedCorpus | undefined>>;

async function readCorpora(
  context: Context,
  { flags, map, rejectedRows }: Pick<Job, "flags" | "map"> & { readonly rejectedRows: RejectedRows },
): Promise<Corpora> {
  const paths = [flags.source, flags.sourceDev ?? [], flags.target, flags.targetTrain ?? []].flat();
  const read = (files: readonly string[], wordRule?: WordRule) =>
    readSentences(context, files, { flags: flagsFor(flags, files, paths), map, rejectedRows, wordRule });
  const source = await read(flags.source);
  requireAligned(source);
  const { wordRule } = source;
  const dev = unseenDev(source, flags.sourceDev && (await read(flags.sourceDev, wordRule)), OF_SOURCE);
  if (dev.remark !== undefined) context.reporter.warn(dev.remark);
  const corpora = {
    source,
    sourceDev: dev.devCorpus,
    target: await read(flags.target, wordRule),
    targetTrain: flags.targetTrain && (await read(flags.targetTrain, wordRule)),
  };
  const all = Object.values(corpora).flatMap((corpus) => (corpus === undefined ? [] : [corpus.seen]));
  warnOfUnused(context, map, all);
  return corpora;
}

type Embedded = Awaited<ReturnType<typeof embedSentences>>;

/** The corpora with vectors of their words, by name. */
type EmbeddedCorpora = Readonly<Record<"source" | "target", Embedded>> &
  Readonly<Record<"sourceDev" | "targetTrain", Embedded | undefined>>;

function embedCorpora(
  context: Context,
  { source, sourceDev, target, targetTrain }: Corpora,
  { flags, encoder }: { readonly flags: TransferTaggerFlags; readonly encoder: Encoder },
): Promise<EmbeddedCorpora> {
  const job = { encoder, flags, subwordPooling: "first" } as const;
  return withWordCache(context, job, async (cache) => {
    const embed = (corpus: TaggedCorpus) => embedSentences(context, corpus, { ...job, cache });
    return {
      source: await embed(source),
      sourceDev: sourceDev && (await embed(sourceDev)),
      target: await embed(target),
      targetTrain: targetTrain && (await embed(targetTrain)),
    };
  });
}

interface Reported {
  readonly corpora: Corpora;
  readonly embedded: EmbeddedCorpora;
  readonly encoder: Encoder;
}

/** Says how the encoder reads each corpus, and gives the counts of it. */
function reportReadings(context: Context, { corpora, embedded, encoder }: Reported): Record<string, ReadingCounts> {
  const texts: Record<string, ReadingCounts> = {};
  for (const [name, data] of Object.entries(embedded)) {
    if (data === undefined) continue;
    const what = corpora[name as keyof Corpora]?.files.join(", ");
    reportReading(context, data.reading, { encoder, use: "transfer", what });
    texts[name] = countsOf(data.reading);
  }
  return texts;
}

/** What the record has beside the result, all that it takes to repeat the run. */
function recordOf(
  result: TaggingTransfer,
  {
    flags,
    map,
    asked,
    corpora,
    encoder,
    texts,
    createdAt,
  }: Omit<Job, "output"> & {
    readonly corpora: Corpora;
    readonly encoder: Encoder;
    readonly texts: Readonly<Record<string, ReadingCounts>>;
    readonly createdAt: string;
  },
) {
  // Weights of labels are for texts.
  const { classWeights: _, ...options } = asked;
  return {
    createdAt,
    headstart: VERSION,
    seed: flags.seed,
    encoder: encoder.name,
    corpora: Object.fromEntries(
      Object.entries(corpora).map(([name, corpus]) => [name, corpus === undefined ? null : summaryOf(corpus)]),
    ),
    map: Object.fromEntries([...(map ?? [])].map(([from, to]) => [from, to ?? "drop"])),
    options,
    ...result,
    texts,
    head: flags.head ? path.join(flags.output, HEAD_FOLDER) : null,
    report: path.join(flags.output, "report.html"),
  };
}

const summaryOf = ({ files, sentences, rejected, repaired }: TaggedCorpus) => ({
  files,
  sentences: sentences.length,
  rejected,
  repaired,
  labels: entityLabels(sentences),
});
