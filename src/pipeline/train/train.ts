import { checkOptions } from "../checkOptions.js";
import type { Rows, TaggedRows } from "../rows.js";
import { trainClassifierModel, type ClassifierModel, type TrainClassifierOptions } from "./classifier.js";
import { trainMultiLabelModel, type MultiLabelModel, type TrainMultiLabelOptions } from "./multiLabel.js";
import { trainTaggerModel, type TaggerModel, type TrainTaggerModelOptions } from "./tagger.js";

/**
 * Trains a head on frozen vectors and measures it on rows set aside: a classifier, with `multiLabel` one that gives any
 * number of labels a text, with `task: "ner"` one that finds entities.
 *
 * What it gives predicts, is evaluated, and is saved as it is. Close it to end the encoder's threads.
 *
 * @param rows  a path or several (CSV, TSV, JSONL, also gzipped; for entities CoNLL or JSONL), or rows
 * @throws HeadstartError E_INPUT_*, E_COLUMN_*, E_LABELS and others of the input; those of loading the encoder; E_DIVERGED
 * @example
 * const rows = ["good", "bad"].flatMap((label) =>
 *   Array.from({ length: 20 }, (_, i) => ({ text: `a ${label} day, number ${i}`, label })),
 * );
 * const model = await train(rows);
 * console.log(model.evaluation.macroF1, await model.predict(["a good idea"]));
 * await model.save("days-head", { force: true });
 * await model.close();
 *
 * // With `cv` also scores on all rows, each predicted by a head that has not seen it.
 * const { crossValidation, close } = await train(rows, { cv: 5 });
 * console.log(crossValidation?.macroF1, crossValidation?.interval95);
 * await close();
 */
export async function train(rows: Rows, options?: TrainClassifierOptions): Promise<ClassifierModel>;
export async function train(rows: Rows, options: TrainMultiLabelOptions): Promise<MultiLabelModel>;
export async function train(rows: TaggedRows, options: TrainTaggerModelOptions): Promise<TaggerModel>;
export async function train(
  rows: Rows | TaggedRows,
  options: TrainClassifierOptions | TrainMultiLabelOptions | TrainTaggerModelOptions = {},
): Promise<ClassifierModel | MultiLabelModel | TaggerModel> {
  // Of null nothing could be read, not even its kind.
  if (options === null) checkOptions("train() of a classifier", options);
  if (options.task === "ner") {
    checkOptions("train() of a tagger", options);
    return trainTaggerModel(rows as TaggedRows, options);
  }
  if (options.multiLabel !== undefined) {
    checkOptions("train() of a multi-label head", options);
    return trainMultiLabelModel(rows as Rows, options);
  }
  checkOptions("train() of a classifier", options);
  return trainClassifierModel(rows as Rows, options);
}
