/**
 * How few pieces have to be changed, added or left out for `part` to stand in `whole`; what comes before and after it there
 * is free.
 *
 * @param limit  counting stops above it: then the result is more than `limit`, and may be less than the true number
 * @see Sellers 1980, "The theory and computation of evolutionary distances: Pattern recognition"
 * @example
 * console.log(fittingEdits(["so", "good"], ["it", "was", "so", "very", "good"], 2)); // 1
 */
export function fittingEdits(part: readonly string[], whole: readonly string[], limit: number): number {
  // One row a piece of `part`: the fewest edits for the pieces so far to end before each place in `whole`.
  let above = new Int32Array(whole.length + 1);
  let row = new Int32Array(whole.length + 1);
  for (let p = 0; p < part.length; p++) {
    row[0] = p + 1;
    let least = row[0];
    for (let w = 0; w < whole.length; w++) {
      const replaced = above[w] + (part[p] === whole[w] ? 0 : 1);
      row[w + 1] = Math.min(replaced, above[w + 1] + 1, row[w] + 1);
      least = Math.min(least, row[w + 1]);
    }
    if (least > limit) return least;
    [above, row] = [row, above];
  }
  return above.reduce((least, edits) => Math.min(least, edits));
}
