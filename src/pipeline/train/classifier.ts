import { checkFolds } from "../../classification/crossValidate.js";
import { foldsOf, type RepeatedCrossValidation } from "../../classification/repeatedFolds.js";
import { trainClassifier, type TrainedHead, type TrainOptions } from "../../classification/train.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { withoutRare, type RareOptions } from "../../dataset/rareLabels.js";
import { withoutSeenDev } from "../../dataset/seenRows.js";
import { checkLabels } from "../../dataset/labelSet.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import type { Encoder } from "../../encoder/encoder.js";
import { saveHead } from "../../head/file/folder.js";
import { keptReading } from "../../head/file/reading.js";
import type { HeadFile } from "../../head/file/schema.js";
import { buildNeighborIndex, type NeighborIndex } from "../../head/neighbors.js";
import type { Evaluation } from "../../metrics/classification.js";
import { classifierPipeline } from "../classifier.js";
import type { ClassifierPipeline } from "../pipeline.js";
import { readRows, type Rows } from "../rows.js";
import { embedLabeled, encodingWith, openTrainingEncoder } from "./encoding.js";
import { headParts } from "./headParts.js";
import { checkSaving, createdAtOf, type SaveOptions, type TrainModelOptions } from "./options.js";

export interface TrainClassifierOptions
  extends
    TrainModelOptions,
    RareOptions,
    Pick<
      TrainOptions,
      | "head"
      | "mlp"
      | "Cs"
      | "classWeights"
      | "fewShot"
      | "learningCurve"
      | "onDraw"
      | "cv"
      | "onTrial"
      | "onEpoch"
      | "onFold"
    > {
  /** What the labels mean; for the record. @default "classification" */
  readonly task?: HeadFile["task"] | undefined;
  readonly multiLabel?: undefined;
  /** Keep training texts with the head, so many at most (true: 10,000), to explain predictions with. @default false */
  readonly explainable?: boolean | number | undefined;
}

/** A trained classifier: it predicts, and can be saved. */
export interface ClassifierModel extends ClassifierPipeline {
  /** Scores on the dev rows. */
  readonly evaluation: Evaluation;
  /** Scores on all rows by cross-validation; undefined unless `cv` asks for it. */
  readonly crossValidation: RepeatedCrossValidation | undefined;
  /** The head itself, and how it was trained. */
  readonly trained: TrainedHead;
  readonly warnings: readonly string[];
  /** @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
  save(folder: string, options?: SaveOptions): Promise<void>;
}

export async function trainClassifierModel(rows: Rows, options: TrainClassifierOptions): Promise<ClassifierModel> {
  const read = await readRows(rows, options);
  const devRead = options.dev === undefined ? undefined : await readRows(options.dev, options);
  const { corpus, rare, ...kept } = withoutRare({ corpus: read, devCorpus: devRead }, options);
  // Labels are checked before the long part begins.
  const { map } = options;
  const given = kept.devCorpus;
  const { labels } = checkLabels(corpus.labels, { map, minPerClass: given === undefined ? 2 : 1 });
  if (given !== undefined) labelIndices(labels, given.labels, given.files.join(", "), { map });
  const { devCorpus, remark } = withoutSeenDev({ corpus, ...kept });
  if (options.cv !== undefined) checkFolds(corpus.texts, foldsOf(options.cv).folds);
  const encoder = await openTrainingEncoder(options);
  try {
    const { data, dev } = await embedLabeled(encoder, { corpus, devCorpus }, options);
    const trained = await trainClassifier(data, { ...options, dev });
    const neighbors = await neighborsOf(data, trained.head.labels, options);
    const remarks = [rare?.remark, remark].filter((one) => one !== undefined);
    return model({ corpus, remarks, encoder, trained, neighbors }, options);
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

async function neighborsOf(
  { texts, labels, vectors }: LabeledVectors,
  known: readonly string[],
  { explainable = false, seed, threads }: TrainClassifierOptions,
): Promise<NeighborIndex | undefined> {
  if (explainable === false) return undefined;
  const most = explainable === true ? undefined : explainable;
  const y = labelIndices(known, labels, "the training rows");
  return buildNeighborIndex({ texts, y, vectors }, { most, seed, threads });
}

interface Made {
  readonly corpus: LabeledCorpus;
  /** What was left out, a line each. */
  readonly remarks: readonly string[];
  readonly encoder: Encoder;
  readonly trained: TrainedHead;
  readonly neighbors: NeighborIndex | undefined;
}

function model(
  { corpus, remarks, encoder, trained, neighbors }: Made,
  options: TrainClassifierOptions,
): ClassifierModel {
  const { task, seed } = options;
  const name = `the head trained on ${corpus.files.join(", ")}`;
  const loadNeighbors = (): Promise<NeighborIndex | undefined> => Promise.resolve(neighbors);
  return {
    ...classifierPipeline(
      { ...trained, name, loadNeighbors, reading: keptReading(corpus.reading) },
      encodingWith(encoder, options),
    ),
    evaluation: trained.dev,
    crossValidation: trained.cv,
    trained,
    warnings: [...corpus.notices, ...remarks, ...trained.warnings],
    async save(folder, saving = {}) {
      checkSaving(folder, saving);
      const parts = headParts(trained, { task, seed, createdAt: createdAtOf(saving), corpus, encoder, neighbors });
      await saveHead(folder, parts, { force: saving.force === true });
    },
  };
}
