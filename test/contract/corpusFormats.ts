/** Labeled rows and tagged sentences in every format that is read, as bytes. */

import { gzipSync } from "node:zlib";
import { Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import type { CorpusOptions } from "../../src/corpus/corpus.js";
import type { CorpusFormat } from "../../src/corpus/source.js";
import type { ErrorCode } from "../../src/errors.js";

export interface LabeledText {
  readonly text: string;
  readonly label: string;
}

/** How text is laid out: nothing of it changes the rows. */
export interface Layout {
  readonly eol?: string;
  readonly mark?: string;
}

export interface Format<Row> {
  readonly name: string;
  /** Of its files. */
  readonly ending: string;
  /** What it is called where the ending does not say it, as on a pipe. */
  readonly from: CorpusFormat;
  readonly isText: boolean;
  /** What it is read with beside its ending. */
  readonly options?: CorpusOptions;
  /** Whether a row is a line, so that no value holds a line end. */
  readonly isOfLines?: boolean;
  /** Rows as bytes; `bad` is one that cannot be read. */
  readonly encode: (rows: readonly (Row | "bad")[], layout?: Layout) => Buffer;
  /** 1-based line of the i-th row, where none before it has line ends. */
  readonly lineOf: (i: number) => number;
  /** What the file without any byte is refused with, and a bad row. */
  readonly codes: { readonly empty: ErrorCode; readonly bad: ErrorCode };
  /** Whether bad rows can be left out. */
  readonly skips: boolean;
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const text = (lines: readonly string[], { eol = "\n", mark = "" }: Layout = {}): Buffer =>
  Buffer.from(mark + lines.map((line) => line + eol).join(""));

const delimited = (
  from: "csv" | "tsv",
  delimiter: string,
  how: Pick<Format<LabeledText>, "name" | "options" | "isOfLines"> = { name: from },
): Format<LabeledText> => ({
  ...how,
  ending: from,
  from,
  isText: true,
  encode: (rows, layout) =>
    text(
      [
        ["label", "id", "text"],
        ...rows.map((row, i) =>
          row === "bad" ? ["one", "two", "three", "four"] : [quoted(row.label), `${i}`, quoted(row.text)],
        ),
      ].map((cells) => cells.join(delimiter)),
      layout,
    ),
  lineOf: (i) => i + 2,
  codes: { empty: "E_CSV_HEADER", bad: "E_CSV_FIELDS" },
  skips: true,
});

const LABELED: readonly Format<LabeledText>[] = [
  delimited("csv", ","),
  delimited("tsv", "\t", { name: "tsv", isOfLines: true }),
  delimited("tsv", "\t", { name: "tsv with quotes", options: { quote: '"' } }),
  {
    name: "jsonl",
    ending: "jsonl",
    from: "jsonl",
    isText: true,
    encode: (rows, layout) =>
      text(
        rows.map((row, i) =>
          row === "bad" ? '{"text":' : JSON.stringify({ label: row.label, id: i, text: row.text }),
        ),
        layout,
      ),
    lineOf: (i) => i + 1,
    codes: { empty: "E_JSONL", bad: "E_JSONL" },
    skips: true,
  },
  {
    name: "arrow",
    ending: "arrow",
    from: "arrow",
    isText: false,
    encode: (rows) => {
      const column = (of: (row: LabeledText | "bad", i: number) => string | null) =>
        vectorFromArray(rows.map(of), new Utf8());
      const columns = {
        label: column((row) => (row === "bad" ? "bad" : row.label)),
        id: column((_, i) => `${i}`),
        text: column((row) => (row === "bad" ? null : row.text)),
      };
      return Buffer.from(tableToIPC(new Table(columns), "stream"));
    },
    lineOf: (i) => i + 1,
    codes: { empty: "E_ARROW", bad: "E_ARROW" },
    skips: true,
  },
];

/** Words with tags in IOB2. */
export interface TaggedWords {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

const TAGGED: readonly Format<TaggedWords>[] = [
  {
    name: "conll",
    ending: "conll",
    from: "conll",
    isText: true,
    // One line for each sentence of `lineOf` is its first word's, so all have one word and a blank line.
    encode: (rows, layout) =>
      text(
        rows.flatMap((row) =>
          row === "bad" ? ["alone", ""] : [...row.words.map((word, i) => `${word}\tNN\t${row.tags[i]}`), ""],
        ),
        layout,
      ),
    lineOf: (i) => 2 * i + 1,
    codes: { empty: "E_NO_ROWS", bad: "E_CONLL" },
    skips: true,
  },
  {
    name: "jsonl of tokens",
    ending: "jsonl",
    from: "jsonl",
    isText: true,
    encode: (rows, layout) =>
      text(
        rows.map((row) =>
          row === "bad" ? '{"tokens":["a"]}' : JSON.stringify({ tokens: row.words, ner_tags: row.tags }),
        ),
        layout,
      ),
    lineOf: (i) => i + 1,
    codes: { empty: "E_NO_ROWS", bad: "E_JSONL" },
    skips: true,
  },
  {
    name: "jsonl of entities",
    ending: "jsonl",
    from: "jsonl",
    isText: true,
    encode: (rows, layout) =>
      text(
        rows.map((row) => JSON.stringify(row === "bad" ? { text: 7 } : spanned(row))),
        layout,
      ),
    lineOf: (i) => i + 1,
    codes: { empty: "E_NO_ROWS", bad: "E_JSONL" },
    skips: true,
  },
];

function spanned({ words, tags }: TaggedWords): object {
  const starts = words.map((_, i) => words.slice(0, i).join(" ").length + (i === 0 ? 0 : 1));
  const entities = tags.flatMap((tag, i) => {
    if (!tag.startsWith("B-")) return [];
    let last = i;
    while (tags[last + 1]?.startsWith("I-")) last++;
    return [{ start: starts[i], end: starts[last] + words[last].length, label: tag.slice(2) }];
  });
  return { text: words.join(" "), entities };
}

const packed = <Row>(format: Format<Row>): Format<Row> => ({
  ...format,
  name: `${format.name}, gzipped`,
  ending: `${format.ending}.gz`,
  encode: (rows, layout) => gzipSync(format.encode(rows, layout)),
});

/** Each format as it is, and gzipped. */
export const LABELED_FORMATS = LABELED.flatMap((format) => [format, packed(format)]);
export const TAGGED_FORMATS = TAGGED.flatMap((format) => [format, packed(format)]);
