import type { Encoder } from "../../encoder/encoder.js";
import { requireAligned } from "../../tagging/corpus/alignment.js";
import { unseenDev } from "../../tagging/corpus/unseenDev.js";
import { keptReading } from "../../head/file/reading.js";
import type { TaggedCorpus } from "../../tagging/corpus/sentence.js";
import type { TaggingEvaluation } from "../../tagging/evaluate.js";
import { describeTagger } from "../../tagging/file/describeTagger.js";
import { saveTagger, surfaceHash } from "../../tagging/file/folder.js";
import { trainTagger, type TrainedTagger, type TrainTaggerOptions } from "../../tagging/train.js";
import { contextualVectors, requireContext } from "../../tagging/vectors/contextualVectors.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { wordVectorKind } from "../../tagging/vectors/subwords.js";
import type { TaggerPipeline } from "../pipeline.js";
import { readTaggedRows, type TaggedRows } from "../rows.js";
import { taggerPipeline } from "../tagger.js";
import { embedSides, encodingWith, openTrainingEncoder } from "./encoding.js";
import { checkSaving, createdAtOf, type SaveOptions, type TrainModelOptions } from "./options.js";

export interface TrainTaggerModelOptions
  extends
    TrainModelOptions<TaggedRows>,
    Omit<TrainTaggerOptions, "dev" | "layerCount" | "wordRule" | "seed" | "threads" | "signal"> {
  readonly task: "ner";
  readonly multiLabel?: undefined;
}

/** A trained tagger: it finds entities, and can be saved. */
export interface TaggerModel extends TaggerPipeline {
  /** Scores on the dev sentences. */
  readonly evaluation: TaggingEvaluation;
  /** The tagger itself, and how it was trained. */
  readonly trained: TrainedTagger;
  readonly warnings: readonly string[];
  /** @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
  save(folder: string, options?: SaveOptions): Promise<void>;
}

export async function trainTaggerModel(rows: TaggedRows, options: TrainTaggerModelOptions): Promise<TaggerModel> {
  const corpus = await readTaggedRows(rows, options);
  const { devCorpus, remark } = unseenDev(
    corpus,
    options.dev === undefined
      ? undefined
      : await readTaggedRows(options.dev, { ...options, wordRule: corpus.wordRule }),
  );
  requireAligned(corpus);
  const encoder = await openTrainingEncoder(options, "spread");
  try {
    requireContext(encoder);
    const { subwordPooling = "first" } = options;
    const { data, dev } = await embedSides({ corpus, devCorpus }, options, {
      owner: { ...encoder, ...wordVectorKind(encoder, subwordPooling) },
      sizeOf: ({ sentences }) => sentences.length,
      embed: async ({ sentences }, how): Promise<EmbeddedSentences> => ({
        sentences,
        ...(await contextualVectors(encoder, sentences, { ...how, subwordPooling })),
      }),
    });
    const layerCount = encoder.ports.states.length;
    const trained = await trainTagger(data, {
      ...settingsOf(options),
      dev,
      subwordPooling,
      layerCount,
      wordRule: corpus.wordRule,
    });
    return model({ corpus, remark, encoder, trained }, options);
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

/** What of the options is about the fit. */
function settingsOf(options: TrainTaggerModelOptions): Omit<TrainTaggerOptions, "dev"> {
  const { kind, hidden, crf, contextWindow, surfaceFeatures, layers, ensemble } = options;
  const { epochs, patience, batchWords, onStep } = options;
  const { learningRate, weightDecay, dropout, inputDropout, featureDropout, seed, threads, signal, onTrial } = options;
  const shape = { kind, hidden, crf, contextWindow, surfaceFeatures, layers, ensemble };
  const fit = { epochs, patience, batchWords, learningRate, weightDecay, dropout, inputDropout, featureDropout };
  return { ...shape, ...fit, seed, threads, signal, onTrial, onStep };
}

interface Made {
  readonly corpus: TaggedCorpus;
  /** What was left out of the dev sentences. */
  readonly remark: string | undefined;
  readonly encoder: Encoder;
  readonly trained: TrainedTagger;
}

function model({ corpus, remark, encoder, trained }: Made, options: TrainTaggerModelOptions): TaggerModel {
  const { tagger, surfaces, textHashes } = trained;
  const { seed = 1 } = options;
  const name = `the head trained on ${corpus.files.join(", ")}`;
  const isSeen = (surface: string): boolean => surfaces.has(surface);
  return {
    ...taggerPipeline(
      { name, tagger, isSeen, textHashes, reading: keptReading(corpus.reading) },
      encodingWith(encoder, options),
    ),
    evaluation: trained.dev,
    trained,
    warnings: [...corpus.notices, ...(remark === undefined ? [] : [remark])],
    async save(folder, saving = {}) {
      checkSaving(folder, saving);
      const file = describeTagger(trained, { encoder, corpus, seed, createdAt: createdAtOf(saving) });
      const hashes = new Set([...surfaces].map(surfaceHash));
      await saveTagger(folder, { tagger, surfaces: hashes, textHashes, file }, { force: saving.force === true });
    },
  };
}
