import { matrix, type Matrix } from "../../../src/math/matrix.js";
import { seeded, type Random } from "../../../src/math/random.js";

/** Normally distributed numbers (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface ToyRows {
  readonly x: Matrix;
  /** Class of each row; row r has class `r % classes`. */
  readonly y: Int32Array;
  readonly labels: readonly string[];
}

/** Clouds of rows around a center for each class; the larger `distance`, the further apart. */
export function clouds(
  rows: number,
  width: number,
  options: { readonly classes?: number; readonly distance?: number; readonly seed?: number } = {},
): ToyRows {
  const { classes = 2, distance = 1, seed = 1 } = options;
  const random = seeded(seed);
  const centers = Array.from({ length: classes * width }, () => distance * normal(random));
  const y = Int32Array.from({ length: rows }, (_, r) => r % classes);
  const data = Float32Array.from(
    { length: rows * width },
    (_, i) => centers[y[Math.floor(i / width)] * width + (i % width)] + normal(random),
  );
  return { x: matrix(rows, width, data), y, labels: Array.from({ length: classes }, (_, k) => `class ${k}`) };
}
