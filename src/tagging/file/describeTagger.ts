import type { Encoder } from "../../encoder/encoder.js";
import type { Sealed } from "../../head/file/artifact.js";
import { readingRecord } from "../../head/file/reading.js";
import { VERSION } from "../../version.js";
import type { TaggedCorpus } from "../corpus/sentence.js";
import type { TaggerFile } from "./schema.js";
import type { TrainedTagger } from "../train.js";

/** What a tagger's folder says of it: labels, the encoder it needs, and how it was trained. */
export function describeTagger(
  trained: TrainedTagger,
  {
    encoder,
    corpus,
    seed,
    createdAt,
  }: {
    readonly encoder: Encoder;
    readonly corpus: Pick<TaggedCorpus, "files" | "repaired" | "reading">;
    readonly seed: number;
    /** ISO 8601, UTC. */
    readonly createdAt: string;
  },
): Omit<TaggerFile, Sealed> {
  const { tagger, labelCounts, n, epochs, trials, dev, devFrom, outsideBias, layerWeights, optimism } = trained;
  const { entities, logLoss } = trained.scoreCalibration;
  const { name, fingerprint, width, maxTokens, prompt, precision, layers, modelFile } = encoder;
  const chosen = modelFile === undefined ? {} : { modelFile };
  const reading = readingRecord(corpus.reading);
  // The entities that were lost are named by their texts, which do not belong into a head.
  const { lost: _, ...scores } = dev;
  return {
    format: "headstart-head",
    headstart: VERSION,
    createdAt,
    task: "ner",
    kind: tagger.kind,
    crf: tagger.crf,
    labels: [...tagger.labels],
    encoder: { name, fingerprint, width, maxTokens, prompt, precision, layers: [...(layers ?? [])], ...chosen },
    words: {
      subwordPooling: tagger.subwordPooling,
      contextWindow: tagger.contextWindow,
      ...(tagger.wordRule === undefined ? {} : { wordRule: tagger.wordRule }),
      surfaceFeatures: tagger.surfaceFeatures,
    },
    ...(tagger.scoreCalibration === undefined ? {} : { scoreCalibration: tagger.scoreCalibration }),
    ...(reading === undefined ? {} : { reading }),
    training: {
      files: [...corpus.files],
      n,
      repaired: corpus.repaired,
      labelCounts,
      layerWeights: layerWeights === undefined ? null : [...layerWeights],
      seed,
      outsideBias,
      epochs,
      trials: [...trials],
      devFrom,
      optimism,
      scores: { entities, logLoss },
      dev: { ...scores, interval95: [...dev.interval95] },
    },
  };
}
