import type { Random } from "../../math/random.js";

/** Factors for numbers of which a share is left out: 0 for those, and for the others what makes up for them. */
interface DropoutMask {
  /** `n` factors, to be read before the next are drawn. */
  draw(n: number): Float32Array;
}

/** Long enough that stretches of it from random places are as good as fresh. */
const LENGTH = 1 << 14;

/** A mask of which every draw is a stretch from a random place: one random number a draw instead of one a factor. */
export function dropoutMask(share: number, random: Random): DropoutMask {
  let factors = new Float32Array(0);
  const refill = (length: number): void => {
    factors = new Float32Array(length).fill(1 / (1 - share));
    if (share > 0) for (let i = 0; i < length; i++) if (random() < share) factors[i] = 0;
  };
  return {
    draw(n) {
      if (factors.length < 2 * n) refill(Math.max(LENGTH, 4 * n));
      const start = Math.floor(random() * (factors.length - n));
      return factors.subarray(start, start + n);
    },
  };
}
