import { checkNotOneText } from "../encoder/embed/texts.js";
import { HeadstartError } from "../errors.js";
import type { RowCounts } from "../corpus/row.js";
import { NO_ROWS } from "../corpus/rowCounts.js";
import { labelCell } from "../dataset/labelCell.js";
import {
  collectRows,
  readLabeled,
  type LabeledCorpus,
  type LabeledOptions,
  type PlacedRow,
} from "../dataset/labeledCorpus.js";
import type { Remembered } from "../dataset/reading.js";
import type { OffsetUnit } from "../tagging/corpus/offsets.js";
import { readTagged } from "../tagging/corpus/readTagged.js";
import { readRow } from "../tagging/corpus/rowForms.js";
import type { RawSentence, Span, TaggedCorpus } from "../tagging/corpus/sentence.js";
import type { WordRule } from "../tagging/corpus/splitWords.js";
import { taggedCorpus } from "../tagging/corpus/taggedCorpus.js";

/** A text with its label; of several labels a list of them, or the separator of the head stands between them. */
export interface LabeledRow {
  readonly text: string;
  readonly label: string | readonly string[];
}

/** A text with its entities, or words with their tags, as in JSONL files. */
export type TaggedRow =
  | { readonly text: string; readonly entities: readonly Span[] }
  | { readonly tokens: readonly string[]; readonly ner_tags: readonly string[] };

/** Labeled rows: a path or several, or rows one after the other. */
export type Rows = string | readonly string[] | Iterable<LabeledRow> | AsyncIterable<LabeledRow>;

/** Tagged sentences: a path or several, or sentences one after the other. */
export type TaggedRows = string | readonly string[] | Iterable<TaggedRow> | AsyncIterable<TaggedRow>;

/** How rows are read; all but `map`, `limit` and what taggers have is about files. */
export interface RowsOptions extends LabeledOptions {
  /** Taggers: what start and end of entities count. @default what fits the words of a file better; of rows "utf16" */
  readonly offsets?: OffsetUnit | "auto" | undefined;
  /** Taggers: names of tags that are numbers, the first being that of 0. */
  readonly tagNames?: readonly string[] | undefined;
}

/** What was read. */
export interface ReadSummary {
  /** Files as they were named; `rows` where rows were given. */
  readonly files: readonly string[];
  /** Rows or sentences that are used. */
  readonly used: number;
  readonly read: number;
  readonly rejected: number;
  /** Rows whose label the map drops. */
  readonly dropped: number;
  /** Tags that broke the rules of their scheme; of labeled rows undefined. */
  readonly repaired: number | undefined;
  /** Labels before the map. */
  readonly seen: ReadonlySet<string>;
  /** What the reader should know, a line each. */
  readonly notices: readonly string[];
  /** What was read as the training rows of the head were; undefined where nothing is said of that. */
  readonly remembered?: string | undefined;
}

/** Name of rows that come from no file. */
const ROWS = "rows";

/**
 * Reads labeled rows from files, or takes those that are given.
 *
 * @throws HeadstartError E_USAGE for rows that are none, E_NO_ROWS when there are none, and whatever reading throws
 */
export async function readRows(rows: Rows, options: RowsOptions = {}): Promise<LabeledCorpus> {
  const paths = pathsOf(rows);
  if (paths !== undefined) return readLabeled(paths, options);
  const counts = { ...NO_ROWS };
  const corpus = { counts, notices: [] };
  return collectRows(placed(rows as AsyncIterable<LabeledRow>, { counts, limit: options.limit ?? Infinity }), {
    files: [ROWS],
    map: options.map,
    corpus,
  });
}

async function* placed(
  rows: Iterable<LabeledRow> | AsyncIterable<LabeledRow>,
  { counts, limit }: { readonly counts: { -readonly [K in keyof RowCounts]: RowCounts[K] }; readonly limit: number },
): AsyncGenerator<PlacedRow> {
  for await (const row of rows) {
    if (counts.accepted >= limit) return;
    const line = ++counts.read;
    const { text, label } = (row ?? {}) as Partial<LabeledRow>;
    if (typeof text !== "string") throw wrongRow(line, "text", text);
    const isList = Array.isArray(label) && label.every((one) => typeof one === "string");
    const cell = isList ? labelCell(label) : label;
    if (typeof cell !== "string") throw wrongRow(line, "label", cell);
    if (cell.trim() === "") throw new HeadstartError("E_LABEL_MISSING", `Row ${line} has no label. Give each row one`);
    counts.accepted++;
    yield { file: ROWS, line, text, label: cell };
  }
}

