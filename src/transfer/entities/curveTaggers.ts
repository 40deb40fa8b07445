import { counted } from "../../text/numbers.js";
import type { EntityCounts } from "../../metrics/entities.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { entityLabels } from "../../tagging/corpus/sentence.js";
import { fitTagger } from "../../tagging/model/fit.js";
import { FIT_DEFAULTS, type FitTaggerOptions } from "../../tagging/model/fitOptions.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { countFound } from "./countFound.js";

/*
 * Taggers for learning curves: many are trained, so each is one small network. They take a fixed number of steps and nothing
 * is chosen on dev sentences, so that all tagged sentences are sentences to train on, however few there are.
 */

const HIDDEN = 64;
/** Steps that a small network needs with a rate higher than usual; few sentences end at the most epochs. */
const STEPS = 200;
const LEARNING_RATE = 0.003;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [4, 100];

export interface CurveTaggerOptions extends Pick<
  FitTaggerOptions,
  "kind" | "crf" | "contextWindow" | "surfaceFeatures" | "layers" | "layerCount" | "subwordPooling" | "signal"
> {
  readonly seed: number;
  readonly threads?: number | undefined;
  /** Drops types that the target lacks from what is found. */
  readonly drops?: LabelMap | undefined;
  /** Called after every tagger. */
  readonly onTrained?: (() => void) | undefined;
}

/** How they are trained, for the reader. @param source  sentences of the source that they are trained on */
export const curveTaggersText = (source: { readonly taken: number; readonly all: number }): string =>
  `one network of ${HIDDEN} units instead of an ensemble of larger ones, about ${STEPS} steps, no choice on dev sentences` +
  (source.taken < source.all ? `; ${counted(source.taken, "sentence")} of the source, drawn by seed` : "");

/** Counts for each of the target's sentences; nothing is found by a tagger of sentences without entities. */
export async function trainAndCount(
  data: EmbeddedSentences,
  target: EmbeddedSentences,
  { drops, threads, onTrained, ...options }: CurveTaggerOptions,
): Promise<readonly EntityCounts[]> {
  const labels = entityLabels(data.sentences);
  if (labels.length === 0) return countFound(null, target, {});
  const tagger = await fitTagger(data, {
    ...options,
    labels,
    hidden: HIDDEN,
    learningRate: LEARNING_RATE,
    ensemble: 1,
    epochs: epochsFor(data.vectors.rows),
  });
  onTrained?.();
  return countFound(tagger, target, { map: drops, threads });
}

/** @param words  of the training sentences */
export function epochsFor(words: number): number {
  const stepsInEpoch = Math.max(1, Math.round(words / FIT_DEFAULTS.batchWords));
  return Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, Math.round(STEPS / stepsInEpoch)));
}
