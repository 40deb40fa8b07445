import type { Explanation } from "../../classification/explain.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import { HeadstartError } from "../../errors.js";
import type { TextEntities } from "../../tagging/predict.js";
import type { Cell } from "../../vectors/rowWriter.js";

/** What a head of any kind predicts for a text. */
export type AnyPrediction = (SelectivePrediction & { readonly explanation?: Explanation | undefined }) | TextEntities;

/** A prediction as it is printed: the object of a JSON line. */
export function printedPrediction(text: string, prediction: AnyPrediction): object {
  if ("entities" in prediction) return prediction;
  const { probability: _, ...shown } = prediction;
  return { text, ...shown };
}

/**
 * Columns of a prediction by name; JSON has a place for whole objects, CSV gets what fits a cell.
 *
 * @throws HeadstartError E_OUTPUT_ENDING for entities in CSV
 */
export function predictionCells(format: "csv" | "jsonl", prediction: AnyPrediction): Map<string, Cell> {
  if ("entities" in prediction) return new Map([["entities", prediction.entities]]);
  const { label, probability, probabilities, set, labels, explanation: why } = prediction;
  const json = format === "jsonl";
  const near = why?.neighbors?.[0];
  const flat: [string, Cell][] = [
    ["further_than", why?.distance?.percentile ?? null],
    ["nearest_text", near?.text ?? null],
    ["nearest_label", near?.label ?? null],
    ["words", why?.words.map(({ text, change }) => `${text} ${change.toFixed(3)}`).join("; ") ?? null],
  ];
  return new Map<string, Cell>([
    ["label", label],
    ["probability", probability],
    ...(json ? [["probabilities", probabilities] as const] : []),
    ...(labels === undefined || !json ? [] : [["labels", labels] as const]),
    ...(set === undefined ? [] : [["set", json ? set : set.join("|")] as const]),
    ...(why === undefined ? [] : json ? [["explanation", why] as const] : flat),
  ]);
}

/** Names of those columns, without a prediction at hand. */
export function predictionColumns(
  format: "csv" | "jsonl",
  {
    kind,
    sets,
    explain,
  }: { readonly kind: string; readonly sets?: number | undefined; readonly explain?: boolean | undefined },
): readonly string[] {
  if (kind === "tagger") return ["entities"];
  const explanation = { label: "", probability: 0, calibrated: false, neighbors: null, distance: null, words: [] };
  const blank: AnyPrediction = {
    label: null,
    probability: 0,
    probabilities: {},
    ...(sets === undefined ? {} : { set: [] }),
    ...(kind === "multi-label" ? { labels: [] } : {}),
    ...(explain === true ? { explanation } : {}),
  };
  return [...predictionCells(format, blank).keys()];
}

/** @throws HeadstartError E_OUTPUT_ENDING for entities in CSV */
export function checkFormat(
  output: string,
  { kind, format }: { readonly kind: string; readonly format: string },
): void {
  if (kind !== "tagger" || format === "jsonl") return;
  const message = `Cannot write entities to ${output}: a row may have any number of them. Name a .jsonl file`;
  throw new HeadstartError("E_OUTPUT_ENDING", message, { file: output });
}
