import { describeMultiLabel } from "../../classification/describeMultiLabel.js";
import {
  labelsIn,
  labelsToLearn,
  trainMultiLabel,
  type MultiLabelTrainOptions,
  type TrainedMultiLabel,
} from "../../classification/multiLabel.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import type { Encoder } from "../../encoder/encoder.js";
import { saveMultiLabel } from "../../head/file/multiLabel.js";
import type { MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { multiLabelPipeline } from "../multiLabel.js";
import type { MultiLabelPipeline } from "../pipeline.js";
import { readRows, type Rows } from "../rows.js";
import { embedLabeled, encodingWith, openTrainingEncoder } from "./encoding.js";
import { checkSaving, createdAtOf, type SaveOptions, type TrainModelOptions } from "./options.js";

export interface TrainMultiLabelOptions extends TrainModelOptions, Pick<MultiLabelTrainOptions, "Cs" | "onTrial"> {
  readonly task?: undefined;
  /** Stands between the labels of a row, such as `|`. */
  readonly multiLabel: string;
}

/** A trained multi-label head: it predicts, and can be saved. */
export interface MultiLabelModel extends MultiLabelPipeline {
  /** Scores on the dev rows. */
  readonly evaluation: MultiLabelEvaluation;
  /** The head itself, and how it was trained. */
  readonly trained: TrainedMultiLabel;
  readonly warnings: readonly string[];
  /** @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
  save(folder: string, options?: SaveOptions): Promise<void>;
}

export async function trainMultiLabelModel(rows: Rows, options: TrainMultiLabelOptions): Promise<MultiLabelModel> {
  const { multiLabel: separator, Cs, onTrial, seed, threads, signal } = options;
  const corpus = await readRows(rows, options);
  const devCorpus = options.dev === undefined ? undefined : await readRows(options.dev, options);
  // Labels are checked before the long part begins.
  const labels = labelsToLearn(corpus.labels, separator);
  if (devCorpus !== undefined) {
    const own = devCorpus.labels.flatMap((cell) => labelsIn(cell, separator));
    labelIndices(labels, own, devCorpus.files.join(", "));
  }
  const encoder = await openTrainingEncoder(options);
  try {
    const { data, dev } = await embedLabeled(encoder, { corpus, devCorpus }, options);
    const trained = await trainMultiLabel(data, { dev, separator, Cs, onTrial, seed, threads, signal });
    return model({ corpus, encoder, trained }, options);
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

interface Made {
  readonly corpus: LabeledCorpus;
  readonly encoder: Encoder;
  readonly trained: TrainedMultiLabel;
}

function model({ corpus, encoder, trained }: Made, options: TrainMultiLabelOptions): MultiLabelModel {
  const { head, separator } = trained;
  const { files, notices } = corpus;
  const { seed = 1 } = options;
  return {
    ...multiLabelPipeline(
      { name: `the head trained on ${files.join(", ")}`, head, separator, textHashes: trained.textHashes },
      encodingWith(encoder, options),
    ),
    evaluation: trained.dev,
    trained,
    warnings: [...notices, ...trained.warnings],
    async save(folder, saving = {}) {
      checkSaving(folder, saving);
      const file = describeMultiLabel(trained, { encoder, files, createdAt: createdAtOf(saving), seed });
      await saveMultiLabel(folder, { ...trained, file }, { force: saving.force === true });
    },
  };
}
