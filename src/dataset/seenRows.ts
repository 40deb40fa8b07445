import { HeadstartError } from "../errors.js";
import { count, counted } from "../text/numbers.js";
import { duplicatesBetween, normalizedText } from "./duplicates.js";
import { pickCorpus, type LabeledCorpus } from "./labeledCorpus.js";
import { unhashedRows } from "./textHashes.js";

/** The rows that a head is to be scored on. */
export interface RowsToScore {
  /** Rows whose text, normalized, it was trained on; null where it cannot tell. */
  readonly seen: number | null;
  /** Rows that it was not trained on, ascending; all rows where there are no others. */
  readonly rows: Int32Array;
}

/**
 * Rows that a head has not seen in training, of which alone its scores say how it does on new texts.
 *
 * @param hashes  of the texts it was trained on; undefined where they are not kept
 */
export function rowsToScore(hashes: Int32Array | undefined, texts: readonly string[]): RowsToScore {
  const all = Int32Array.from(texts.keys());
  if (hashes === undefined) return { seen: null, rows: all };
  const unseen = unhashedRows(hashes, texts);
  return { seen: texts.length - unseen.length, rows: unseen.length === 0 ? all : unseen };
}

/**
 * Rows whose text, normalized, is none of `known`, ascending.
 *
 * @example
 * console.log([...unseenRows(["So good!"], ["so good", "bad"])]); // [ 1 ]
 */
export function unseenRows(known: readonly string[], texts: readonly string[]): Int32Array {
  const seen = new Set(known.map(normalizedText));
  return Int32Array.from(texts.keys()).filter((r) => !seen.has(normalizedText(texts[r])));
}

/**
 * Rows of which `known` has no near duplicate, ascending.
 *
 * @param vectors  of both; see `duplicatesBetween`
 */
export function newRows(
  known: readonly string[],
  texts: readonly string[],
  vectors?: Parameters<typeof duplicatesBetween>[2],
): Int32Array {
  const near = new Set(duplicatesBetween(known, texts, vectors).near);
  return Int32Array.from(texts.keys()).filter((r) => !near.has(r));
}

/** Dev rows that are no training rows. */
export interface UnseenDev {
  readonly devCorpus: LabeledCorpus | undefined;
  /** Dev rows that are left out since their text is that of a training row. */
  readonly seenDev: number;
  /** That in one line, for the reader; undefined where there are none. */
  readonly remark: string | undefined;
}

/**
 * The dev rows without those whose text, normalized, is that of a training row: a head that has seen a row says nothing of
 * its choice there.
 *
 * @param names.instead  what to do without dev rows of one's own, after "or"
 * @param names.rowsLeft  which rows are left; `newRows` leaves near duplicates out too
 * @throws HeadstartError E_NO_ROWS where no dev row is left
 */
export function withoutSeenDev(
  { corpus, devCorpus }: { readonly corpus: LabeledCorpus; readonly devCorpus: LabeledCorpus | undefined },
  {
    dev = "dev",
    training = "training",
    instead = "leave out --dev: it is then done on held-out training rows",
    rowsLeft = unseenRows,
  } = {},
): UnseenDev {
  if (devCorpus === undefined) return { devCorpus, seenDev: 0, remark: undefined };
  const rows = rowsLeft(corpus.texts, devCorpus.texts);
  const all = devCorpus.texts.length;
  const seenDev = all - rows.length;
  const files = devCorpus.files.join(", ");
  if (rows.length === 0) {
    throw new HeadstartError(
      "E_NO_ROWS",
      `Cannot measure on ${files}: its ${counted(all, `${dev} row`)} ${all === 1 ? "is" : "are all"} among the ${training} ` +
        `rows, on which a head says nothing of new texts. Give other rows, or ${instead}`,
      { file: devCorpus.files[0] },
    );
  }
  if (seenDev === 0) return { devCorpus, seenDev, remark: undefined };
  const remark = `${files}: ${count(seenDev)} of ${counted(all, `${dev} row`)} ${seenDev === 1 ? "is" : "are"} among the ${training} rows, and left out`;
  return { devCorpus: pickCorpus(devCorpus, rows), seenDev, remark };
}
