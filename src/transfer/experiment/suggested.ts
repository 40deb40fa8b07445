import type { TrainedHead } from "../../classification/train.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors, TextVectors } from "../../dataset/labeledVectors.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import { suggestRows } from "../suggest/suggestRows.js";
import type { TransferRecord } from "./record.js";

interface Rows {
  readonly sourceAll: LabeledVectors;
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
  /** Where the target's rows stand. */
  readonly corpus: Pick<LabeledCorpus, "places" | "reading">;
}

/** Target rows to label first, where they were asked for. */
export function suggested(
  { head }: Pick<TrainedHead, "head">,
  { sourceAll, target, targetTrain, corpus }: Rows,
  { suggest, seed = 1 }: { readonly suggest?: number | undefined; readonly seed?: number | undefined },
): Pick<TransferRecord, "suggestions"> {
  if (suggest === undefined) return {};
  const probabilities = predictProbabilities(head, target.vectors);
  const best = argmax(probabilities, head.labels.length);
  const labeled = [...sourceAll.texts, ...(targetTrain?.texts ?? [])];
  const chosen = suggestRows({ ...target, probabilities }, { count: suggest, labeled, seed });
  const { places, reading } = corpus;
  const rows = Array.from(chosen, (r) => ({
    ...places[r],
    text: target.texts[r],
    predicted: head.labels[best[r]],
    probability: probabilities[r * head.labels.length + best[r]],
  }));

  return {
    suggestions: {
      textColumn: columnOf(reading?.textColumn, "text"),
      labelColumn: columnOf(reading?.labelColumn, "label"),
      rows,
    },
  };
}

const columnOf = (column: string | readonly string[] | undefined, otherwise: string): string =>
  typeof column === "string" ? column : otherwise;