/**
 * Reads tagged sentences from files, or takes those that are given.
 *
 * @param options  `wordRule`: how texts are cut into words; without it the rule that aligns most entities
 * @throws HeadstartError E_USAGE for rows that are none, E_NO_ROWS when there are none, and whatever reading throws
 */
export async function readTaggedRows(
  rows: TaggedRows,
  options: RowsOptions & { readonly wordRule?: WordRule | undefined } = {},
): Promise<TaggedCorpus> {
  const { limit = Infinity, ...reading } = options;
  const paths = pathsOf(rows);
  if (paths !== undefined) return readTagged(paths, { ...reading, limit });
  const raw: RawSentence[] = [];
  for await (const row of rows as AsyncIterable<TaggedRow>) {
    if (raw.length >= limit) break;
    const line = raw.length + 1;
    const read = readRow(row, line, options.tagNames);
    if (!("sentence" in read)) {
      const reason = "fault" in read ? read.fault : read.leftOut;
      throw new HeadstartError("E_USAGE", `Cannot take row ${line}: ${reason}. ${FORM}`);
    }
    raw.push(read.sentence);
  }
  const { map, offsets = "utf16", tagNames, wordRule } = options;
  return { ...taggedCorpus([{ file: ROWS, raw }], { map, offsets, tagNames, wordRule }), rejected: 0 };
}

const FORM = "Give each row a text and entities of start, end and label, or tokens and ner_tags";

/** The paths, where these are paths. @throws HeadstartError E_USAGE for what is neither paths nor rows */
function pathsOf(rows: unknown): readonly string[] | undefined {
  if (typeof rows === "string") return [rows];
  if (Array.isArray(rows) && rows.length > 0 && rows.every((row) => typeof row === "string")) return rows;
  const isIterable =
    typeof rows === "object" && rows !== null && (Symbol.iterator in rows || Symbol.asyncIterator in rows);
  if (isIterable) return undefined;
  throw new HeadstartError("E_USAGE", `Cannot read rows from ${kindOf(rows)}. Give a path, a list of paths, or rows`);
}

/**
 * @throws HeadstartError E_USAGE unless these are texts; a lone string would be taken for its letters
 */
export function checkTexts(texts: readonly string[]): void {
  checkNotOneText(texts);
  if (!Array.isArray(texts)) throw new HeadstartError("E_USAGE", `Expected a list of texts, not ${kindOf(texts)}`);
  const at = texts.findIndex((text) => typeof text !== "string");
  if (at < 0) return;
  throw new HeadstartError(
    "E_USAGE",
    `Expected a list of texts: number ${at + 1} is ${kindOf(texts[at])}. Give strings`,
  );
}

const wrongRow = (line: number, field: string, found: unknown): HeadstartError =>
  new HeadstartError(
    "E_USAGE",
    `Cannot take row ${line}: its ${field} is ${kindOf(found)}, not a string. Give each row a text and a label`,
  );

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`;
}

/** What a labeled corpus is, in numbers. */
export const summaryOfLabeled = (
  { files, texts, counts, dropped, seen, notices }: LabeledCorpus,
  remembered: Remembered,
): ReadSummary => ({
  files,
  used: texts.length,
  read: counts.read,
  rejected: counts.rejected,
  dropped,
  repaired: undefined,
  seen,
  notices: [...notices, ...remembered.notices],
  remembered: remembered.remark,
});

/** What a tagged corpus is, in numbers. */
export const summaryOfTagged = (
  { files, sentences, rejected, repaired, seen, notices }: TaggedCorpus,
  remembered: Remembered,
): ReadSummary => ({
  files,
  used: sentences.length,
  read: sentences.length + rejected,
  rejected,
  dropped: 0,
  repaired,
  seen,
  notices: [...notices, ...remembered.notices],
  remembered: remembered.remark,
});
