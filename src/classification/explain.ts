import { decisionScores, predictProbabilities, type Head } from "../head/head.js";
import { nearestNeighbors, type NeighborIndex } from "../head/neighbors.js";
import { stackRows, type Matrix } from "../math/matrix.js";
import { applyDecisionRule, defaultRule } from "./decision/decisionRule.js";

/** A word of a text, or a run of words where the text is long, and how much the prediction depends on it. */
export interface WordChange {
  /** Characters `[start, end)` of the text, UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Probability of the predicted label minus its probability without the word: above 0 supports the prediction. */
  readonly change: number;
}

/** A training text near the explained text. */
export interface NearText {
  readonly text: string;
  readonly label: string;
  /** Cosine of the vectors. */
  readonly similarity: number;
}

/** What a prediction rests on. Plain JSON. */
export interface Explanation {
  /** The label where no goal is set: the most probable one, its calibrated probability, and whether a temperature was fitted at all. */
  readonly label: string;
  readonly probability: number;
  readonly calibrated: boolean;
  /** Nearest first; null where the head keeps no training texts. */
  readonly neighbors: readonly NearText[] | null;
  /**
   * How far the text lies from the training rows: 1 - mean cosine with the 10 nearest, and the percent of training rows
   * that lie as near to the others or nearer. Null where the head keeps no training texts.
   */
  readonly distance: { readonly value: number; readonly percentile: number } | null;
  /** The words whose removal changes the probability most, the largest change first. */
  readonly words: readonly WordChange[];
}

export interface ExplainOptions {
  readonly head: Head;
  /** `[texts, width]` */
  readonly vectors: Matrix;
  readonly neighbors?: NeighborIndex | undefined;
  /** Vectors of texts; called once with every removal of every text. */
  readonly embed: (texts: readonly string[]) => Promise<Matrix>;
  readonly threads?: number | undefined;
}

const NEAREST = 5;
const WORDS = 8;
/** Removals of a text at most; longer texts lose several words at a time. */
const MOST_REMOVALS = 64;
/** A word with its inner apostrophes and hyphens, or a run of other signs such as an emoji. */
const WORD = /[\p{L}\p{N}\p{M}_@#]+(?:['’-][\p{L}\p{N}\p{M}_]+)*|[^\s\p{L}\p{N}\p{M}_@#]+/gu;

/**
 * Explains predictions: the training texts nearest to each text, how far it lies from all of them, and which words the
 * probability depends on, by leaving out each in turn (occlusion; of two words that mean the same, neither shows).
 *
 * @see Li, Monroe & Jurafsky 2016, "Understanding neural networks through representation erasure":
 *   https://arxiv.org/abs/1612.08220
 * @example
 * const texts = ["a dull film"];
 * const embed = async (some: readonly string[]) => (await embedTexts(encoder, some)).vectors;
 * const [explanation] = await explainPrediction(texts, { head: trained.head, vectors: await embed(texts), embed });
 * console.log(explanation?.label, explanation?.words[0]?.text);
 */
export async function explainPrediction(texts: readonly string[], options: ExplainOptions): Promise<Explanation[]> {
  const { head, vectors, neighbors, embed, threads } = options;
  const classes = head.labels.length;
  const probabilities = predictProbabilities(head, vectors);
  const predictions = applyDecisionRule(probabilities, defaultRule(classes), decisionScores(head, probabilities));
  const parts = texts.map(removals);
  const without = await embed(parts.flat().map(({ rest }) => rest));
  const left = predictProbabilities(head, without.rows === 0 ? stackRows(vectors.cols, []) : without);
  const places = neighbors && (await nearestNeighbors(neighbors, vectors, { threads }));
  let at = 0;
  return texts.map((_, i) => {
    const predicted = predictions[i];
    const probability = probabilities[i * classes + predicted];
    const words = parts[i].map(({ start, end, text }) => {
      return { start, end, text, change: probability - left[at++ * classes + predicted] };
    });
    const place = places?.[i];
    return {
      label: head.labels[predicted],
      probability,
      calibrated: head.temperature !== undefined,
      neighbors:
        place === undefined
          ? null
          : place.nearest.slice(0, NEAREST).map(({ row, similarity }) => ({
              text: neighbors!.texts[row],
              label: head.labels[neighbors!.y[row]],
              similarity,
            })),
      distance: place === undefined ? null : { value: place.distance, percentile: place.percentile },
      words: words.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.start - b.start).slice(0, WORDS),
    };
  });
}

interface Removal extends Omit<WordChange, "change"> {
  /** The text without the word. */
  readonly rest: string;
}

/** Each word of a text and the text without it; a text of one word has nothing to compare with but the empty text. */
export function removals(text: string): Removal[] {
  const words = [...text.matchAll(WORD)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
  const step = Math.ceil(words.length / MOST_REMOVALS);
  const runs = words
    .filter((_, i) => i % step === 0)
    .map(({ start }, i) => ({
      start,
      end: words[Math.min((i + 1) * step, words.length) - 1].end,
    }));
  return runs.map(({ start, end }) => ({
    start,
    end,
    text: text.slice(start, end),
    rest: `${text.slice(0, start).trimEnd()} ${text.slice(end).trimStart()}`.trim(),
  }));
}
