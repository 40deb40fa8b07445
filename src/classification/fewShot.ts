import { duplicateGroups } from "../dataset/duplicates.js";
import type { FewShotScore } from "../head/file/schema.js";
import { argmax, predictProbabilities } from "../head/head.js";
import { seeded, shuffled } from "../math/random.js";
import { scorePredictions } from "../metrics/classification.js";
import { fitSetup, type FitOptions } from "./choice/fit.js";
import { labelIndices } from "../dataset/mapLabels.js";
import { pickRows, type LabeledVectors } from "../dataset/labeledVectors.js";
import { spreadOf, searchHead } from "./choice/search.js";

export interface FewShotOptions extends Omit<FitOptions, "onEpoch"> {
  /** Rows of each label to draw. */
  readonly perLabel: readonly number[];
  /** Draws for each number. @default 5 */
  readonly seeds?: number | undefined;
  /** Rows to score on, none of them drawn from. */
  readonly dev: LabeledVectors;
}

/**
 * Scores of logistic heads trained on few different texts of each label: several draws for each number, C chosen by
 * cross-validation within the draw, scored on the dev rows.
 *
 * A label with fewer texts gives all it has. The seeds are `seed`, `seed + 1` and so on.
 */
export async function fewShotScores(data: LabeledVectors, options: FewShotOptions): Promise<FewShotScore[]> {
  const { perLabel, seeds = 5, dev, ...fit } = options;
  const truth = labelIndices(fit.labels, dev.labels, "the dev rows");
  const fewShot: FewShotScore[] = [];
  for (const number of perLabel) {
    const scores: number[] = [];
    for (let seed = fit.seed; seed < fit.seed + seeds; seed++) {
      const drawn = pickRows(data, drawRows(data, { number, seed, labels: fit.labels }));
      const view = { layer: null, pooling: "mean", load: async () => drawn } as const;
      const { setup } = await searchHead([view], { ...fit, seed, kinds: ["logistic"] });
      const { head } = await fitSetup(drawn, setup, { ...fit, seed });
      const predictions = argmax(predictProbabilities(head, dev.vectors), fit.labels.length);
      scores.push(scorePredictions(truth, predictions, fit.labels.length).macroF1);
    }
    const macroF1 = { ...spreadOf(scores), lowest: Math.min(...scores), highest: Math.max(...scores) };
    fewShot.push({ perLabel: number, seeds, macroF1 });
  }
  return fewShot;
}

/** So many rows of each label, one of each group of equal texts, in order of the rows. */
export function drawRows(
  { texts, labels: rowLabels }: LabeledVectors,
  { number, seed, labels }: { readonly number: number; readonly seed: number; readonly labels: readonly string[] },
): number[] {
  const groups = duplicateGroups(texts);
  const taken = new Set<number>();
  const left = new Map(labels.map((label) => [label, number]));
  const drawn: number[] = [];
  for (const r of shuffled(texts.length, seeded(seed))) {
    const wanted = left.get(rowLabels[r]) ?? 0;
    if (wanted === 0 || taken.has(groups[r])) continue;
    taken.add(groups[r]);
    left.set(rowLabels[r], wanted - 1);
    drawn.push(r);
  }
  return drawn.sort((a, b) => a - b);
}
