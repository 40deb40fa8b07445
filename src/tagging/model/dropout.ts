import type { Random } from "../../math/random.js";

/** Factors for numbers of which a share is left out: 0 for those, and for the others what makes up for them. */
export interface DropoutMask {
  readonly factors: Float32Array;
  /** Where in `factors` those of the next row begin. */
  draw(): number;
}

/** Long enough that stretches of it from random places are as good as fresh. */
const LENGTH = 1 << 14;

/** A mask of rows that are stretches of it from random places: one random number a row instead of one a factor. */
export function dropoutMask(share: number, { width, random }: { width: number; random: Random }): DropoutMask {
  const factors = new Float32Array(Math.max(LENGTH, 4 * width)).fill(1 / (1 - share));
  if (share > 0) for (let i = 0; i < factors.length; i++) if (random() < share) factors[i] = 0;
  return { factors, draw: () => Math.floor(random() * (factors.length - width)) };
}
