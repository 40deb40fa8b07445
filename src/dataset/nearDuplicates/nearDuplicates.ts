import { cosine, row, type Matrix } from "../../math/matrix.js";
import { closeRows } from "./closeRows.js";
import { fittingEdits } from "./fittingEdits.js";
import { piecesOf } from "./pieces.js";
import { sameLetters } from "./sameLetters.js";
import { shingled, shingleIndex, type Shingled } from "./shingles.js";

/** Fewer different pieces say too little: short texts are near by chance. */
const LEAST_PIECES = 8;
/** One piece in so many may differ. */
const PIECES_PER_EDIT = 8;
/** Texts about the same things have a cosine of 0.9 and more; above this and with `LEAST_SHARED` they are versions of one. */
const LEAST_COSINE = 0.93;
const LEAST_SHARED = 0.5;

/** Vectors of the texts that are compared, one row a text. */
export interface VectorsOfTexts {
  /** Of the known texts; not used where there are none. */
  readonly known?: Matrix | undefined;
  readonly texts: Matrix;
}

/**
 * For each text the place of a known text that it is a near duplicate of, or -1: their normalized texts are equal, or the
 * shorter stands in the longer with at most one word in eight changed, added or left out. A sentence added before or after
 * a text is therefore no difference. Texts of fewer than eight different words are near only where they are equal.
 *
 * No such pair is missed and none is found that does not keep to this: all candidates, which share a rare pair of neighboring
 * words, are compared word by word.
 *
 * With vectors, texts of eight words and more are also near where the cosine of theirs is at least 0.93 and they share half of
 * all runs of three letters: a template filled in otherwise, another spelling, words in another order. These are looked up by
 * chance, so that one may be missed.
 *
 * @param known  normalized texts; without them each text is compared with those before it
 * @param texts  normalized
 * @returns as long as `texts`
 * @see Bayardo, Ma & Srikant 2007, "Scaling up all pairs similarity search", for looking up the rarest parts first
 * @example
 * console.log([...nearDuplicates(["so good"], ["bad", "so good"])]); // [ -1, 0 ]
 */
export function nearDuplicates(
  known: readonly string[] | undefined,
  texts: readonly string[],
  vectors?: VectorsOfTexts,
): Int32Array {
  const found = equalTexts(known, texts);
  const later = texts.map(piecesOf).map(shingled);
  const earlier = known === undefined ? later : known.map(piecesOf).map(shingled);
  const isOpen = (text: number, other: number): boolean => found[text] < 0 && (known !== undefined || other < text);
  const texting = (text: number, other: number): void => {
    found[text] = other;
  };
  eachFitting(later, earlier, { isOpen, onFit: texting });
  eachFitting(earlier, later, { isOpen: (k, t) => isOpen(t, k), onFit: (k, t) => texting(t, k) });
  if (vectors !== undefined) {
    const sides = { texts, later, vectors: vectors.texts, known: known ?? texts, earlier };
    eachVersion({ ...sides, knownVectors: vectors.known ?? vectors.texts }, { isOpen, onFit: texting });
  }
  return found;
}

interface Sides {
  /** Normalized. */
  readonly texts: readonly string[];
  readonly later: readonly Shingled[];
  readonly vectors: Matrix;
  readonly known: readonly string[];
  readonly earlier: readonly Shingled[];
  readonly knownVectors: Matrix;
}

/** Calls `onFit` for a text and a known one with a close vector and many of the same letters, the closest of them. */
function eachVersion({ texts, later, vectors, known, earlier, knownVectors }: Sides, { isOpen, onFit }: Fits): void {
  const index = closeRows(knownVectors, longOnes(earlier));
  for (const t of longOnes(later)) {
    const vector = row(vectors, t);
    let closest = { k: -1, cosine: LEAST_COSINE };
    for (const k of index.candidates(vector)) {
      if (!isOpen(t, k)) continue;
      const close = cosine(vector, row(knownVectors, k));
      if (close >= closest.cosine && sameLetters(texts[t], known[k]) >= LEAST_SHARED) closest = { k, cosine: close };
    }
    if (closest.k >= 0) onFit(t, closest.k);
  }
}

const longOnes = (texts: readonly Shingled[]): number[] =>
  [...texts.keys()].filter((t) => texts[t].different >= LEAST_PIECES);

function equalTexts(known: readonly string[] | undefined, texts: readonly string[]): Int32Array {
  const first = new Map<string, number>();
  known?.forEach((text, k) => {
    if (!first.has(text)) first.set(text, k);
  });
  return Int32Array.from(texts, (text, t) => {
    const place = first.get(text);
    if (known === undefined && place === undefined) first.set(text, t);
    return place ?? -1;
  });
}

interface Fits {
  /** Whether two texts are still to be compared. */
  readonly isOpen: (one: number, other: number) => boolean;
  readonly onFit: (one: number, other: number) => void;
}

/** Calls `onFit` for the parts that stand, but for a few edits, in a whole that is not shorter. */
function eachFitting(parts: readonly Shingled[], wholes: readonly Shingled[], { isOpen, onFit }: Fits): void {
  const index = shingleIndex(wholes);
  parts.forEach((part, p) => {
    const { pieces, shingles } = part;
    if (part.different < LEAST_PIECES) return;
    const edits = Math.floor(pieces.length / PIECES_PER_EDIT);
    // An edit takes two shingles at most, so of any one more than the edits can take, one is left.
    const lost = 2 * edits;
    const rarest = index.rarestFirst(shingles).slice(0, lost + 1);
    const compared = new Set<number>();
    for (const shingle of rarest) {
      for (const w of index.holders(shingle)) {
        if (compared.has(w) || !isOpen(p, w) || wholes[w].pieces.length < pieces.length) continue;
        compared.add(w);
        if (!index.sharesAllBut(lost, shingles, w)) continue;
        if (fittingEdits(pieces, wholes[w].pieces, edits) <= edits) onFit(p, w);
      }
    }
  });
}
