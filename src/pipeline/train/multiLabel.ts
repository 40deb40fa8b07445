import { describeMultiLabel } from "../../classification/describeMultiLabel.js";
import {
  labelsIn,
  labelsToLearn,
  trainMultiLabel,
  type MultiLabelTrainOptions,
  type TrainedMultiLabel,
} from "../../classification/multiLabel.js";
import { HeadstartError } from "../../errors.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { vectorsOf } from "../../embedding/cachedEmbed.js";
import type { Encoder } from "../../encoder/encoder.js";
import { saveMultiLabel } from "../../head/file/multiLabel.js";
import type { MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { multiLabelPipeline } from "../multiLabel.js";
import type { MultiLabelPipeline } from "../pipeline.js";
import { readRows, type Rows } from "../rows.js";
import { encodingWith, openTrainingEncoder, withTrainingCache } from "./encoding.js";
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
  if (separator === "") throw new HeadstartError("E_USAGE", 'Give a separator of labels, such as multiLabel: "|"');
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
    const total = corpus.texts.length + (devCorpus?.texts.length ?? 0);
    const { data, dev } = await withTrainingCache(options, encoder, async (cache) => {
      const embed = async (of: LabeledCorpus, before: number): Promise<LabeledVectors> => {
        const onProgress = ({ done }: { readonly done: number }): void =>
          options.onProgress?.({ done: before + done, total });
        const { vectors } = await vectorsOf(encoder, of.texts, { cache, onProgress, signal });
        return { texts: of.texts, labels: of.labels, vectors };
      };
      const own = await embed(corpus, 0);
      return { data: own, dev: devCorpus && (await embed(devCorpus, corpus.texts.length)) };
    });
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
      { name: `the head trained on ${files.join(", ")}`, head, separator },
      encodingWith(encoder, options),
    ),
    evaluation: trained.dev,
    trained,
    warnings: [...notices, ...trained.warnings],
    async save(folder, saving = {}) {
      checkSaving(folder, saving);
      const file = describeMultiLabel(trained, { encoder, files, createdAt: createdAtOf(saving), seed });
      await saveMultiLabel(folder, { head, file }, { force: saving.force === true });
    },
  };
}
