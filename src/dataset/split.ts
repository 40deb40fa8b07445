import { seeded, type Random } from "../math/random.js";
import { withDefaults } from "../defaults.js";
import { groupsPerLabel, rowGroups, type RowGroup, type RowLabels } from "./rowGroups.js";

export interface SplitOptions {
  /** Share of the rows that becomes dev rows, in (0, 1). @default 0.1 */
  readonly devFraction?: number | undefined;
  /** Most dev rows, but for rounding. @default 5000 */
  readonly maxDev?: number | undefined;
  /**
   * Leaves every label a row in train, as a head needs that is fitted on train alone. A label with a single group is then
   * never in dev, so that a score on dev leaves out what such labels cost. @default false
   */
  readonly keepInTrain?: boolean | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
}

const SPLIT_DEFAULTS = { devFraction: 0.1, maxDev: 5000, keepInTrain: false, seed: 1 } as const satisfies SplitOptions;

/** Row indices of the two sides, each ascending; every row is on exactly one. */
export interface Split {
  readonly train: Int32Array;
  readonly dev: Int32Array;
}

/**
 * Splits rows into train and dev: seeded, stratified by label, rows of one group never on two sides.
 *
 * Every group has the same chance of being in dev, whatever its labels, so that dev is like the rows: of the groups of a
 * label the share `devFraction` is in dev, rounded up or down at random where it is not whole. Labels of so few groups that
 * this would be less than one are dealt together, so each of them may be missing from dev, and from train too; see
 * `keepInTrain`.
 *
 * Two things come before that: where there are two groups, each side has one; and a group of more rows than dev should
 * have stays in train.
 *
 * @param y       label of each row, any integers, or labels of each row
 * @param groups  group of each row (see duplicateGroups), as long as `y`
 * @throws RangeError when the lengths differ or `devFraction` is not between 0 and 1
 * @see Madow 1949, "On the theory of systematic sampling, II"
 * @example
 * const { texts, labels } = await readLabeled(["reviews.csv"]);
 * const y = labels.map((label) => (label === "positive" ? 1 : 0));
 * const { train, dev } = splitCorpus(y, duplicateGroups(texts), { devFraction: 0.2 });
 * console.log(train.length + dev.length === texts.length); // true
 */
export function splitCorpus(y: RowLabels, groups: ArrayLike<number>, options: SplitOptions = {}): Split {
  const { devFraction, maxDev, keepInTrain, seed } = withDefaults(SPLIT_DEFAULTS, options);
  if (!(devFraction > 0 && devFraction < 1)) throw new RangeError(`devFraction is ${devFraction}, not between 0 and 1`);
  const random = seeded(seed);
  const share = Math.min(devFraction, maxDev / y.length);
  const all = rowGroups(y, groups, { random, least: 1 / share });
  const candidates = keepInTrain ? withoutOnly(all) : all;
  const eligible = candidates.filter(fits(share * y.length, candidates));
  const wanted = Math.min(Math.max(share * eligible.length, 1), eligible.length, all.length - 1);
  const sampled = sampleSystematically(eligible, wanted, random);
  const inDev = new Uint8Array(y.length);
  for (const { rows } of keepInTrain ? withoutLast(sampled, all) : sampled) for (const row of rows) inDev[row] = 1;
  const side = (wantedSide: number): Int32Array =>
    Int32Array.from({ length: y.length }, (_, i) => i).filter((i) => inDev[i] === wantedSide);
  return { train: side(0), dev: side(1) };
}

/**
 * About `wanted` of the items, each with the same chance: every so many along their order, from a random start. Of any run
 * of neighbors come as many as its share of `wanted`, rounded up or down.
 */
function sampleSystematically<T>(items: readonly T[], wanted: number, random: Random): T[] {
  const start = random();
  const passed = (i: number): number => Math.floor(start + (i * wanted) / items.length);
  return items.filter((_, i) => passed(i + 1) > passed(i));
}

/** Whether a group has at most `most` rows, or as few as the smallest one. */
function fits(most: number, groups: readonly RowGroup[]): (group: RowGroup) => boolean {
  const smallest = groups.reduce((least, { rows }) => Math.min(least, rows.length), Infinity);
  return ({ rows }) => rows.length <= Math.max(most, smallest);
}

/** Those that are not the only group of a label. */
function withoutOnly(groups: readonly RowGroup[]): RowGroup[] {
  const counts = groupsPerLabel(groups);
  return groups.filter(({ labels }) => labels.every((label) => counts.get(label)! > 1));
}

/** Those of `chosen` that do not leave a label without any group among the others of `all`. */
function withoutLast(chosen: readonly RowGroup[], all: readonly RowGroup[]): RowGroup[] {
  const taken = new Set(chosen);
  const left = new Set(all.flatMap((group) => (taken.has(group) ? [] : group.labels)));
  return chosen.filter(({ labels }) => {
    if (labels.every((label) => left.has(label))) return true;
    for (const label of labels) left.add(label);
    return false;
  });
}

export interface FoldOptions {
  /** Number of folds, 2 or more. */
  readonly folds: number;
  /** @default 1 */
  readonly seed?: number | undefined;
}

/**
 * Deals rows into folds of nearly the same size: seeded, stratified by label, rows of one group in one fold.
 *
 * Groups are dealt label by label, the rarest first, of equal labels the largest group first: each to the fold with the
 * fewest rows of its rarest label, of these to the one with the fewest of its next rarest, and so on. A label with at least
 * as many groups as there are folds has a row in each, where its groups have no other label.
 *
 * @param y       label of each row, any integers, or labels of each row
 * @param groups  group of each row (see duplicateGroups), as long as `y`
 * @returns fold of each row, from 0 to `folds - 1`
 * @throws RangeError when the lengths differ or `folds` is not an integer of 2 or more
 * @see Sechidis, Tsoumakas & Vlahavas 2011, "On the stratification of multi-label data" (iterative stratification)
 * @example
 * const y = [0, 0, 0, 0, 1, 1, 1, 1];
 * const groups = [0, 1, 2, 3, 4, 5, 6, 7]; // as texts that are all different have
 * console.log(foldCorpus(y, groups, { folds: 4 }).length); // 8
 */
export function foldCorpus(y: RowLabels, groups: ArrayLike<number>, options: FoldOptions): Int32Array {
  const { folds, seed = 1 } = options;
  if (!Number.isInteger(folds) || folds < 2) throw new RangeError(`${folds} folds, where 2 or more are needed`);
  const random = seeded(seed);
  const result = new Int32Array(y.length);
  const sizes = new Float64Array(folds);
  const sizesOf = new Map<number, Float64Array>();
  for (const { rows, labels } of rowGroups(y, groups, { random })) {
    const own = labels.map((label) => sizesOf.get(label) ?? new Float64Array(folds));
    labels.forEach((label, i) => sizesOf.set(label, own[i]));
    const counted = [...own, sizes];
    const fold = emptiest(counted, folds);
    for (const count of counted) count[fold] += rows.length;
    for (const row of rows) result[row] = fold;
  }
  return result;
}

/** The fold with the least of the first count, of equal ones that with the least of the next, and so on. */
function emptiest(counts: readonly Float64Array[], folds: number): number {
  let best = 0;
  for (let fold = 1; fold < folds; fold++) {
    const differs = counts.find((count) => count[fold] !== count[best]);
    if (differs !== undefined && differs[fold] < differs[best]) best = fold;
  }
  return best;
}
