import type { Random } from "./random.js";

/**
 * A number from the gamma distribution with scale 1; 0 for a shape of 0.
 *
 * @param shape  >= 0
 * @see Marsaglia & Tsang 2000, A simple method for generating gamma variables: https://doi.org/10.1145/358407.358414
 */
export function drawGamma(shape: number, random: Random): number {
  if (shape <= 0) return 0;
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A number from the standard normal distribution, by the polar method. */
export function drawNormal(random: Random): number {
  for (;;) {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}
