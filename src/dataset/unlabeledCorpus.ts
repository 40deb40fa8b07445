import { listedNames } from "../corpus/columns.js";
import { openCorpus, type Corpus } from "../corpus/corpus.js";
import { HeadstartError } from "../errors.js";
import type { Row } from "../corpus/row.js";
import { collectRows, readingUsed, type LabeledCorpus, type LabeledOptions, type PlacedRow } from "./labeledCorpus.js";

/** Texts without labels, in memory, and what reading them gave. */
export interface UnlabeledCorpus extends Omit<LabeledCorpus, "labels"> {
  readonly labels: null;
}

/**
 * Reads a corpus whole that may have no labels: neither a column of them nor a file of a text a line needs one, and where the
 * column is there it may be empty in all rows. A corpus that has labels in some rows is read as `readLabeled` reads it, and so
 * is one whose `labelColumn` is given, which has to be there.
 *
 * @throws HeadstartError E_NO_ROWS when no row is left, and whatever reading throws
 * @example
 * const { labels, notices } = await readMaybeLabeled(["reviews.csv"]);
 * console.log(labels === null ? notices : new Set(labels));
 */
export async function readMaybeLabeled(
  files: readonly string[],
  options: LabeledOptions = {},
): Promise<LabeledCorpus | UnlabeledCorpus> {
  const { labelColumn = "label", map, ...rest } = options;
  const unlabeled = options.labelColumn === undefined ? "column" : "cells";
  const corpus = await openCorpus(files, { ...rest, labelColumn, unlabeled }).catch((error: unknown) => {
    throw unlabeled === "cells" && error instanceof HeadstartError ? withHint(error) : error;
  });
  const rows = corpus.rows();
  const first = await rows.next();
  const all = first.done === true ? rows : startingWith(first.value, rows);
  const isLabeled = first.done === true || first.value.label !== undefined;
  const reading = readingUsed(corpus, { ...rest, map });
  if (isLabeled) return { ...(await collectRows(all as AsyncIterable<PlacedRow>, { files, map, corpus })), reading };
  const texts: string[] = [];
  const places: Pick<Row, "file" | "line">[] = [];
  for await (const { text, file, line } of all) {
    texts.push(text);
    places.push({ file, line });
  }
  return {
    files,
    texts,
    labels: null,
    places,
    counts: corpus.counts,
    dropped: 0,
    seen: new Set(),
    reading,
    notices: [...corpus.notices, unlabeledNotice(files, corpus)],
  };
}

async function* startingWith(first: Row, rest: AsyncGenerator<Row>): AsyncGenerator<Row> {
  yield first;
  yield* rest;
}

function unlabeledNotice(files: readonly string[], { columns, labelColumns, textColumn }: Corpus): string {
  const names = files.join(", ");
  if (labelColumns.length > 0) return `no row of ${names} has a label: its texts are read without labels`;
  const others = columns.filter((name) => ![textColumn].flat().includes(name));
  if (others.length === 0) return `${names} is read without labels`;
  const which = others.length === 1 ? listedNames(others) : `one of ${listedNames(others)}`;
  return `${names} has no column "label": its texts are read without labels; if ${which} holds them, name it with --label-column`;
}

function withHint(error: HeadstartError): HeadstartError {
  if (error.code !== "E_COLUMN_MISSING" || !error.message.includes("--label-column")) return error;
  const message = `${error.message}. Texts without labels need that column too; it may be empty`;
  return new HeadstartError(error.code, message, { ...error.place, cause: error });
}
