import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { seeded, shuffled } from "../../math/random.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
import { trainTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import { joinSentences, pickSentences, type EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { entityF1Of } from "../../tagging/model/foldCounts.js";
import { countFound } from "./countFound.js";

/** Sentences that taggers are trained on, and those of the target that they are compared on. */
export interface OwnSentences {
  readonly source: EmbeddedSentences;
  /** The target's own, to learn from and to choose on. */
  readonly train: EmbeddedSentences;
  readonly dev: EmbeddedSentences;
  readonly target: EmbeddedSentences;
}

export interface TaggingHalvesOptions extends Omit<TrainTaggerOptions, "dev"> {
  /** Epochs of the taggers that were trained on all sentences, alone and with the source. */
  readonly kept: { readonly alone: number; readonly joint: number };
  /** Drops types that the target lacks from what is found. */
  readonly drops?: LabelMap | undefined;
  /** Called after every tagger. */
  readonly onTrained?: (() => void) | undefined;
}

/** Pairs of taggers to train; each costs a sixth of the pair that is trained on all sentences. */
export const TAGGER_PAIRS = 4;

/**
 * Entity F1 on the target of a tagger trained on source and target minus that of one trained on the target alone, for pairs
 * that are trained on a random half of both, equal sentences on one side: the delete-half jackknife (see halfDifferences).
 * Each has one network and a seed of its own, so what varies with the seeds is counted too, and rather too much of it.
 */
export async function taggingHalves(
  { source, train, dev, target }: OwnSentences,
  { kept, drops, onTrained, ...options }: TaggingHalvesOptions,
): Promise<Float64Array> {
  const { seed = 1 } = options;
  const differences: number[] = [];
  for (let h = 1; h <= TAGGER_PAIRS; h++) {
    const random = seeded(seed + h);
    const [own, other] = [train, source].map((data) => halfOf(data, random));
    const score = async (data: EmbeddedSentences, epochs: number): Promise<number> => {
      if (entityLabels(data.sentences).length === 0) return 0;
      const how = { ...options, dev, epochs, ensemble: 1, seed: seed + h };
      const { tagger } = await trainTagger(data, how);
      onTrained?.();
      return entityF1Of(await countFound(tagger, target, { map: drops, threads: options.threads }));
    };
    differences.push((await score(joinSentences(other, own), kept.joint)) - (await score(own, kept.alone)));
  }
  return Float64Array.from(differences);
}

function halfOf(data: EmbeddedSentences, random: () => number): EmbeddedSentences {
  const groups = duplicateGroups(data.sentences.map(({ text }) => text));
  const n = new Set(groups).size;
  const taken = new Set(shuffled(n, random).subarray(0, Math.ceil(n / 2)));
  return pickSentences(
    data,
    [...groups.keys()].filter((s) => taken.has(groups[s])),
  );
}
