import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded, type Random } from "../../../../src/math/random.js";

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

interface CloudOptions {
  readonly seed: number;
  /** Numbers in a vector. @default 4 */
  readonly width?: number | undefined;
  /** Distance of the two means. @default 2 */
  readonly apart?: number | undefined;
  /** Added to the second number of every row. @default 0 */
  readonly moved?: number | undefined;
}

/** Rows of two labels whose vectors are normally distributed around two means. */
export function cloud(n: number, { seed, width = 4, apart = 2, moved = 0 }: CloudOptions): LabeledVectors {
  const random = seeded(seed);
  const labels = Array.from({ length: n }, (_, r) => (r % 2 === 0 ? "no" : "yes"));
  const data = Float32Array.from({ length: n * width }, () => normal(random));
  labels.forEach((label, r) => {
    data[r * width] += label === "yes" ? apart / 2 : -apart / 2;
    data[r * width + 1] += moved;
  });
  const words = (r: number): string => Array.from({ length: 3 }, (_, w) => `w${seed}x${r}x${w}`).join(" ");
  return { texts: labels.map((_, r) => words(r)), labels, vectors: matrix(n, width, data) };
}

/** The same rows with each label in place of the other. */
export const flipped = (rows: LabeledVectors): LabeledVectors => ({
  ...rows,
  labels: rows.labels.map((label) => (label === "yes" ? "no" : "yes")),
});
