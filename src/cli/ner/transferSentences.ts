import type { LabelMap } from "../../dataset/labelMap.js";
import { countsOf, type ReadingCounts } from "../../embedding/textReading.js";
import type { Encoder } from "../../encoder/encoder.js";
import { requireAligned } from "../../tagging/corpus/alignment.js";
import { unseenDev } from "../../tagging/corpus/unseenDev.js";
import type { WordRule } from "../../tagging/corpus/splitWords.js";
import type { TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { checkSentences } from "../../transfer/entities/checkSentences.js";
import { typeMismatch } from "../../transfer/entities/typeMismatch.js";
import { warnOfUnused, type Context } from "../context.js";
import { flagsFor } from "../flags/options.js";
import { reportReading } from "../reading.js";
import type { RejectedRows } from "../rejectedRows.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./context.js";

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

const OF_SOURCE = {
  training: "source",
  instead: "leave out --source-dev: a fifth of the source is then set aside",
};

/** The corpora of an experiment with entities, as they were read. */
export type TransferSentences = Readonly<Record<"source" | "target", TaggedCorpus>> &
  Readonly<Record<"sourceDev" | "targetTrain", TaggedCorpus | undefined>>;

/** Reads the corpora, and checks them before anything is embedded. */
export async function readTransferSentences(
  context: Context,
  {
    flags,
    map,
    rejectedRows,
  }: { readonly flags: TransferTaggerFlags; readonly map: LabelMap | undefined; readonly rejectedRows: RejectedRows },
): Promise<TransferSentences> {
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
  // Before anything is embedded.
  checkSentences(corpora);
  const { target, targetTrain } = corpora;
  typeMismatch({ source, target: targetTrain === undefined ? [target] : [target, targetTrain], map });
  return corpora;
}

type Embedded = Awaited<ReturnType<typeof embedSentences>>;

/** The corpora with vectors of their words, by name. */
type EmbeddedCorpora = Readonly<Record<"source" | "target", Embedded>> &
  Readonly<Record<"sourceDev" | "targetTrain", Embedded | undefined>>;

/** Vectors of the words of every corpus. */
export function embedTransferSentences(
  context: Context,
  { source, sourceDev, target, targetTrain }: TransferSentences,
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
  readonly corpora: TransferSentences;
  readonly embedded: EmbeddedCorpora;
  readonly encoder: Encoder;
}

/** Says how the encoder reads each corpus, and gives the counts of it. */
export function reportReadings(
  context: Context,
  { corpora, embedded, encoder }: Reported,
): Record<string, ReadingCounts> {
  const texts: Record<string, ReadingCounts> = {};
  for (const [name, data] of Object.entries(embedded)) {
    if (data === undefined) continue;
    const what = corpora[name as keyof TransferSentences]?.files.join(", ");
    reportReading(context, data.reading, { encoder, use: "transfer", what });
    texts[name] = countsOf(data.reading);
  }
  return texts;
}
