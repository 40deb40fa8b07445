import type { Random } from "../../math/random.js";
import { drawGamma } from "../../math/gamma.js";

const LEAST = Math.log(1);
const MOST = Math.log(16);

/**
 * What a resample assumes of labels with few rows, about which the rows alone say little and a bootstrap says nothing: a
 * label that was right on its only row would be right for ever.
 *
 * Most resamples assume that labels turn out alike: each gets between 1 and 16 rows (evenly on a logarithmic scale) that
 * turn out as those of all labels do. One in as many as there are labels assumes nothing: each label gets three quarters
 * of a row, of which a third is right. An interval over both covers labels that are alike as well as a rare one that is
 * found badly.
 *
 * @param turns    rows of this resample by how they turn out, the first right; at least two
 * @param classes  number of labels
 * @param unit     rows that count as one: 1, or as many as have the same text
 * @returns        draws the rows to add for one label, by how they turn out; afresh on every call
 */
export function drawLabelPrior(
  turns: readonly number[],
  { classes, unit, random }: { readonly classes: number; readonly unit: number; readonly random: Random },
): () => Float64Array {
  const known = turns.map((rows) => rows + unit * drawGamma(1 / turns.length, random));
  const total = known.reduce((sum, rows) => sum + rows, 0);
  const mass = Math.exp(LEAST + (MOST - LEAST) * random());
  const shapes =
    random() < 1 / classes
      ? turns.map((_, t) => (t === 0 ? 0.25 : 0.5 / (turns.length - 1)))
      : known.map((rows) => (mass * rows) / total);
  return () => Float64Array.from(shapes, (shape) => unit * drawGamma(shape, random));
}

/**
 * Which labels a resample counts: those that the rows have and, with the chance that this many rows miss a label of one in a
 * hundred, also each of the others.
 *
 * @param isSeen  of every label
 * @param n       rows, equal texts once
 */
export function drawCounted(isSeen: readonly boolean[], n: number, random: Random): readonly boolean[] {
  const chance = 0.99 ** n;
  return isSeen.map((seen) => seen || random() < chance);
}

/** A label other than `c`; `c` itself where it is the only one. */
export const otherLabel = (c: number, classes: number, random: Random): number =>
  (c + 1 + Math.floor(random() * (classes - 1))) % classes;
