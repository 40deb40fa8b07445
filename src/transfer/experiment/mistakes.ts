import { mistakesOf, type Evaluated } from "../../classification/evaluate.js";
import type { TransferMistake } from "./record.js";

const MISTAKES = 25;

/** The most confident mistakes, with their texts. */
export function worstMistakes(evaluated: Evaluated, texts: readonly string[]): TransferMistake[] {
  const { labels, truth, predicted, probabilities } = evaluated;
  return mistakesOf(evaluated)
    .slice(0, MISTAKES)
    .map((r) => ({
      text: texts[r],
      truth: labels[truth[r]],
      predicted: labels[predicted[r]],
      probability: probabilities[r * labels.length + predicted[r]],
    }));
}
