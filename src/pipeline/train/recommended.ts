import { trainClassifier, type TrainedHead, type TrainOptions } from "../../classification/train.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { joinRows, type LabeledVectors } from "../../dataset/labeledVectors.js";
import type { Encoder } from "../../encoder/encoder.js";
import type { HeadParts } from "../../head/file/folder.js";
import { counted } from "../../text/numbers.js";
import {
  adaptHead,
  needsLabels,
  type AdaptableHead,
  type AdaptationName,
  type AdaptOptions,
} from "../../transfer/adaptation/adapt.js";
import { rowsToTrainOn } from "../../transfer/experiment/advice.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import type { TrainingRows } from "../../transfer/experiment/run.js";
import type { TransferCorpora } from "../../transfer/experiment/embedCorpora.js";
import { headParts } from "./headParts.js";

export interface RecommendedOptions extends Pick<TrainOptions, "classWeights" | "seed" | "threads" | "signal" | "map"> {
  readonly corpora: Pick<TransferCorpora, "source" | "targetTrain">;
  readonly encoder: Encoder;
}

/** What of an experiment's record decides which head is recommended. */
type Recommendation = Pick<TransferRecord, "verdict" | "createdAt" | "adaptation">;

/**
 * The head that an experiment recommends: trained on the target's own rows, or on those and the source, as the verdict has
 * it, and on the source where that is unknown. Rows of the source that the experiment held out are trained on too.
 */
export async function trainRecommended(
  record: Recommendation,
  rows: TrainingRows,
  { corpora, encoder, ...how }: RecommendedOptions,
): Promise<HeadParts> {
  const { data, corpus } = recommendedRows(record, rows, corpora);
  const { targetTrain, target } = rows;
  const trained = await adapted(await trainClassifier(data, how), record, {
    ...how,
    source: data,
    targetTrain,
    target,
  });
  return headParts(trained, { seed: how.seed, createdAt: record.createdAt, corpus, encoder });
}

/** The head with the adaptation that was chosen, where one was. */
async function adapted(
  trained: TrainedHead,
  { adaptation = [] }: Recommendation,
  how: Omit<AdaptOptions, "C" | "devPredictions">,
): Promise<TrainedHead> {
  const name = chosenName(adaptation);
  if (name === "none") return trained;
  const { devPredictions } = trained;
  const { head } = await adaptHead(name, trained.head as AdaptableHead, { ...how, devPredictions, C: trained.C! });
  const rows = needsLabels(name)
    ? counted(how.targetTrain!.texts.length, "labeled target row")
    : `${counted(how.target.rows, "target row")} without labels`;
  const remark =
    `the head was adapted to ${rows} (${name}) after training; the scores on ` +
    "held-out rows, and thresholds and sets that are drawn from them, are those of the head before that";
  return { ...trained, head, warnings: [...trained.warnings, remark] };
}

const chosenName = (scores: Recommendation["adaptation"] = []): AdaptationName =>
  scores.find(({ chosen }) => chosen)?.name ?? "none";

type DescribedCorpus = Pick<LabeledCorpus, "files" | "counts" | "dropped" | "reading">;

function recommendedRows(
  record: Recommendation,
  rows: TrainingRows,
  { source, targetTrain }: RecommendedOptions["corpora"],
): { readonly data: LabeledVectors; readonly corpus: DescribedCorpus } {
  const which = needsLabels(chosenName(record.adaptation)) ? undefined : rowsToTrainOn(record);
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
