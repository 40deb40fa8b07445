/**
 * The least weight of words that must be put in, left out or replaced for `shorter` to stand in one piece somewhere in
 * `longer`; what stands before and after it is free.
 *
 * @param shorter  words as indices into `weights`, likewise `longer`
 * @returns 0 where it stands there to the word
 * @see Sellers 1980, "The theory and computation of evolutionary distances: pattern recognition"
 */
export function passageEdits(shorter: Int32Array, longer: Int32Array, weights: Float64Array): number {
  // Cell j: the cheapest way for the words so far to end at word j of the longer text.
  let above = new Float64Array(longer.length + 1);
  let row = new Float64Array(longer.length + 1);
  for (const word of shorter) {
    const own = weights[word];
    row[0] = above[0] + own;
    for (let j = 0; j < longer.length; j++) {
      const other = weights[longer[j]];
      const replaced = above[j] + (longer[j] === word ? 0 : Math.max(own, other));
      row[j + 1] = Math.min(replaced, above[j + 1] + own, row[j] + other);
    }
    [above, row] = [row, above];
  }
  return above.reduce((least, cost) => Math.min(least, cost));
}
