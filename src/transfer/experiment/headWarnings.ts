import type { Evaluated } from "../../classification/evaluate.js";
import type { TrainedHead } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { addedMapFlag } from "../../dataset/mapAdvice.js";
import { corpusNotices } from "./corpusSummary.js";
import type { TransferCorpora } from "./embedCorpora.js";

/** That a head can be trained on. */
const LEAST_LABELS = 2;

/** What the head on both sides should make the reader know: its own warnings, those of the corpora, labels that no target row has. */
export function headWarnings(
  trained: TrainedHead,
  target: Evaluated | null,
  {
    corpora,
    map,
  }: {
    readonly corpora: TransferCorpora;
    readonly map: LabelMap | undefined;
  },
): string[] {
  const missing = target?.evaluation.missing ?? [];
  const isEnough = trained.head.labels.length - missing.length >= LEAST_LABELS;
  const flag = isEnough ? addedMapFlag(map, new Map(missing.map((label) => [label, undefined]))) : undefined;
  const advice = flag === undefined ? "" : `; ${flag} leaves it out of training`;
  return [
    ...trained.warnings,
    ...corpusNotices([corpora.source, corpora.sourceDev, corpora.target, corpora.targetTrain]),
    ...(missing.length > 0
      ? [`no target row has the label ${missing.join(", ")}, and every prediction of it counts as a mistake${advice}`]
      : []),
  ];
}
