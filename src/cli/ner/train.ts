import type { LabelMap } from "../../dataset/labelMap.js";
import { heldText } from "../../head/file/heldTexts.js";
import { entitiesText } from "../../report/text/entities.js";
import { entityScoreLines, trainingText } from "../../report/text/trainingSummary.js";
import { requireAligned } from "../../tagging/corpus/alignment.js";
import { unseenDev } from "../../tagging/corpus/unseenDev.js";
import { describeTagger } from "../../tagging/file/describeTagger.js";
import { heldByTagger, saveTagger, surfaceHash } from "../../tagging/file/folder.js";
import { requireContext } from "../../tagging/vectors/contextualVectors.js";
import { trainTagger, type TrainedTagger } from "../../tagging/train.js";
import { NO_SURFACE_FEATURES } from "../../tagging/model/wordFeatures.js";
import { counted } from "../../text/numbers.js";
import { openEncoder, warnOfUnused, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { nextOf } from "../nextEvaluation.js";
import { addReadings, countsOf } from "../../embedding/textReading.js";
import { reportReading } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./context.js";
import { flagsFor } from "../flags/options.js";
import type { TaggerTrainingFlags } from "../flags/tagger.js";

export interface TrainTaggerFlags extends TaggerFlags, TaggerTrainingFlags {
  readonly output: string;
  readonly task?: string | undefined;
  readonly map?: string | undefined;
  readonly head?: "logistic" | "mlp" | undefined;
  readonly dev?: string[] | undefined;
  readonly epochs?: number | undefined;
  readonly patience?: number | undefined;
}

/** `train --task ner`: learns to find entities in sentences whose words are tagged. */
export async function trainTaggerCommand(
  context: Context,
  files: readonly string[],
  {
    flags,
    map,
    output,
  }: { readonly flags: TrainTaggerFlags; readonly map: LabelMap | undefined; readonly output: FolderOutput },
): Promise<void> {
  const { reporter, clock, signal, now } = context;
  const rejectedRows = collectRejectedRows(flags.output);
  const corpus = await readSentences(context, files, { flags, map, rejectedRows });
  requireAligned(corpus);
  const { wordRule } = corpus;
  const { dev } = flags;
  const { devCorpus, remark } = unseenDev(
    corpus,
    dev && (await readSentences(context, dev, { flags: flagsFor(flags, dev, files), map, rejectedRows, wordRule })),
  );
  if (remark !== undefined) reporter.warn(remark);
  warnOfUnused(context, map, [corpus.seen, ...(devCorpus === undefined ? [] : [devCorpus.seen])]);
  const began = clock();
  const encoder = await openEncoder(context, flags, { layers: flags.layers ?? "spread" });
  try {
    requireContext(encoder);
    const job = { encoder, flags, subwordPooling: flags.subwordPooling ?? "first" };
    const { data, dev } = await withWordCache(context, job, async (cache) => ({
      data: await embedSentences(context, corpus, { ...job, cache }),
      dev: devCorpus && (await embedSentences(context, devCorpus, { ...job, cache })),
    }));
    const readings = [data, ...(dev === undefined ? [] : [dev])].map(({ reading }) => reading);
    const reading = readings.reduce(addReadings);
    reportReading(context, reading, { encoder, use: "train" });
    const fitBegan = clock();
    const fitting = reporter.meter("training on sentences");
    const trained = await trainTagger(data, {
      dev,
      threads: flags.threads,
      epochs: flags.epochs,
      patience: flags.patience,
      contextWindow: flags.context,
      ensemble: flags.ensemble,
      kind: flags.head === "logistic" ? "linear" : "mlp",
      crf: flags.crf,
      layers: flags.scalarMix === true ? "mix" : "concat",
      layerCount: encoder.ports.states.length,
      subwordPooling: job.subwordPooling,
      wordRule,
      surfaceFeatures: flags.surfaceFeatures === false ? NO_SURFACE_FEATURES : undefined,
      seed: flags.seed,
      signal,
      onStep: ({ done, atMost }) => fitting.update(done, { atMost }),
      onTrial: ({ epoch, loss, outsideBias, devEntityF1 }) =>
        reporter.detail(
          `epoch ${epoch}: loss ${loss.toFixed(4)}, dev entity F1 ${devEntityF1.toFixed(3)} with outside bias ${outsideBias}`,
        ),
    });
    fitting.end();
    const fitSeconds = (clock() - fitBegan) / 1000;
    const file = describeTagger(trained, { encoder, corpus, seed: flags.seed, createdAt: now() });
    const surfaces = new Set([...trained.surfaces].map(surfaceHash));
    const seconds = (clock() - began) / 1000;
    const { textHashes } = trained;
    const holds = heldByTagger(trained.tagger, { surfaces, textHashes });
    const counts = { ...countsOf(reading), head: flags.output, rejected: corpus.rejected, repaired: corpus.repaired };
    const { n, devFrom } = trained;
    const training = { head: flags.output, n, unit: "sentence", devFrom, seconds, ...nextOf(flags) } as const;
    const lines = trainingText(entityScoreLines(trained, { isLastBest: lastIsBest(trained) }), training);
    const printed = {
      json: { ...summaryOf(trained), holds, ...counts, seconds, fitSeconds },
      lines,
      more: [
        ...entitiesText(trained.dev, { title: `Dev: ${trained.devFrom}`, verbose: true }).split("\n"),
        `${flags.output}: ${counted(trained.epochs, "epoch")}; holds ${heldText(holds)}`,
        "",
        ...lines,
      ],
    };
    await rejectedRows.save(reporter);
    // What is kept for a later run of the same command names no lost entities by their texts, as nothing in a head does.
    const kept = { ...printed, json: { ...printed.json, dev: file.training.dev } };
    await saveTagger(flags.output, { tagger: trained.tagger, surfaces, textHashes, file }, output.saving(kept));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

/** Whether more epochs might have done better. */
const lastIsBest = ({ trials, epochs }: TrainedTagger): boolean => trials.at(-1)?.epoch === epochs;

const summaryOf = ({
  tagger,
  n,
  dev,
  devFrom,
  trials,
  epochs,
  outsideBias,
  optimism,
  scoreCalibration: { calibration, ...scores },
  layerWeights,
}: TrainedTagger): object => ({
  task: "ner",
  kind: tagger.kind,
  crf: tagger.crf,
  labels: tagger.labels,
  n,
  dev,
  devFrom,
  epochs,
  trials,
  outsideBias,
  optimism,
  scoreCalibration: { ...scores, calibration: calibration ?? null },
  layerWeights: layerWeights ?? null,
});
