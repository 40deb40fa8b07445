import { intervalNote } from "../../text/intervalNote.js";
import path from "node:path";
import type { LabelMap } from "../../dataset/labelMap.js";
import { requireAligned } from "../../tagging/corpus/alignment.js";
import { unseenDev } from "../../tagging/corpus/unseenDev.js";
import { entitiesText } from "../../report/text/entities.js";
import { saveTaggingReport } from "../../report/html/transfer/saveReport.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import type { WordRule } from "../../tagging/corpus/splitWords.js";
import type { TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { count, counted, decimals, range, signed, signedRange } from "../../text/numbers.js";
import { VERSION } from "../../version.js";
import { runTaggingTransfer, type TaggingTransfer } from "../../transfer/experiment/runTagging.js";
import { sharedText } from "../../transfer/experiment/leakage.js";
import { openEncoder, warnOfUnused, type Context } from "../context.js";
import { countsOf, type ReadingCounts } from "../../embedding/textReading.js";
import { reportReading } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { printResult, type FolderOutput } from "../finished.js";
import { flagsFor } from "../flags/options.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./context.js";

export interface TransferTaggerFlags extends TaggerFlags {
  readonly source: string[];
  readonly target: string[];
  readonly sourceDev?: string[] | undefined;
  readonly targetTrain?: string[] | undefined;
  readonly crf?: boolean | undefined;
  readonly epochs?: number | undefined;
  readonly output: string;
}

const OF_SOURCE = {
  training: "source",
  instead: "leave out --source-dev: a fifth of the source is then set aside",
};

type TaggingRecord = TaggingTransfer & { readonly report: string };

/** `transfer --task ner`: entities of one domain learned, those of another found. */
export async function transferTaggerCommand(
  context: Context,
  {
    flags,
    map,
    output,
  }: { readonly flags: TransferTaggerFlags; readonly map: LabelMap | undefined; readonly output: FolderOutput },
): Promise<void> {
  const rejectedRows = collectRejectedRows(flags.output);
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
  const encoder = await openEncoder(context, flags, { layers: "spread" });
  try {
    const job = { encoder, flags, subwordPooling: "first" } as const;
    const embedded = await withWordCache(context, job, async (cache) => {
      const embed = (corpus: TaggedCorpus) => embedSentences(context, corpus, { ...job, cache });
      return {
        source: await embed(corpora.source),
        sourceDev: corpora.sourceDev && (await embed(corpora.sourceDev)),
        target: await embed(corpora.target),
        targetTrain: corpora.targetTrain && (await embed(corpora.targetTrain)),
      };
    });
    const texts: Record<string, ReadingCounts> = {};
    for (const [name, data] of Object.entries(embedded)) {
      if (data === undefined) continue;
      const what = corpora[name as keyof typeof corpora]?.files.join(", ");
      reportReading(context, data.reading, { encoder, use: "transfer", what });
      texts[name] = countsOf(data.reading);
    }
    const result = await runTaggingTransfer(embedded, {
      threads: flags.threads,
      epochs: flags.epochs,
      crf: flags.crf,
      layerCount: encoder.ports.states.length,
      seed: flags.seed,
      signal: context.signal,
      map,
    });
    const report = path.join(flags.output, "report.html");
    const made = { createdAt: context.now(), headstart: VERSION, seed: flags.seed, encoder: encoder.name };
    const record = {
      ...made,
      map: Object.fromEntries([...(map ?? [])].map(([a, b]) => [a, b ?? "drop"])),
      ...result,
      texts,
      report,
    };
    for (const warning of seenRemarks(record, embedded.target.sentences.length)) context.reporter.warn(warning);
    const lines = transferLines(record);
    const sides = [record.source, record.target].flatMap((side, i) => [
      ...entitiesText(side, { title: ["In-domain", "On the target"][i] ?? "" }).split("\n"),
      "",
    ]);
    const printed = { lines, more: [...sides, ...lines], json: record };
    await rejectedRows.save(context.reporter);
    await saveTaggingReport(flags.output, record, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

/** What of the target was seen in training, which comes before all scores. */
function seenRemarks({ leakage }: TaggingRecord, n: number): string[] {
  const { normalised, near, share, targetWithout, trainAndTarget } = leakage;
  const alike = near - normalised;
  const nearly = alike === 0 ? "" : ` (${count(alike)} as near ${alike === 1 ? "duplicate" : "duplicates"})`;
  const shared = sharedText({ share, noun: "sentences" });
  const of = (some: number): string =>
    `${count(some)} of ${counted(n, "target sentence")} ${some === 1 ? "is" : "are"}`;
  const inSource =
    targetWithout === null
      ? "every target sentence is also in the source: its score is one of sentences seen in training and says nothing of new texts"
      : `${of(near)} also in the source${nearly}: scored without ${near === 1 ? "it" : "them"}`;
  return [
    ...(near === 0 ? [] : [inSource]),
    ...(shared === undefined || targetWithout === null ? [] : [shared]),
    ...(trainAndTarget === 0
      ? []
      : [`${of(trainAndTarget)} also in the target's training sentences: left out of the verdict`]),
  ];
}

/** The numbers of an experiment on a few lines. */
function transferLines(record: TaggingRecord): readonly string[] {
  const { source, target, ceiling, joint, drop, dropInterval95, leakage, verdict, report } = record;
  const line = (name: string, value: string): string => `${name.padEnd(34)} ${value}`;
  const scored = (name: string, found: TaggingEvaluation | null): readonly string[] => {
    if (found === null) return [];
    const { entityF1, interval95, n } = found;
    return [line(name, `${decimals(entityF1)} (95 % ${range(interval95)}), ${counted(n, "sentence")}`)];
  };
  const { targetWith } = leakage;
  return [
    ...scored("entity F1 in-domain", source),
    ...scored("entity F1 on the target", target),
    ...(targetWith === null
      ? []
      : [
          line(
            "with sentences of the source",
            `${decimals(targetWith.entityF1)}, ${counted(targetWith.n, "sentence")}`,
          ),
        ]),
    line("drop", `${signed(drop)} (95 % ${signedRange(dropInterval95)})`),
    ...scored("trained on the target", ceiling),
    ...scored("trained on source and target", joint),
    line("verdict", `${verdict.call}: ${verdict.because}`),
    intervalNote("sentence"),
    ...(verdict.interval95 === null ? [] : [line("", VERDICT_INTERVAL)]),
    line("report", report),
  ];
}

const VERDICT_INTERVAL =
  "its interval holds the draw of target and training sentences; it leaves out that either may come from other places";
