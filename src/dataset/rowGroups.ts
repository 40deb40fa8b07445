import { shuffled, type Random } from "../math/random.js";

/** The label of each row, as any integer, or the labels of each row where it may have none or several. */
export type RowLabels = ArrayLike<number> | ArrayLike<readonly number[]>;

/** Rows that stay together. */
export interface RowGroup {
  /** Ascending. */
  readonly rows: readonly number[];
  /** Those of all its rows, each once, that of the fewest groups first. */
  readonly labels: readonly number[];
}

interface OrderOptions {
  readonly random: Random;
  /** A label of fewer groups has no part in the order. @default 1 */
  readonly least?: number | undefined;
}

/**
 * The groups of rows in an order in which groups that are alike are neighbors: by their rarest label, then by the next rarest
 * and so on; of equal labels the larger group first; else at random.
 *
 * The rarest label comes first since the rows that have it are the fewest to deal it by.
 *
 * @param groups  group of each row, as long as `y`
 * @throws RangeError when the lengths differ
 * @see Sechidis, Tsoumakas & Vlahavas 2011, "On the stratification of multi-label data"
 */
export function rowGroups(y: RowLabels, groups: ArrayLike<number>, { random, least = 1 }: OrderOptions): RowGroup[] {
  if (y.length !== groups.length) {
    throw new RangeError(`${y.length} labels and ${groups.length} groups, where each row has one of both`);
  }
  const gathered = gatherRows(y, groups);
  const rank = rarityRanks(gathered, random);
  const counts = groupsPerLabel(gathered);
  const inRandomOrder = Array.from(shuffled(gathered.length, random), (i) => gathered[i]);
  const ranked = inRandomOrder.map(({ rows, labels }) => {
    const own = [...labels].sort((a, b) => rank.get(a)! - rank.get(b)!);
    const ranks = own.filter((label) => counts.get(label)! >= least).map((label) => rank.get(label)!);
    return { rows, labels: own, ranks };
  });
  return ranked.sort((a, b) => compareRanks(a.ranks, b.ranks) || b.rows.length - a.rows.length);
}

/** How many of the groups have each label. */
export function groupsPerLabel(groups: readonly { readonly labels: Iterable<number> }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { labels } of groups) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function gatherRows(y: RowLabels, groups: ArrayLike<number>): { rows: number[]; labels: Set<number> }[] {
  const found = new Map<number, { rows: number[]; labels: Set<number> }>();
  for (let row = 0; row < y.length; row++) {
    const own = found.get(groups[row]) ?? { rows: [], labels: new Set() };
    own.rows.push(row);
    const labels = y[row];
    if (typeof labels === "number") own.labels.add(labels);
    else for (const label of labels) own.labels.add(label);
    found.set(groups[row], own);
  }
  return [...found.values()];
}

/** Place of each label when those of the fewest groups come first; at random among those of as many. */
function rarityRanks(groups: readonly { readonly labels: Iterable<number> }[], random: Random): Map<number, number> {
  const counts = [...groupsPerLabel(groups)];
  const order = Array.from(shuffled(counts.length, random), (i) => counts[i]).sort(([, a], [, b]) => a - b);
  return new Map(order.map(([label], rank) => [label, rank]));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((rank, i) => rank !== b[i]);
  if (differs < 0) return a.length - b.length;
  return differs < b.length ? a[differs] - b[differs] : 1;
}
