import { HeadstartError } from "../errors.js";
import { openCorpus, type Corpus, type CorpusOptions } from "../corpus/corpus.js";
import { applyLabelMap, type LabelMap } from "./labelMap.js";
import type { Row, RowCounts } from "../corpus/row.js";
import type { Reading } from "./reading.js";

export interface LabeledOptions extends CorpusOptions {
  /** One column, or several of which each is a label (see `CorpusOptions`). @default "label" */
  readonly labelColumn?: CorpusOptions["labelColumn"];
  /** Renames or drops labels as they are read. */
  readonly map?: LabelMap | undefined;
}

/** Texts with their labels, in memory, and what reading them gave. */
export interface LabeledCorpus {
  /** Files as the user named them. */
  readonly files: readonly string[];
  readonly texts: readonly string[];
  /** After the map; as long as `texts`. */
  readonly labels: readonly string[];
  /** Where each row stands. */
  readonly places: readonly Pick<Row, "file" | "line">[];
  readonly counts: RowCounts;
  /** Rows whose label the map drops. */
  readonly dropped: number;
  /** Labels before the map. */
  readonly seen: ReadonlySet<string>;
  /** How it was read, as far as others are to be read in the same way. */
  readonly reading?: Reading | undefined;
  /** What the reader should know, a line each. */
  readonly notices: readonly string[];
}

/**
 * Reads a labeled corpus whole.
 *
 * @throws HeadstartError E_NO_ROWS when no row is left, and whatever reading throws
 * @example
 * const { texts, labels, counts } = await readLabeled(["reviews.csv"], { map: parseLabelMap("positive=good,negative=bad") });
 * console.log(texts.length, new Set(labels), counts.rejected);
 */
export async function readLabeled(files: readonly string[], options: LabeledOptions = {}): Promise<LabeledCorpus> {
  const { labelColumn = "label", map, ...rest } = options;
  const corpus = await openCorpus(files, { ...rest, labelColumn });
  const collected = await collectRows(corpus.rows() as AsyncIterable<PlacedRow>, { files, map, corpus });
  return { ...collected, reading: readingUsed(corpus, { ...rest, map }) };
}

/** How a corpus was read, as far as others are to be read in the same way. */
export function readingUsed(
  { textColumn, labelColumns }: Pick<Corpus, "textColumn" | "labelColumns">,
  { map, dropMissing }: Pick<LabeledOptions, "map" | "dropMissing">,
): Reading {
  const labelColumn = labelColumns.length === 1 ? labelColumns[0] : labelColumns;
  return { textColumn, labelColumn, map, dropMissing };
}

/** A labeled row with the place where it stands. */
export type PlacedRow = Pick<Row, "file" | "line" | "text"> & { readonly label: string };

/**
 * Brings labeled rows together, as the map has them.
 *
 * @param corpus  what is read of the rows; its counts are complete when the rows have ended
 * @throws HeadstartError E_NO_ROWS when no row is left
 */
export async function collectRows(
  rows: AsyncIterable<PlacedRow>,
  {
    files,
    map,
    corpus,
  }: {
    readonly files: readonly string[];
    readonly map: LabelMap | undefined;
    readonly corpus: Pick<Corpus, "counts" | "notices">;
  },
): Promise<LabeledCorpus> {
  const texts: string[] = [];
  const labels: string[] = [];
  const places: Pick<Row, "file" | "line">[] = [];
  const raw = new Set<string>();
  let dropped = 0;
  for await (const row of rows) {
    const own = row.label;
    raw.add(own);
    const label = map === undefined ? own : applyLabelMap(map, own);
    if (label === undefined) {
      dropped++;
      continue;
    }
    texts.push(row.text);
    labels.push(label);
    places.push({ file: row.file, line: row.line });
  }
  if (texts.length === 0) {
    throw new HeadstartError("E_NO_ROWS", `${files.join(", ")} gives no labeled rows: ${whyNone(corpus, dropped)}`, {
      file: files[0],
    });
  }
  return {
    files,
    texts,
    labels,
    places,
    counts: corpus.counts,
    dropped,
    notices: corpus.notices,
    seen: raw,
    reading: { map },
  };
}

/** Why a corpus has no row that is used, and what to do. */
function whyNone({ counts: { rejected } }: Pick<Corpus, "counts">, dropped: number): string {
  if (dropped > 0) return `the map drops all ${dropped} of them. Keep a label in --map`;
  return rejected > 0 ? `all ${rejected} were rejected. Mend the rows` : "no row was read. Give a corpus with rows";
}

/** The rows at `rows` of a corpus, in that order; its counts stay those of all that was read. */
export function pickCorpus(corpus: LabeledCorpus, rows: ArrayLike<number>): LabeledCorpus {
  const at = Array.from(rows);
  const { texts, labels, places } = corpus;
  return {
    ...corpus,
    texts: at.map((r) => texts[r]),
    labels: at.map((r) => labels[r]),
    places: at.map((r) => places[r]),
  };
}

/** Rows of one label; 0 where it has none, whatever its name. */
export const countOf = (counts: Readonly<Record<string, number>>, label: string): number =>
  Object.hasOwn(counts, label) ? counts[label] : 0;

/** Rows of each label. */
export function labelCounts(labels: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
