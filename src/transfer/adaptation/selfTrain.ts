import { argmax, decisionScores, predictProbabilities, type Calibrated, type LogisticHead } from "../../head/head.js";
import { takeRows, type Matrix } from "../../math/matrix.js";

/** Of the rows that are predicted as a label, the share that is taken for it. */
const MOST_CONFIDENT = 0.5;

/**
 * The target rows that a head is most confident of, with what it predicts as their labels: the same share of each label's rows, so
 * that an easy label does not crowd out the others.
 *
 * @param target  `[rows, width]`
 * @see Zou et al. 2018 (class-balanced self-training): https://arxiv.org/abs/1810.07911
 */
export function confidentRows(
  head: LogisticHead & Calibrated,
  target: Matrix,
): { readonly labels: readonly string[]; readonly vectors: Matrix } {
  const classes = head.labels.length;
  const scores = decisionScores(head, predictProbabilities(head, target));
  const predicted = argmax(scores, classes);
  const confidence = (r: number): number => scores[r * classes + predicted[r]];
  const taken = head.labels.flatMap((_, label) => {
    const rows = Array.from(predicted.keys()).filter((r) => predicted[r] === label);
    rows.sort((a, b) => confidence(b) - confidence(a) || a - b);
    return rows.slice(0, Math.ceil(rows.length * MOST_CONFIDENT));
  });
  return { labels: taken.map((r) => head.labels[predicted[r]]), vectors: takeRows(target, taken) };
}
