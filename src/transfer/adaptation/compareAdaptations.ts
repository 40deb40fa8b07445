import { evaluateHead, type EvaluatedHead, type EvaluateOptions } from "../../classification/evaluate.js";
import type { TrainedHead } from "../../classification/train.js";
import { isLabeled, type TextVectors } from "../../dataset/labeledVectors.js";
import { pairedBootstrap } from "../../metrics/paired.js";
import {
  adaptHead,
  needsLabels,
  type AdaptableHead,
  type AdaptationName,
  type AdaptOptions,
  type AskedAdaptation,
} from "./adapt.js";
import { chooseAdaptation } from "./chooseAdaptation.js";
import type { AdaptationChoice, AdaptationScore } from "./record.js";

export interface CompareAdaptationsOptions
  extends Omit<AdaptOptions, "target" | "devPredictions">, Pick<EvaluateOptions, "file" | "map"> {
  /** The rows that heads are adapted to, without a look at their labels, and scored on. */
  readonly target: TextVectors;
  /** Accuracy that is forecast on the target without its labels; what `auto` goes by. */
  readonly forecast: number;
  /** Whether the head that is recommended is trained on the source alone. */
  readonly isOfSource: boolean;
}

export interface ComparedAdaptations {
  readonly adaptation: readonly AdaptationScore[];
  /** Absent unless `auto` was asked for. */
  readonly adaptationChoice?: AdaptationChoice | undefined;
}

/**
 * Adapts a head to the target in each way, and scores it there beside the head as it is: paired differences in macro-F1, with
 * 95 % intervals over draws of the target's rows, for these heads. None is chosen by its score: what `auto` chooses is, or a
 * single one that was asked for, and of several none.
 */
export async function compareAdaptations(
  trained: EvaluatedHead & Pick<TrainedHead, "devPredictions">,
  asked: readonly AskedAdaptation[],
  { target, seed, file, map, isOfSource, forecast, ...how }: CompareAdaptationsOptions,
): Promise<ComparedAdaptations> {
  const own = trained.head as AdaptableHead;
  const { devPredictions } = trained;
  const choice = asked.includes("auto") ? chooseAdaptation(forecast) : undefined;
  const chosen = chosenAdaptation(asked, { choice: choice?.name, isOfSource });
  const scored = (head: AdaptableHead) =>
    isLabeled(target) ? evaluateHead({ ...trained, head }, target, { seed, file, map }) : undefined;
  const none = scored(own);
  const adaptation: AdaptationScore[] = [];
  for (const name of comparedNames(asked)) {
    const { head, effectiveRows } = await adaptHead(name, own, {
      ...how,
      seed,
      devPredictions,
      target: target.vectors,
    });
    const adapted = scored(head);
    const isCompared = name !== "none" && adapted !== undefined && none !== undefined;
    const compared = isCompared
      ? pairedBootstrap(none.truth, [adapted.predicted, none.predicted], {
          classes: none.labels.length,
          groups: none.groups,
          seed,
        })
      : undefined;
    adaptation.push({
      name,
      macroF1: adapted?.evaluation.macroF1 ?? null,
      difference: compared?.difference ?? null,
      interval95: compared?.interval95 ?? null,
      chosen: name === chosen,
      ...(effectiveRows === undefined ? {} : { effectiveRows }),
    });
  }
  return { adaptation, ...(choice === undefined ? {} : { adaptationChoice: choice }) };
}

/** None, and each that was asked for once; for `auto` the one that it may choose. */
const comparedNames = (asked: readonly AskedAdaptation[]): readonly AdaptationName[] => [
  ...new Set<AdaptationName>(["none", ...asked.map((name) => (name === "auto" ? "self-train" : name))]),
];

interface ChoiceOptions {
  /** Of `auto`, where that was asked for. */
  readonly choice: AdaptationName | undefined;
  readonly isOfSource: boolean;
}

/**
 * The one that the written head gets: what `auto` chooses, else what was asked for where that is one, and none of several. A
 * head that has labeled rows of the target in its training gets none but what is made with these.
 */
export function chosenAdaptation(
  asked: readonly AskedAdaptation[],
  { choice, isOfSource }: ChoiceOptions,
): AdaptationName {
  const names = [...new Set(asked)];
  const wanted = choice ?? (names.length === 1 ? (names[0] as AdaptationName) : "none");
  return isOfSource || needsLabels(wanted) ? wanted : "none";
}
