import type { LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import { clouds } from "../head/toyRows.js";

const MOODS = [
  ["awful", "boring", "dull"],
  ["lovely", "great", "fine"],
  ["table", "train", "paper"],
];

/** Labeled texts with vectors in clouds, one around a center for each label; texts differ unless `copies` are asked for. */
export function toyVectors(
  rows: number,
  options: {
    readonly labels?: readonly string[];
    readonly distance?: number;
    readonly seed?: number;
    /** Each text stands there so often. @default 1 */
    readonly copies?: number;
  } = {},
): LabeledVectors {
  const { labels = ["bad", "good"], distance = 1.5, seed = 1, copies = 1 } = options;
  const { x, y } = clouds(rows, 6, { classes: labels.length, distance, seed });
  const texts = Array.from(y, (label, r) => {
    const number = Math.floor(r / (labels.length * copies));
    return `film ${number} of ${seed} was ${MOODS[label % 3][number % 3]} ${label}`;
  });
  return { texts, labels: Array.from(y, (label) => labels[label]), vectors: x };
}
