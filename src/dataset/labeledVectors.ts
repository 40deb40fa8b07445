import { duplicateGroups } from "./duplicates.js";
import { splitCorpus, type SplitOptions } from "./split.js";
import { count } from "../text/numbers.js";
import { HeadstartError } from "../errors.js";
import { stackRows, takeRows, type Matrix } from "../math/matrix.js";

/** Texts with vectors and labels, as training takes them. */
export interface LabeledVectors {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  /** `[texts, width]` */
  readonly vectors: Matrix;
}

/** Texts with vectors, and their labels where they have any. */
export interface TextVectors extends Pick<LabeledVectors, "texts" | "vectors"> {
  readonly labels: readonly string[] | null;
}

export const isLabeled = (rows: TextVectors): rows is LabeledVectors => rows.labels !== null;

/**
 * The rows at `rows`, in that order.
 *
 * @example
 * console.log(pickRows(data, [2, 0]).labels.length); // 2
 */
export function pickRows({ texts, labels, vectors }: LabeledVectors, rows: ArrayLike<number>): LabeledVectors {
  const at = Array.from(rows);
  return { texts: at.map((i) => texts[i]), labels: at.map((i) => labels[i]), vectors: takeRows(vectors, rows) };
}

/**
 * All rows of `a`, then all of `b`.
 *
 * @example
 * const all = joinRows(data, dev);
 * console.log(all.vectors.rows === data.texts.length + dev.texts.length); // true
 */
export function joinRows(a: LabeledVectors, b: LabeledVectors): LabeledVectors {
  return {
    texts: [...a.texts, ...b.texts],
    labels: [...a.labels, ...b.labels],
    vectors: stackRows(a.vectors.cols, [a.vectors, b.vectors]),
  };
}

/**
 * Splits rows in two by seed, stratified by label, equal texts on one side; see splitCorpus.
 *
 * @throws HeadstartError E_LABELS when there are too few rows to hold any out
 * @example
 * const { train, dev } = holdOut(data, { devFraction: 0.2, keepInTrain: true, seed: 7 });
 * console.log(train.texts.length + dev.texts.length === data.texts.length); // true
 */
export function holdOut(data: LabeledVectors, options: SplitOptions): { train: LabeledVectors; dev: LabeledVectors } {
  const names = new Map([...new Set(data.labels)].sort().map((label, i) => [label, i]));
  const y = data.labels.map((label) => names.get(label)!);
  const { train, dev } = splitCorpus(y, duplicateGroups(data.texts), options);
  if (dev.length === 0) {
    throw new HeadstartError(
      "E_LABELS",
      `${data.texts.length === 1 ? "1 row is" : `${count(data.texts.length)} rows are`} too few to set some aside, since equal texts stay together. Give more different texts`,
    );
  }
  return { train: pickRows(data, train), dev: pickRows(data, dev) };
}
