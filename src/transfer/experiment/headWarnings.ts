import type { Evaluated } from "../../classification/evaluate.js";
import type { TrainedHead } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { addedMapFlag } from "../../dataset/mapAdvice.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";

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
    readonly corpora: Readonly<Record<"source" | "target", Pick<LabeledCorpus, "notices">>>;
    readonly map: LabelMap | undefined;
  },
): string[] {
  const missing = target?.evaluation.missing ?? [];
  const isEnough = trained.head.labels.length - missing.length >= LEAST_LABELS;
  const flag = isEnough ? addedMapFlag(map, new Map(missing.map((label) => [label, undefined]))) : undefined;
  const advice = flag === undefined ? "" : `; ${flag} leaves it out of training`;
  return [
    ...trained.warnings,
    ...corpora.source.notices,
    ...corpora.target.notices,
    ...(missing.length > 0
      ? [`no target row has the label ${missing.join(", ")}, and every prediction of it counts as a mistake${advice}`]
      : []),
  ];
}
