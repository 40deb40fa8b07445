import { evaluateHead, type Evaluated } from "../../classification/evaluate.js";
import { trainClassifier, type TrainOptions } from "../../classification/train.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { joinRows } from "../../dataset/labeledVectors.js";
import { halfDifferences, type OwnSides } from "./halves.js";
import type { Verdict } from "./record.js";
import { judge } from "./verdict.js";

/** What the target's own training rows give, without the source and with it. */
export interface OwnComparison {
  /** Trained on the target's own rows. */
  readonly ceiling: Evaluated;
  /** Trained on those and the source. */
  readonly joint: Evaluated;
  readonly verdict: Verdict;
  /** C of the two heads. */
  readonly C: { readonly target: number; readonly both: number };
}

/**
 * Trains heads on the target's own rows and on those and the source, and judges the difference on the target.
 *
 * @param sides  no text of `target` may be one of the others
 * @param map  of the heads' labels, for scoring
 */
export async function compareWithOwn(
  sides: OwnSides,
  options: TrainOptions,
  map: LabelMap | undefined,
): Promise<OwnComparison> {
  const { source, target, targetTrain } = sides;
  const { seed = 1, classWeights, threads, signal } = options;
  const [own, both] = [
    await trainClassifier(targetTrain, options),
    await trainClassifier(joinRows(source, targetTrain), options),
  ];
  const [ceiling, joint] = [own, both].map((head) => evaluateHead(head, target, { seed, file: "the target", map }));
  const halves = await halfDifferences(sides, {
    labels: both.head.labels,
    map,
    C: { ceiling: own.C!, joint: both.C! },
    seed,
    classWeights,
    threads,
    signal,
  });
  const verdict = judge({ ceiling, joint, texts: target.texts, halves });
  return { ceiling, joint, verdict, C: { target: own.C!, both: both.C! } };
}
