import { duplicateGroups } from "./duplicates.js";
import { splitCorpus } from "./split.js";

export interface PartsOptions {
  /** Share of the rows for testing, in (0, 1). */
  readonly test: number;
  /** Share of the rows for choosing settings; with `test` it must stay below 1. @default no such part */
  readonly dev?: number | undefined;
  readonly seed: number;
}

/** Row indices of each part, ascending; every row is in exactly one. */
export interface Parts {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly dev: Int32Array | undefined;
  /** Rows whose text, normalized, is that of a row before them. */
  readonly duplicates: number;
}

/**
 * Splits rows into train and test, and dev where that is asked for: seeded, each label in proportion, equal texts in one
 * part; see splitCorpus.
 *
 * @param labels  as long as `texts`; one that is empty counts as a label like any other. Undefined where there are none
 */
export function splitParts(
  texts: readonly string[],
  labels: readonly string[] | undefined,
  { test: testShare, dev: devShare, seed }: PartsOptions,
): Parts {
  const groups = duplicateGroups(texts);
  const names = new Map([...new Set(labels)].sort().map((label, i) => [label, i]));
  const y = Int32Array.from(texts, (_, i) => (labels === undefined ? 0 : (names.get(labels[i]) ?? 0)));
  const split = (rows: Int32Array, devFraction: number): readonly [kept: Int32Array, taken: Int32Array] => {
    const [ownY, ownGroups] = [y, groups].map((all) => rows.map((r) => all[r]));
    const { train, dev } = splitCorpus(ownY, ownGroups, { devFraction, maxDev: Infinity, seed });
    return [train.map((i) => rows[i]), dev.map((i) => rows[i])];
  };
  const [rest, test] = split(Int32Array.from(texts.keys()), testShare);
  const [train, dev] = devShare === undefined ? [rest, undefined] : split(rest, devShare / (1 - testShare));
  const different = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  return { train, test, dev, duplicates: texts.length - different };
}
