import { HeadstartError } from "../../errors.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { heldText } from "../../head/file/heldTexts.js";
import { entitiesText } from "../../report/text/entities.js";
import { describeTagger } from "../../tagging/file/describeTagger.js";
import { heldByTagger, saveTagger, surfaceHash } from "../../tagging/file/folder.js";
import { trainTagger, type TrainedTagger } from "../../tagging/train.js";
import { NO_WRITING } from "../../tagging/model/wordFeatures.js";
import { openEncoder, warnOfUnused, type Context } from "../context.js";
import { printResult, type FolderOutput } from "../finished.js";
import { defined } from "../flags/options.js";
import { gatherRejects } from "../rejectedRows.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./context.js";
import type { TaggerTrainingFlags } from "./flags.js";

export interface TrainTaggerFlags extends TaggerFlags, TaggerTrainingFlags {
  readonly output: string;
  readonly head?: "logistic" | "mlp";
  readonly dev?: string[];
  readonly epochs?: number;
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
  const { talk, clock, signal, now } = context;
  const rejects = gatherRejects(flags.output);
  const corpus = await readSentences(context, files, { flags, map, rejects });
  const devCorpus = flags.dev && (await readSentences(context, flags.dev, { flags, map, rejects }));
  warnOfUnused(context, map, [corpus.seen, ...(devCorpus === undefined ? [] : [devCorpus.seen])]);
  const began = clock();
  const encoder = await openEncoder(context, flags, { layers: flags.layers ?? "spread" });
  try {
    if (encoder.isStatic) throw noLayers(encoder.name);
    const job = { encoder, flags, subWords: flags.subWords ?? "first" };
    const { data, dev } = await withWordCache(context, job, async (cache) => ({
      data: await embedSentences(context, corpus, { ...job, cache }),
      dev: devCorpus && (await embedSentences(context, devCorpus, { ...job, cache })),
    }));
    const fitBegan = clock();
    const trained = await trainTagger(data, {
      ...defined({ dev, threads: flags.threads, epochs: flags.epochs, reach: flags.reach, members: flags.nets }),
      kind: flags.head === "logistic" ? "linear" : "mlp",
      crf: flags.crf === true,
      layers: flags.mixLayers === true ? "mix" : "concat",
      layerCount: encoder.ports.states.length,
      subWords: job.subWords,
      ...(flags.writing === false ? { writing: NO_WRITING } : {}),
      seed: flags.seed,
      signal,
      onTrial: ({ epoch, loss, balance, devEntityF1 }) =>
        talk.say(
          `epoch ${epoch}: loss ${loss.toFixed(4)}, dev entity F1 ${devEntityF1.toFixed(3)} with balance ${balance}`,
        ),
    });
    const fitSeconds = (clock() - fitBegan) / 1000;
    const file = describeTagger(trained, { encoder, corpus, seed: flags.seed, createdAt: now() });
    const surfaces = new Set([...trained.surfaces].map(surfaceHash));
    const seconds = (clock() - began) / 1000;
    const holds = heldByTagger(trained.tagger, surfaces);
    const counts = { head: flags.output, rejected: corpus.rejected, repaired: corpus.repaired };
    const printed = {
      json: { ...summaryOf(trained), holds, ...counts, seconds, fitSeconds },
      lines: [
        ...entitiesText(trained.dev, { title: `Dev: ${trained.devFrom}` }).split("\n"),
        `${flags.output}: trained on ${trained.n} sentences, ${trained.epochs} epochs, ${seconds.toFixed(1)} s`,
        `${flags.output} holds ${heldText(holds)}`,
      ],
    };
    await rejects.save(talk);
    // What is kept for a later run of the same command names no lost entities by their texts, as nothing in a head does.
    const kept = { ...printed, json: { ...printed.json, dev: file.training.dev } };
    await saveTagger(flags.output, { tagger: trained.tagger, surfaces, file }, output.saving(kept));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

const summaryOf = ({ tagger, n, dev, devFrom, trials, epochs, balance, layerShares }: TrainedTagger): object => ({
  task: "ner",
  kind: tagger.kind,
  crf: tagger.crf,
  labels: tagger.labels,
  n,
  dev,
  devFrom,
  epochs,
  trials,
  balance,
  layerShares: layerShares ?? null,
});

const noLayers = (encoder: string): HeadstartError =>
  new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `Cannot find entities with ${encoder}: its word vectors know nothing of the words around. Take a transformer`,
  );
