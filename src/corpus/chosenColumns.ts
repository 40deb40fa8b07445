import { excerpt, HeadstartError } from "../errors.js";
import { counted } from "../text/numbers.js";
import { findColumn, listedNames, matchColumns, nearColumn, textColumnNames } from "./columns.js";
import { labelColumns } from "./labelColumns.js";
import type { Table } from "./table.js";

interface Choice {
  readonly file: string;
  readonly textColumn: string | readonly string[];
  /** Whether the user named the column of the texts. */
  readonly textNamed: boolean;
  readonly labelColumn?: string | readonly string[] | undefined;
  /** "column" where there may be no column of labels. */
  readonly unlabeled?: "cells" | "column" | undefined;
  /** Columns to read where the table lacks those. */
  readonly otherwise?: { readonly textColumn?: string; readonly labelColumn?: string } | undefined;
  /** Whether the first record of CSV names the columns. */
  readonly header: boolean;
}

/** The columns of a corpus, and those of the texts and labels among them. */
export interface ChosenColumns {
  readonly columns: readonly string[];
  /** Indices. */
  readonly text: readonly number[];
  readonly labels: readonly number[];
  /** Notices about columns without a name. */
  readonly notices: readonly string[];
}

/**
 * Chooses the columns of a corpus by its first table: all but those behind the last name that have none and are not asked
 * for.
 *
 * @throws HeadstartError E_COLUMN_MISSING, E_COLUMN_AMBIGUOUS
 */
export function chooseColumns({ columns, dialect, unnamed }: Table, choice: Choice): ChosenColumns {
  const { file, textColumn, textNamed, labelColumn, otherwise, header } = choice;
  const namedBy = dialect === undefined ? "format" : header ? "header" : "place";
  const text = textColumnNames(columns, textColumn, otherwise?.textColumn).map((name) =>
    findColumn(columns, name, { file, flag: "--text-column", named: textNamed, namedBy }),
  );
  const labelNames = labelColumn === undefined ? [] : labelColumns(columns, labelColumn, otherwise?.labelColumn);
  const isUnlabeled = choice.unlabeled === "column" && !labelNames.some((name) => isMeant(columns, name, namedBy));
  const labels = (isUnlabeled ? [] : labelNames).map((name) =>
    findColumn(columns, name, { file, flag: "--label-column", named: true, namedBy }),
  );
  const shared = labels.find((label) => text.includes(label));
  if (shared !== undefined) throw oneColumn(file, columns[shared]);
  const asked = new Set([...text, ...labels].map((i) => columns[i]));
  const leftOut = (unnamed?.behind ?? []).filter((name) => !asked.has(name));
  const kept = columns.filter((name) => !leftOut.includes(name));
  const keptAt = (i: number): number => kept.indexOf(columns[i]);
  const notices = unnamedNotices(file, { between: unnamed?.between ?? [], leftOut });
  return { columns: kept, text: text.map(keptAt), labels: labels.map(keptAt), notices };
}

function unnamedNotices(
  file: string,
  { between, leftOut }: { readonly between: readonly string[]; readonly leftOut: readonly string[] },
): readonly string[] {
  const without = (names: readonly string[]): string =>
    `${counted(names.length, "column")} without a name in the header of ${file}`;
  return [
    ...(between.length > 0 ? [`${without(between)}, called by place: ${listedNames(between)}`] : []),
    ...(leftOut.length > 0 ? [`${without(leftOut)}, left out: ${listedNames(leftOut)} by place`] : []),
  ];
}

/** Whether a column has that name, or nearly. */
const isMeant = (columns: readonly string[], name: string, namedBy: "format" | "header" | "place"): boolean =>
  columns.includes(name) || (namedBy !== "place" && nearColumn(columns, name) !== undefined);

function oneColumn(file: string, column: string): HeadstartError {
  const message =
    `Cannot read texts and labels of ${file} from one column, "${excerpt(column)}". ` +
    `Name another one with --label-column`;
  return new HeadstartError("E_COLUMN_AMBIGUOUS", message, { file, line: 1, column });
}

/** Where the columns of a corpus are in one of its tables. */
export interface ColumnPlaces {
  /** For each column of the corpus its index in the table. */
  readonly order: readonly number[];
  /** Indices of the columns without a name that the corpus does not have. */
  readonly leftOut: readonly number[];
}

/** @throws HeadstartError E_CSV_HEADER when the table has other columns */
export function placesOf(columns: readonly string[], { columns: found, unnamed }: Table, file: string): ColumnPlaces {
  const own = new Set(columns);
  const leftOut = new Set((unnamed?.behind ?? []).filter((name) => !own.has(name)));
  if (leftOut.size === 0) return { order: matchColumns(columns, found, file), leftOut: [] };
  const kept = found.filter((name) => !leftOut.has(name));
  return {
    order: matchColumns(columns, kept, file).map((i) => found.indexOf(kept[i])),
    leftOut: found.flatMap((name, i) => (leftOut.has(name) ? [i] : [])),
  };
}
