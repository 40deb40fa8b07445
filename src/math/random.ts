/** Uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * Seeded uniform random numbers (sfc32, state spread from the seed by splitmix32); the same seed gives the same
 * sequence on every machine.
 *
 * @see https://pracrand.sourceforge.net/RNG_engines.txt (sfc32, Chris Doty-Humphrey)
 */
export function seeded(seed: number): Random {
  let s = seed >>> 0;
  const spread = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let z = s ^ (s >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, counter] = [spread(), spread(), spread(), 1];
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return () => next() / 4294967296;
}

/** The numbers 0 to n - 1 in random order (Fisher and Yates). */
export function shuffled(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
