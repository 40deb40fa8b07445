import type { Encoder } from "../../encoder/encoder.js";
import { textHashes } from "../../dataset/textHashes.js";
import type { TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { describeTagger } from "../../tagging/file/describeTagger.js";
import { surfaceHash, type TaggerToSave } from "../../tagging/file/folder.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import { joinSentences, splitSentences, type EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import type { TaggingTransfer } from "../../transfer/entities/record.js";
import { rowsToTrainOn } from "../../transfer/experiment/advice.js";

/** A corpus as it was read, and with vectors. */
export interface CorpusWithVectors {
  readonly corpus: TaggedCorpus;
  readonly data: EmbeddedSentences;
}

export interface RecommendedTaggerOptions extends Omit<TrainTaggerOptions, "dev" | "seed"> {
  readonly encoder: Encoder;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/**
 * The tagger that an experiment recommends: trained on the target's own sentences, or on those and the source, as the verdict
 * has it, and on the source where that is unknown. Sentences of the source that the experiment held out are trained on too.
 */
export async function trainRecommendedTagger(
  record: Pick<TaggingTransfer, "verdict">,
  { source, targetTrain }: { readonly source: CorpusWithVectors; readonly targetTrain: CorpusWithVectors | undefined },
  { encoder, createdAt, ...how }: RecommendedTaggerOptions,
): Promise<TaggerToSave> {
  const which = targetTrain === undefined ? undefined : rowsToTrainOn(record);
  const [corpus, trained] =
    which === undefined || targetTrain === undefined
      ? [source.corpus, await trainTagger(source.data, how)]
      : which === "target"
        ? [targetTrain.corpus, await trainTagger(targetTrain.data, how)]
        : [joinedCorpus(source.corpus, targetTrain.corpus), await trainOnBoth(source.data, targetTrain.data, how)];
  const { tagger, textHashes: seen } = trained;
  const file = describeTagger(trained, { encoder, corpus, seed: how.seed, createdAt });
  return { tagger, surfaces: new Set([...trained.surfaces].map(surfaceHash)), textHashes: seen, file };
}

/** Epoch and outside bias are chosen on sentences of the target, which the tagger is for. */
async function trainOnBoth(
  source: EmbeddedSentences,
  own: EmbeddedSentences,
  how: Omit<TrainTaggerOptions, "dev"> & { readonly seed: number },
): Promise<TrainedTagger> {
  const { train, dev, devFrom } = splitSentences(own, how);
  const trained = await trainTagger(joinSentences(source, train), { ...how, dev });
  const texts = [source, own].flatMap(({ sentences }) => sentences.map(({ text }) => text));
  return { ...trained, devFrom: `${devFrom}, of the target`, textHashes: textHashes(texts) };
}

const joinedCorpus = (a: TaggedCorpus, b: TaggedCorpus): TaggedCorpus => ({
  ...a,
  files: [...a.files, ...b.files],
  repaired: a.repaired + b.repaired,
  rejected: a.rejected + b.rejected,
});
