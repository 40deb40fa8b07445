import type { FittedRule } from "../../classification/decision/fitRule.js";
import type { Reading } from "../../dataset/reading.js";
import type { CallOptions, Pipeline } from "../../pipeline/pipeline.js";
import type { ReadingCounts } from "../../embedding/textReading.js";
import type { FileOutputs } from "../finished.js";
import type { PredictFlags } from "../flags/predict.js";
import { selectiveGoalOf } from "../flags/selective.js";
import type { AnyPrediction } from "./columns.js";

/** A run of `predict`: how texts become predictions, and where these go. */
export interface PredictRun {
  readonly kind: Pipeline["kind"];
  /** Of the head. */
  readonly labels: readonly string[];
  readonly flags: PredictFlags;
  /** How the training rows of the head were read. */
  readonly reading: Reading | undefined;
  readonly predict: (texts: readonly string[]) => Promise<readonly AnyPrediction[]>;
  /** Says how the encoder read all texts so far, and gives the counts. */
  readonly reportReading: () => ReadingCounts;
  /** Undefined where no file is to be written. */
  readonly files: FileOutputs | undefined;
  /** The page, once all texts are predicted; undefined where none is asked for. */
  readonly page: (() => string) | undefined;
}

interface PredictorOptions extends Pick<CallOptions, "signal" | "onEncoded"> {
  /** Called with the rule that the flags ask for, before anything is predicted. */
  readonly onRule: (rule: FittedRule, labels: readonly string[]) => void;
}

/** How a pipeline predicts under the flags. */
export function predictor(
  pipeline: Pipeline,
  flags: PredictFlags,
  { signal, onEncoded, onRule }: PredictorOptions,
): (texts: readonly string[]) => Promise<readonly AnyPrediction[]> {
  if (pipeline.kind !== "classifier") return (texts) => pipeline.predict(texts, { signal, onEncoded });
  const { sets, explain } = flags;
  const goal = selectiveGoalOf(flags, pipeline.labels);
  if (goal !== undefined) onRule(pipeline.ruleFor(goal), pipeline.labels);
  return (texts) => pipeline.predict(texts, { goal, sets, explain, signal, onEncoded });
}
