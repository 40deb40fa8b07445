import path from "node:path";
import { plainLabelMap, type LabelMap } from "../../dataset/labelMap.js";
import type { ReadingCounts } from "../../embedding/textReading.js";
import type { Encoder } from "../../encoder/encoder.js";
import { trainRecommendedTagger } from "../../pipeline/train/recommendedTagger.js";
import { saveTaggingReport } from "../../report/html/transfer/saveReport.js";
import { entitiesText } from "../../report/text/entities.js";
import { entityLabels, type TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { saveTagger } from "../../tagging/file/folder.js";
import { VERSION } from "../../version.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import type { TaggingTransfer } from "../../transfer/entities/record.js";
import { runTaggingTransfer } from "../../transfer/entities/runTagging.js";
import { openEncoder, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { transferTaggerLines } from "./transferLines.js";
import {
  embedTransferSentences,
  readTransferSentences,
  reportReadings,
  type TransferSentences,
  type TransferTaggerFlags,
} from "./transferSentences.js";

interface Job {
  readonly flags: TransferTaggerFlags;
  readonly map: LabelMap | undefined;
  readonly output: FolderOutput;
  /** What was asked for, for the record. */
  readonly asked: TransferRecord["options"];
}

/** In the folder of the report. */
const HEAD_FOLDER = "head";

/** `transfer --task ner`: entities of one domain learned, those of another found. */
export async function transferTaggerCommand(context: Context, { flags, map, output, asked }: Job): Promise<void> {
  const { reporter } = context;
  const rejectedRows = collectRejectedRows(flags.output);
  const corpora = await readTransferSentences(context, { flags, map, rejectedRows });
  const encoder = await openEncoder(context, flags, { layers: "spread" });
  try {
    const embedded = await embedTransferSentences(context, corpora, { flags, encoder });
    const texts = reportReadings(context, { corpora, embedded, encoder });
    const how = {
      threads: flags.threads,
      epochs: flags.epochs,
      crf: flags.crf,
      layerCount: encoder.ports.states.length,
      seed: flags.seed,
      signal: context.signal,
    };
    const meter = reporter.meter("training taggers");
    const onTagger = (done: number, atMost: number): void => meter.update(done, { atMost });
    const result = await runTaggingTransfer(embedded, { ...how, map, onTagger });
    meter.end();
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
    readonly corpora: TransferSentences;
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
    map: plainLabelMap(map),
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
