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

/** Between the seeds of the two splits, so that the second does not repeat the draws of the first. */
const SEED_STEP = 1_000_003;

/**
 * Splits rows into train and test, and dev where that is asked for: seeded, stratified by label, equal texts in one part. A
 * label of a single text stays in train, since a head cannot be evaluated on a label that it has not learned; see
 * splitCorpus.
 *
 * @param labels  of each row, as long as `texts`; one that is empty counts as a label like any other. Undefined where
 *   there are none
 */
export function splitParts(
  texts: readonly string[],
  labels: readonly (readonly string[])[] | undefined,
  { test: testShare, dev: devShare, seed }: PartsOptions,
): Parts {
  const groups = duplicateGroups(texts);
  const names = new Map([...new Set(labels?.flat())].sort().map((label, i) => [label, i]));
  const y = texts.map((_, i) => labels?.[i].map((label) => names.get(label)!) ?? []);
  const split = (rows: Int32Array, options: { devFraction: number; seed: number }): [Int32Array, Int32Array] => {
    const { train, dev } = splitCorpus(
      Array.from(rows, (r) => y[r]),
      rows.map((r) => groups[r]),
      { ...options, maxDev: Infinity, keepInTrain: true },
    );
    return [train.map((i) => rows[i]), dev.map((i) => rows[i])];
  };
  const [rest, test] = split(Int32Array.from(texts.keys()), { devFraction: testShare, seed });
  const [train, dev] =
    devShare === undefined
      ? [rest, undefined]
      : split(rest, { devFraction: devShare / (1 - testShare), seed: seed + SEED_STEP });
  const different = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  return { train, test, dev, duplicates: texts.length - different };
}
