import type { RowCounts } from "../../corpus/row.js";
import type { Parts } from "../../dataset/splitParts.js";
import { excerpt } from "../../errors.js";
import type { Printed } from "../../files/folderMark.js";
import { shellWord } from "../../text/shell.js";
import { fitted, padLeft, padRight } from "../../report/text/width.js";
import { count, counted } from "../../text/numbers.js";
import type { CorpusFlags } from "../flags/options.js";

/** A part of a corpus as it is written. */
export interface PartRows {
  readonly name: "train" | "dev" | "test";
  /** Indices of its rows. */
  readonly rows: Int32Array;
  /** Its name in the folder, and from here. */
  readonly file: string;
  readonly output: string;
}

interface SplitResult {
  /** Those of every row; undefined where there are none. */
  readonly labels: readonly (readonly string[])[] | undefined;
  readonly parts: Pick<Parts, "duplicates">;
  readonly counts: RowCounts;
  readonly flags: Pick<CorpusFlags, "textColumn" | "labelColumn" | "header" | "delimiter">;
}

/** Labels that are shown, the most frequent first. */
const MOST_LABELS = 20;

/** What a split gave, and what its user should know. */
export function describeSplit(
  written: readonly PartRows[],
  { labels, parts, counts, flags }: SplitResult,
): { readonly printed: Printed; readonly warnings: readonly string[] } {
  const perLabel = labels === undefined ? undefined : countLabels(written, labels);
  const sum = written.map(({ name, rows }) => `${count(rows.length)} ${name}`).join(" + ");
  const remark =
    parts.duplicates === 0
      ? []
      : [`${counted(parts.duplicates, "row")} with the text of another: equal texts are in one file`];
  return {
    printed: {
      json: {
        ...Object.fromEntries(written.map(({ name, rows, output }) => [name, { rows: rows.length, output }])),
        rejected: counts.rejected,
        duplicates: parts.duplicates,
        labels: perLabel === undefined ? null : [...perLabel.keys()],
        perLabel: perLabel === undefined ? null : byName(perLabel),
      },
      lines: [
        `${counted(counts.read, "row")} in = ${sum} + ${count(counts.rejected)} rejected`,
        ...remark,
        ...(perLabel === undefined ? [] : labelTable(written, perLabel)),
        ...(perLabel === undefined ? written.map(({ output }) => output) : next(written, flags)),
      ],
    },
    warnings: perLabel === undefined ? [] : missing(written, perLabel),
  };
}

type LabelParts = Readonly<Partial<Record<PartRows["name"], number>>>;

/** Rows of each label in each part, the most frequent label first. */
function countLabels(
  written: readonly PartRows[],
  labels: readonly (readonly string[])[],
): ReadonlyMap<string, LabelParts> {
  const found = new Map<string, Partial<Record<PartRows["name"], number>>>();
  for (const label of labels.flat()) {
    if (!found.has(label)) found.set(label, Object.fromEntries(written.map(({ name }) => [name, 0])));
  }
  for (const { name, rows } of written) {
    for (const label of Array.from(rows, (r) => labels[r]).flat()) {
      const own = found.get(label)!;
      own[name] = (own[name] ?? 0) + 1;
    }
  }
  const total = (own: LabelParts): number => Object.values(own).reduce((sum, n) => sum + n, 0);
  return new Map([...found].sort(([a, x], [b, y]) => total(y) - total(x) || (a < b ? -1 : 1)));
}

/** Without a prototype `__proto__` is a name like any other. */
function byName(perLabel: ReadonlyMap<string, LabelParts>): Readonly<Record<string, LabelParts>> {
  const named: Record<string, LabelParts> = Object.create(null);
  for (const [label, own] of perLabel) named[label] = own;
  return named;
}

function labelTable(written: readonly PartRows[], perLabel: ReadonlyMap<string, LabelParts>): readonly string[] {
  const shown = [...perLabel].slice(0, MOST_LABELS);
  const line = (name: string, cells: readonly string[]): string =>
    padRight(fitted(name, 30), 32) + cells.map((cell) => padLeft(cell, 9)).join("");
  const more = perLabel.size - shown.length;
  return [
    "",
    line(
      "label",
      written.map(({ name }) => name),
    ),
    ...shown.map(([label, own]) =>
      line(
        label === "" ? "(none)" : label,
        written.map(({ name }) => count(own[name] ?? 0)),
      ),
    ),
    ...(more > 0 ? [`and ${counted(more, "more label")}`] : []),
  ];
}

/** Labels with too few different texts for every part. */
function missing(written: readonly PartRows[], perLabel: ReadonlyMap<string, LabelParts>): readonly string[] {
  return written.flatMap(({ name }) => {
    const without = [...perLabel].filter(([, own]) => own[name] === 0).map(([label]) => `"${excerpt(label)}"`);
    if (without.length === 0) return [];
    const more = without.length > 3 ? ` and ${without.length - 3} more` : "";
    return [`too few different texts for a row in ${name}: ${without.slice(0, 3).join(", ")}${more}`];
  });
}

function next(written: readonly PartRows[], flags: SplitResult["flags"]): readonly string[] {
  const file = (wanted: PartRows["name"]): readonly string[] =>
    written.filter(({ name }) => name === wanted).map(({ output }) => output);
  const dev = file("dev").flatMap((output) => ["--dev", output]);
  const reading = [
    ["--text-column", inHeader(flags.textColumn, flags)],
    ["--label-column", inHeader(flags.labelColumn, flags)],
    ["--delimiter", flags.delimiter === "\t" ? "tab" : flags.delimiter],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const command = (...args: readonly string[]): string => `  headstart ${args.map(shellWord).join(" ")}`;
  return [
    "",
    "Next:",
    command("train", ...file("train"), ...dev, "-o", "head", ...reading),
    command("evaluate", "head", ...file("test"), ...reading),
  ];
}

/** A column as the header of the files calls it, where that of the corpus, which has none, is a number. */
const inHeader = (column: string | undefined, { header }: SplitResult["flags"]): string | undefined =>
  header === false ? column?.replaceAll(/(?<=^|,)\s*(\d+)\s*(?=,|$)/g, "column$1") : column;
