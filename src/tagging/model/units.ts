/** What adds up to the units of some words. */
interface UnitParts {
  /** Of each sentence's first word, and the number of words at the end. */
  readonly offsets: Int32Array;
  /** `[words, (2 contextWindow + 1) * units]`: a word's products with the weights for each distance. */
  readonly moved: Float32Array;
  readonly contextWindow: number;
  /** `[units]` */
  readonly bias: Float32Array;
  /** `[cues, units]` */
  readonly cues: Float32Array;
  /** Of every word: rows of `cues`. */
  readonly rows: readonly Int32Array[];
}

/** What each unit of each word gets: its bias, the products of the words around, and its cues. `[words, units]` */
export function unitSums({ offsets, moved, contextWindow, bias, cues, rows }: UnitParts): Float64Array {
  const units = bias.length;
  const all = (2 * contextWindow + 1) * units;
  const first = offsets[0];
  const sums = new Float64Array(rows.length * units);
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [from, to] = [offsets[s] - first, offsets[s + 1] - first];
    for (let word = from; word < to; word++) {
      const around: number[] = [];
      for (let other = Math.max(from, word - contextWindow); other <= word + contextWindow && other < to; other++)
        around.push(other * all + (other - word + contextWindow) * units);
      sums.set(bias, word * units);
      addRows({ sums, at: word * units, width: units }, moved, { places: around, unit: 1 });
      addRows({ sums, at: word * units, width: units }, cues, { places: rows[word], unit: units });
    }
  }
  return sums;
}

/**
 * Adds some rows of a table, in their order: four at a time, because most of the time of a loop over one goes into `sums`.
 *
 * @param places  where in the table rows begin, counted in `unit` numbers
 */
function addRows(
  { sums, at, width }: { readonly sums: Float64Array; readonly at: number; readonly width: number },
  table: Float32Array,
  { places, unit }: { readonly places: ArrayLike<number>; readonly unit: number },
): void {
  let i = 0;
  for (; i + 3 < places.length; i += 4) {
    const [a, b] = [places[i] * unit, places[i + 1] * unit];
    const [c, d] = [places[i + 2] * unit, places[i + 3] * unit];
    for (let u = 0; u < width; u++)
      sums[at + u] = sums[at + u] + table[a + u] + table[b + u] + table[c + u] + table[d + u];
  }
  for (; i < places.length; i++) {
    const a = places[i] * unit;
    for (let u = 0; u < width; u++) sums[at + u] += table[a + u];
  }
}

/** Adds to the scores of every word those of its surface features: `rows` of `table`, `[features, tags]`. */
export function addFeatures(
  scores: Float64Array,
  table: Float32Array,
  { rows, tags }: { readonly rows: readonly Int32Array[]; readonly tags: number },
): void {
  rows.forEach((places, word) =>
    addRows({ sums: scores, at: word * tags, width: tags }, table, { places, unit: tags }),
  );
}
