import { seeded, shuffled, type Random } from "../math/random.js";
import { withDefaults } from "../defaults.js";

export interface SplitOptions {
  /** Share of the rows that becomes dev rows, in (0, 1). @default 0.1 */
  readonly devFraction?: number | undefined;
  /** Most dev rows, but for rounding in each class. @default 5000 */
  readonly maxDev?: number | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
}

const SPLIT_DEFAULTS = { devFraction: 0.1, maxDev: 5000, seed: 1 } as const satisfies SplitOptions;

/** Row indices of the two sides, each ascending; every row is on exactly one. */
export interface Split {
  readonly train: Int32Array;
  readonly dev: Int32Array;
}

/**
 * Splits rows into train and dev: seeded, each class in proportion, rows of one group never on two sides.
 *
 * A group of rows with several labels goes with the rarest of them. A class with at least two groups of its own has a row
 * on both sides; one with a single group stays in train. `maxDev` gives way to that, and to groups larger than it.
 *
 * @param y       class of each row, any integers
 * @param groups  group of each row (see duplicateGroups), as long as `y`
 * @throws RangeError when the lengths differ or `devFraction` is not between 0 and 1
 * @example
 * const { texts, labels } = await readLabeled(["reviews.csv"]);
 * const y = labels.map((label) => (label === "positive" ? 1 : 0));
 * const { train, dev } = splitCorpus(y, duplicateGroups(texts), { devFraction: 0.2 });
 * console.log(train.length + dev.length === texts.length); // true
 */
export function splitCorpus(y: ArrayLike<number>, groups: ArrayLike<number>, options: SplitOptions = {}): Split {
  const { devFraction, maxDev, seed } = withDefaults(SPLIT_DEFAULTS, options);
  if (!(devFraction > 0 && devFraction < 1)) throw new RangeError(`devFraction is ${devFraction}, not between 0 and 1`);
  const n = y.length;
  const share = Math.min(devFraction, maxDev / n);
  const inDev = new Uint8Array(n);
  const random = seeded(seed);
  for (const ownGroups of groupsByClass(y, groups)) {
    for (const rows of devGroups(inRandomOrder(ownGroups, random), share)) for (const row of rows) inDev[row] = 1;
  }
  const side = (wanted: number): Int32Array =>
    Int32Array.from({ length: n }, (_, i) => i).filter((i) => inDev[i] === wanted);
  return { train: side(0), dev: side(1) };
}

export interface FoldOptions {
  /** Number of folds, 2 or more. */
  readonly folds: number;
  /** @default 1 */
  readonly seed?: number | undefined;
}

/**
 * Deals rows into folds of nearly the same size: seeded, each class in proportion, rows of one group in one fold.
 *
 * A class with at least as many groups of its own as there are folds has a row in each; see splitCorpus for the groups.
 *
 * @returns fold of each row, from 0 to `folds - 1`
 * @throws RangeError when the lengths differ or `folds` is not an integer of 2 or more
 * @example
 * const y = [0, 0, 0, 0, 1, 1, 1, 1];
 * const groups = [0, 1, 2, 3, 4, 5, 6, 7]; // as texts that are all different have
 * console.log(foldCorpus(y, groups, { folds: 4 }).length); // 8
 */
export function foldCorpus(y: ArrayLike<number>, groups: ArrayLike<number>, options: FoldOptions): Int32Array {
  const { folds, seed = 1 } = options;
  if (!Number.isInteger(folds) || folds < 2) throw new RangeError(`${folds} folds, where 2 or more are needed`);
  const random = seeded(seed);
  const result = new Int32Array(y.length);
  const sizes = new Float64Array(folds);
  for (const ownGroups of groupsByClass(y, groups)) {
    const ownSizes = new Float64Array(folds);
    const dealt = inRandomOrder(ownGroups, random).sort((a, b) => b.length - a.length);
    for (const rows of dealt) {
      let fold = 0;
      for (let f = 1; f < folds; f++) {
        if (ownSizes[f] < ownSizes[fold] || (ownSizes[f] === ownSizes[fold] && sizes[f] < sizes[fold])) fold = f;
      }
      ownSizes[fold] += rows.length;
      sizes[fold] += rows.length;
      for (const row of rows) result[row] = fold;
    }
  }
  return result;
}

/** The rows of each group, gathered by the rarest class in the group; classes and groups in order of their numbers. */
function groupsByClass(y: ArrayLike<number>, groups: ArrayLike<number>): number[][][] {
  if (y.length !== groups.length) {
    throw new RangeError(`${y.length} labels and ${groups.length} groups, where each row has one of both`);
  }
  const sizes = new Map<number, number>();
  const rowsOf = new Map<number, number[]>();
  for (let i = 0; i < y.length; i++) {
    sizes.set(y[i], (sizes.get(y[i]) ?? 0) + 1);
    const rows = rowsOf.get(groups[i]);
    if (rows === undefined) rowsOf.set(groups[i], [i]);
    else rows.push(i);
  }
  const rarer = (a: number, b: number): number => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0) || a - b;
  const byClass = new Map<number, number[][]>([...sizes.keys()].sort((a, b) => a - b).map((label) => [label, []]));
  for (const rows of rowsOf.values()) {
    const rarest = rows.map((row) => y[row]).reduce((a, b) => (rarer(a, b) <= 0 ? a : b));
    byClass.get(rarest)?.push(rows);
  }
  return [...byClass.values()];
}

function inRandomOrder<T>(items: readonly T[], random: Random): T[] {
  return Array.from(shuffled(items.length, random), (i) => items[i]);
}

/** The groups of one class that go to dev: about `share` of its rows, at least one group when there are two. */
function devGroups(ownGroups: readonly number[][], share: number): readonly number[][] {
  if (ownGroups.length < 2) return [];
  const total = ownGroups.reduce((sum, rows) => sum + rows.length, 0);
  const target = Math.round(share * total);
  const chosen: number[][] = [];
  let taken = 0;
  for (const rows of ownGroups) {
    if (taken + rows.length > target || chosen.length === ownGroups.length - 1) continue;
    chosen.push(rows);
    taken += rows.length;
  }
  return chosen.length > 0 ? chosen : [ownGroups.reduce((a, b) => (b.length < a.length ? b : a))];
}
