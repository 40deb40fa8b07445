import { describeMultiLabel } from "../../classification/describeMultiLabel.js";
import {
  labelsToLearn,
  trainMultiLabel,
  type MultiLabelTrainOptions,
  type TrainedMultiLabel,
} from "../../classification/multiLabel.js";
import { labelsIn } from "../../dataset/labelCell.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { withLabelLists } from "../../dataset/multiLabelCorpus.js";
import { withoutRare, type RareOptions } from "../../dataset/rareLabels.js";
import { withoutSeenDev } from "../../dataset/seenRows.js";
import type { Encoder } from "../../encoder/encoder.js";
import { saveMultiLabel } from "../../head/file/multiLabel.js";
import { keptReading } from "../../head/file/reading.js";
import type { MultiLabelEvaluation } from "../../metrics/multiLabel.js";
import { multiLabelPipeline } from "../multiLabel.js";
import type { MultiLabelPipeline } from "../pipeline.js";
import { readRows, type Rows } from "../rows.js";
import { embedLabeled, encodingWith, openTrainingEncoder } from "./encoding.js";
import { checkSaving, createdAtOf, type SaveOptions, type TrainModelOptions } from "./options.js";

export interface TrainMultiLabelOptions
  extends TrainModelOptions, RareOptions, Pick<MultiLabelTrainOptions, "Cs" | "onTrial"> {
  readonly task?: undefined;
  /** Stands between the labels of a row, such as `|`; true where they are lists, or columns of 0 and 1. */
  readonly multiLabel: string | true;
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
  const { map, Cs, onTrial, seed, threads, signal } = options;
  const separator = options.multiLabel === true ? undefined : options.multiLabel;
  const read = async (of: Rows): Promise<LabeledCorpus> =>
    withLabelLists(await readRows(of, { ...options, map: undefined }), { separator, map });
  const sides = {
    corpus: await read(rows),
    devCorpus: options.dev === undefined ? undefined : await read(options.dev),
  };
  const { corpus, rare, ...kept } = withoutRare(sides, { ...options, areLists: true });
  const { devCorpus, remark } = withoutSeenDev({ corpus, ...kept });
  // Labels are checked before the long part begins.
  const labels = labelsToLearn(corpus.labels, separator);
  if (devCorpus !== undefined) {
    const own = devCorpus.labels.flatMap((cell) => labelsIn(cell, separator));
    labelIndices(labels, own, devCorpus.files.join(", "), { map });
  }
  const encoder = await openTrainingEncoder(options);
  try {
    const { data, dev } = await embedLabeled(encoder, { corpus, devCorpus }, options);
    const trained = await trainMultiLabel(data, { dev, separator, Cs, onTrial, seed, threads, signal });
    const remarks = [rare?.remark, remark].filter((one) => one !== undefined);
    return model({ corpus, remarks, encoder, trained }, options);
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

interface Made {
  readonly corpus: LabeledCorpus;
  /** What was left out, a line each. */
  readonly remarks: readonly string[];
  readonly encoder: Encoder;
  readonly trained: TrainedMultiLabel;
}

function model({ corpus, remarks, encoder, trained }: Made, options: TrainMultiLabelOptions): MultiLabelModel {
  const { head, separator } = trained;
  const { files, notices } = corpus;
  const { seed = 1 } = options;
  return {
    ...multiLabelPipeline(
      {
        name: `the head trained on ${files.join(", ")}`,
        head,
        separator,
        reading: keptReading(corpus.reading),
        textHashes: trained.textHashes,
      },
      encodingWith(encoder, options),
    ),
    evaluation: trained.dev,
    trained,
    warnings: [...notices, ...remarks, ...trained.warnings],
    async save(folder, saving = {}) {
      checkSaving(folder, saving);
      const file = describeMultiLabel(trained, { encoder, corpus, createdAt: createdAtOf(saving), seed });
      await saveMultiLabel(folder, { ...trained, file }, { force: saving.force === true });
    },
  };
}
