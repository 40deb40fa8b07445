import { fittingEdits } from "./fittingEdits.js";
import { piecesOf } from "./pieces.js";
import { shingled, shingleIndex, type Shingled } from "./shingles.js";

/** Fewer different pieces say too little: short texts are near by chance. */
const LEAST_PIECES = 8;
/** One piece in so many may differ. */
const PIECES_PER_EDIT = 8;

/**
 * For each text the place of a known text that it is a near duplicate of, or -1: their normalized texts are equal, or the
 * shorter stands in the longer with at most one word in eight changed, added or left out. A sentence added before or after
 * a text is therefore no difference. Texts of fewer than eight different words are near only where they are equal.
 *
 * No pair is missed and none is found that does not keep to this: all candidates, which share a rare pair of neighboring
 * words, are compared word by word.
 *
 * @param known  normalized texts; without them each text is compared with those before it
 * @param texts  normalized
 * @returns as long as `texts`
 * @see Bayardo, Ma & Srikant 2007, "Scaling up all pairs similarity search", for looking up the rarest parts first
 * @example
 * console.log([...nearDuplicates(["so good"], ["bad", "so good"])]); // [ -1, 0 ]
 */
export function nearDuplicates(known: readonly string[] | undefined, texts: readonly string[]): Int32Array {
  const found = equalTexts(known, texts);
  const later = texts.map(piecesOf).map(shingled);
  const earlier = known === undefined ? later : known.map(piecesOf).map(shingled);
  const isOpen = (text: number, other: number): boolean => found[text] < 0 && (known !== undefined || other < text);
  const texting = (text: number, other: number): void => {
    found[text] = other;
  };
  eachFitting(later, earlier, { isOpen, onFit: texting });
  eachFitting(earlier, later, { isOpen: (k, t) => isOpen(t, k), onFit: (k, t) => texting(t, k) });
  return found;
}

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
  /** Whether a part and a whole are still to be compared. */
  readonly isOpen: (part: number, whole: number) => boolean;
  readonly onFit: (part: number, whole: number) => void;
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
