import { trainClassifier, type TrainOptions } from "../../classification/train.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { joinRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { HeadParts } from "../../head/file/folder.js";
import { rowsToTrainOn } from "../../transfer/experiment/advice.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import type { TrainingRows, TransferCorpora } from "../../transfer/experiment/run.js";
import { headParts } from "./headParts.js";

export interface RecommendedOptions extends Pick<TrainOptions, "classWeights" | "seed" | "threads" | "signal" | "map"> {
  readonly corpora: Pick<TransferCorpora, "source" | "targetTrain">;
  readonly encoder: Encoder;
}

/**
 * The head that an experiment recommends: trained on the target's own rows, or on those and the source, as the verdict has
 * it, and on the source where that is unknown. Rows of the source that the experiment held out are trained on too.
 */
export async function trainRecommended(
  record: Pick<TransferRecord, "verdict" | "createdAt">,
  rows: TrainingRows,
  { corpora, encoder, ...how }: RecommendedOptions,
): Promise<HeadParts> {
  const { data, corpus } = recommendedRows(record, rows, corpora);
  const trained = await trainClassifier(data, how);
  return headParts(trained, { seed: how.seed, createdAt: record.createdAt, corpus, encoder });
}

type DescribedCorpus = Pick<LabeledCorpus, "files" | "counts" | "dropped" | "reading">;

function recommendedRows(
  record: Pick<TransferRecord, "verdict">,
  rows: TrainingRows,
  { source, targetTrain }: RecommendedOptions["corpora"],
): { readonly data: LabeledVectors; readonly corpus: DescribedCorpus } {
  const which = rowsToTrainOn(record);
  if (which === undefined || rows.targetTrain === undefined || targetTrain === undefined)
    return { data: rows.source, corpus: source };
  return which === "target"
    ? { data: rows.targetTrain, corpus: targetTrain }
    : { data: joinRows(rows.source, rows.targetTrain), corpus: joinedCorpus(source, targetTrain) };
}

function joinedCorpus(a: DescribedCorpus, b: DescribedCorpus): DescribedCorpus {
  const rejected = a.counts.rejected + b.counts.rejected;
  return {
    files: [...a.files, ...b.files],
    counts: { ...a.counts, rejected },
    dropped: a.dropped + b.dropped,
    reading: a.reading,
  };
}
