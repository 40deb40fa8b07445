import { evaluateHead, type EvaluatedHead, type EvaluateOptions } from "../../classification/evaluate.js";
import { isLabeled, type TextVectors } from "../../dataset/labeledVectors.js";
import { pairedBootstrap } from "../../metrics/paired.js";
import { adaptHead, type AdaptableHead, type AdaptOptions, type UnlabeledAdaptation } from "./adapt.js";
import type { AdaptationScore } from "./record.js";

export interface CompareAdaptationsOptions
  extends Omit<AdaptOptions, "target">, Pick<EvaluateOptions, "seed" | "file" | "map"> {
  /** The rows that heads are adapted to, without a look at their labels, and scored on. */
  readonly target: TextVectors;
  /** Whether the head that is recommended is one that can be adapted. */
  readonly isChosen: boolean;
}

/**
 * Adapts a head to the target in each way, and scores it there beside the head as it is: paired differences in macro-F1, with
 * 95 % intervals over draws of the target's rows, for these heads. None is chosen by its score: a single one that was asked
 * for is, and of several none.
 */
export async function compareAdaptations(
  trained: EvaluatedHead,
  asked: readonly UnlabeledAdaptation[],
  { target, seed, file, map, isChosen, ...how }: CompareAdaptationsOptions,
): Promise<readonly AdaptationScore[]> {
  const chosen = isChosen ? chosenAdaptation(asked) : "none";
  const names = ["none" as const, ...new Set(asked.filter((name) => name !== "none"))];
  const scored = (head: AdaptableHead) =>
    isLabeled(target) ? evaluateHead({ ...trained, head }, target, { seed, file, map }) : undefined;
  const own = trained.head as AdaptableHead;
  const none = scored(own);
  const scores: AdaptationScore[] = [];
  for (const name of names) {
    const adapted = scored(await adaptHead(name, own, { ...how, target: target.vectors }));
    const isCompared = name !== "none" && adapted !== undefined && none !== undefined;
    const compared = isCompared
      ? pairedBootstrap(none.truth, [adapted.predicted, none.predicted], {
          classes: none.labels.length,
          groups: none.groups,
          seed,
        })
      : undefined;
    scores.push({
      name,
      macroF1: adapted?.evaluation.macroF1 ?? null,
      difference: compared?.difference ?? null,
      interval95: compared?.interval95 ?? null,
      chosen: name === chosen,
    });
  }
  return scores;
}

/** The one that a head gets: what was asked for where that is one, and none of several. */
export function chosenAdaptation(asked: readonly UnlabeledAdaptation[]): UnlabeledAdaptation {
  const names = new Set(asked);
  return names.size === 1 ? asked[0] : "none";
}
