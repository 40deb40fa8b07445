import { chooseLogistic } from "../../classification/choice/chooseLogistic.js";
import type { FitOptions } from "../../classification/choice/fit.js";
import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { labelIndices, labelSpace, project } from "../../dataset/mapLabels.js";
import { argmax, predictProbabilities } from "../../head/head.js";
import { leep } from "../ranking/leep.js";
import { rowsToMeasure, vectorMeasures, type VectorMeasures } from "../ranking/vectorMeasures.js";

/** Rows of both sides with the vectors of one layer. */
export interface LayerRows {
  readonly corpus: LabeledVectors;
  readonly target: LabeledVectors | undefined;
}

export interface ScoreLayerOptions extends FitOptions {
  /** Leaves out labels that the target lacks, for its scores. */
  readonly drops: LabelMap | undefined;
}

/** Predictions of rows that the heads behind them have not seen. */
export interface LayerPredictions {
  /** Class of each row. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly groups: Int32Array;
  readonly labels: readonly string[];
}

/** What a layer gives; the rows are the same for every layer. */
export interface ScoredLayer {
  /** Of held-out rows of the corpus. */
  readonly inDomain: LayerPredictions;
  readonly target: LayerPredictions | undefined;
  readonly ofCorpus: VectorMeasures;
  readonly ofTarget: (VectorMeasures & { readonly leep: number }) | undefined;
  readonly C: number;
  /** How the rows were held out, in words. */
  readonly from: string;
}

/** Trains heads on a layer's vectors, predicts the rows that they have not seen, and measures the vectors. */
export async function scoreLayer(
  { corpus, target }: LayerRows,
  { drops, ...fit }: ScoreLayerOptions,
): Promise<ScoredLayer> {
  const { labels, seed } = fit;
  const { head, heldOut, C } = await chooseLogistic({ train: corpus, dev: undefined }, fit, {});
  const { rows, probabilities } = heldOut;
  const y = labelIndices(labels, corpus.labels, "the corpus");
  const scored = {
    inDomain: {
      truth: labelIndices(labels, rows.labels, "the held-out rows"),
      predicted: argmax(probabilities, labels.length),
      groups: duplicateGroups(rows.texts),
      labels,
    },
    ofCorpus: vectorMeasures(corpus.vectors, y, { classes: labels.length, rows: rowsToMeasure(corpus.texts, seed) }),
    C: C!,
    from: heldOut.from,
  };
  if (target === undefined) return { ...scored, target: undefined, ofTarget: undefined };
  const space = labelSpace(labels, drops);
  const classes = space.labels.length;
  const truth = labelIndices(space.labels, target.labels, "the target");
  const outputs = predictProbabilities(head, target.vectors);
  return {
    ...scored,
    target: {
      truth,
      predicted: argmax(project(outputs, space), classes),
      groups: duplicateGroups(target.texts),
      labels: space.labels,
    },
    ofTarget: {
      ...vectorMeasures(target.vectors, truth, { classes, rows: rowsToMeasure(target.texts, seed) }),
      leep: leep(outputs, truth, classes),
    },
  };
}
