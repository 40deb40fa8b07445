import { predictProbabilities, likeliest, type Head } from "../head/head.js";
import type { Matrix } from "../math/matrix.js";

/** The answer of a head for one text. */
export interface Prediction {
  readonly label: string;
  /** Of every label; they sum to 1. Has no prototype, so a label may have any name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Answers for rows of vectors `[texts, width]`. */
export function predictVectors(head: Head, vectors: Matrix): Prediction[] {
  const probabilities = predictProbabilities(head, vectors);
  const { labels } = head;
  return Array.from(likeliest(probabilities, labels.length), (best, r) => {
    const named = Object.create(null) as Record<string, number>;
    labels.forEach((label, k) => (named[label] = probabilities[r * labels.length + k]));
    return { label: labels[best], probabilities: named };
  });
}
