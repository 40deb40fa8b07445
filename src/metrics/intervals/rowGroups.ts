import { drawBinomial } from "./binomial.js";
import { drawGamma } from "../../math/gamma.js";
import type { Random } from "../../math/random.js";

/**
 * Rows as they are resampled: a row by itself or, where texts are equal, all rows of one text together. Groups that are
 * alike to every statistic are one kind, so that a resample costs as much as there are kinds, not rows.
 */
export interface RowGroups {
  /** Groups of each kind. */
  readonly multiplicity: Int32Array;
  /** What the rows of a group of each kind are: their cells, ascending, and how many rows are in each. */
  readonly cells: readonly Int32Array[];
  readonly counts: readonly Int32Array[];
  /** Groups altogether. */
  readonly size: number;
  /** Mean number of rows in the group of a row; 1 where every row is by itself. */
  readonly rowsPerGroup: number;
}

/**
 * Groups rows by the cell that they count in and by the group that they belong to.
 *
 * @param cell    of each row; rows of one cell are alike
 * @param groups  number of each row's group, as from `duplicateGroups`; without it every row is by itself
 * @throws RangeError when the lengths differ
 */
export function groupRows(cell: Int32Array, groups?: Int32Array): RowGroups {
  if (groups !== undefined && groups.length !== cell.length) {
    throw new RangeError(`Cannot group ${cell.length} rows by ${groups.length} groups`);
  }
  const kinds = new Map<string, { multiplicity: number; readonly cells: readonly number[] }>();
  let [size, squares] = [0, 0];
  for (const { cells, times } of groups === undefined ? alone(cell) : together(cell, groups)) {
    const key = cells.join(" ");
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { multiplicity: times, cells });
    else known.multiplicity += times;
    size += times;
    squares += times * cells.length ** 2;
  }
  // In the order of the keys, so that the same rows in another order give the same resamples.
  const sorted = [...kinds.keys()].sort().map((key) => kinds.get(key)!);
  const distinct = sorted.map(({ cells }) => Int32Array.from(new Set(cells)));
  return {
    multiplicity: Int32Array.from(sorted, ({ multiplicity }) => multiplicity),
    cells: distinct,
    counts: distinct.map((own, k) => own.map((one) => sorted[k].cells.filter((c) => c === one).length)),
    size,
    rowsPerGroup: cell.length === 0 ? 1 : squares / cell.length,
  };
}

interface Group {
  readonly cells: readonly number[];
  readonly times: number;
}

function alone(cell: Int32Array): readonly Group[] {
  const rows = new Map<number, number>();
  for (const c of cell) rows.set(c, (rows.get(c) ?? 0) + 1);
  return [...rows].map(([c, times]) => ({ cells: [c], times }));
}

function together(cell: Int32Array, groups: Int32Array): readonly Group[] {
  const members = new Map<number, number[]>();
  cell.forEach((c, r) => {
    const own = members.get(groups[r]);
    if (own === undefined) members.set(groups[r], [c]);
    else own.push(c);
  });
  return [...members.values()].map((cells) => ({ cells: cells.sort((a, b) => a - b), times: 1 }));
}

/**
 * Rows in each cell where every group has a random weight of mean 1 (the Bayesian bootstrap), written to `out`.
 *
 * @see Rubin 1981, The Bayesian bootstrap: https://doi.org/10.1214/aos/1176345338
 */
export function weighInto(out: Float64Array, { multiplicity, cells, counts }: RowGroups, random: Random): void {
  out.fill(0);
  for (let k = 0; k < multiplicity.length; k++) {
    const weight = drawGamma(multiplicity[k], random);
    for (let i = 0; i < cells[k].length; i++) out[cells[k][i]] += weight * counts[k][i];
  }
}

/** Rows in each cell, those of a random half of the groups being written to the second array, the others to the first. */
export function halveInto(
  [kept, moved]: readonly [Float64Array, Float64Array],
  { multiplicity, cells, counts }: RowGroups,
  random: Random,
): void {
  kept.fill(0);
  moved.fill(0);
  for (let k = 0; k < multiplicity.length; k++) {
    const swapped = drawBinomial(multiplicity[k], 0.5, random);
    for (let i = 0; i < cells[k].length; i++) {
      kept[cells[k][i]] += (multiplicity[k] - swapped) * counts[k][i];
      moved[cells[k][i]] += swapped * counts[k][i];
    }
  }
}
