import { fnv1a } from "../../math/fnv.js";

/** A text by its pieces and the pairs of neighbors among them. */
export interface Shingled {
  readonly pieces: readonly string[];
  /** Different pieces. */
  readonly different: number;
  /** Hash of each different pair of neighbors. */
  readonly shingles: readonly number[];
}

export function shingled(pieces: readonly string[]): Shingled {
  const pairs = pieces.slice(1).map((piece, i) => fnv1a(`${pieces[i]} ${piece}`));
  return { pieces, different: new Set(pieces).size, shingles: [...new Set(pairs)] };
}

/** Where shingles stand. */
export interface ShingleIndex {
  /** Texts that have the shingle, ascending. */
  readonly holders: (shingle: number) => readonly number[];
  /** The shingles, those of the fewest texts first. */
  readonly rarestFirst: (shingles: readonly number[]) => number[];
  /** Whether a text has all but `lost` of the shingles. */
  readonly sharesAllBut: (lost: number, shingles: readonly number[], text: number) => boolean;
}

const NOWHERE: readonly number[] = [];

export function shingleIndex(texts: readonly Shingled[]): ShingleIndex {
  const places = new Map<number, number[]>();
  texts.forEach(({ shingles }, t) => {
    for (const shingle of shingles) {
      const known = places.get(shingle);
      if (known === undefined) places.set(shingle, [t]);
      else known.push(t);
    }
  });
  const holders = (shingle: number): readonly number[] => places.get(shingle) ?? NOWHERE;
  return {
    holders,
    rarestFirst: (shingles) => [...shingles].sort((a, b) => holders(a).length - holders(b).length),
    sharesAllBut(lost, shingles, text) {
      const own = texts[text].shingles;
      let missing = 0;
      for (const shingle of shingles) if (!own.includes(shingle) && ++missing > lost) return false;
      return true;
    },
  };
}
