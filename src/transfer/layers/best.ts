import type { GroupedOptions } from "../../metrics/intervals/bootstrap.js";
import { comparisonCall } from "../../metrics/comparison.js";
import { scorePredictions } from "../../metrics/classification.js";
import { pairedBootstrap } from "../../metrics/paired.js";
import { holm } from "../curves/uncertainty.js";
import { firstHighest, scoreOfBest } from "../ranking/scoreOfBest.js";
import type { BestLayer, LayerDifference } from "./record.js";
import type { LayerPredictions } from "./scoreLayer.js";

/**
 * Each layer's macro-F1 minus that of the last one, on the same rows; p-values hold for all layers together.
 *
 * @param layers  predictions of the same rows, the last layer's last
 * @returns       as long as `layers`, null for the last
 */
export function overLast(
  layers: readonly LayerPredictions[],
  { seed }: Pick<GroupedOptions, "seed">,
): readonly (LayerDifference | null)[] {
  const { truth, groups, labels, predicted: last } = layers[layers.length - 1];
  const found = layers
    .slice(0, -1)
    .map(({ predicted }) => pairedBootstrap(truth, [predicted, last], { classes: labels.length, seed, groups }));
  const ps = holm(found.map(({ p }) => p));
  return [...found.map(({ difference, interval95 }, at) => ({ difference, interval95, p: ps[at] })), null];
}

export const macroF1Of = ({ truth, predicted, labels }: LayerPredictions): number =>
  scorePredictions(truth, predicted, labels.length).macroF1;

/**
 * The layer with the highest macro-F1; of equal ones the last layer, else the lowest.
 *
 * @param layers       number of each layer, ascending
 * @param predictions  of each of them
 * @param differences  to the last layer
 */
export function bestLayer(
  layers: readonly number[],
  predictions: readonly LayerPredictions[],
  { differences, seed }: { readonly differences: readonly (LayerDifference | null)[]; readonly seed: number },
): BestLayer {
  const scores = predictions.map(macroF1Of);
  const at = scores.at(-1) === Math.max(...scores) ? scores.length - 1 : firstHighest(scores);
  const over = differences[at];
  const { truth, groups, labels } = predictions[0];
  const all = predictions.map(({ predicted }) => predicted);
  const fresh = scoreOfBest({ truth, groups, predictions: all, classes: labels.length }, seed);
  return {
    layer: layers[at],
    macroF1: scores[at],
    overLast: over,
    isCertain: over === null || comparisonCall(over.interval95, over.p) === "first",
    onOtherRows: fresh === undefined ? null : { macroF1: fresh.macroF1, interval95: fresh.interval95 },
  };
}
