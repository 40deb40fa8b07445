import { excerpt, HeadstartError, nearestName } from "../errors.js";

const MOST_NAMES_SHOWN = 20;

/** Names of the columns of a table that has no header. */
export const numberedColumns = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `column${i + 1}`);

export interface NamedColumns {
  readonly columns: readonly string[];
  readonly unnamed: UnnamedColumns;
}

/** The columns that a header has no name for, as they are called instead. */
export interface UnnamedColumns {
  /** Those before one that has a name. */
  readonly between: readonly string[];
  /** Those behind the last one that has a name. */
  readonly behind: readonly string[];
}

/**
 * The columns of a CSV header: one without a name is called `column3` or so by its place, but for the first (row numbers,
 * as data frames write them).
 *
 * @throws HeadstartError E_CSV_HEADER when a name stands there twice
 */
export function nameColumns(
  header: readonly string[],
  { file, line }: { readonly file: string; readonly line: number },
): NamedColumns {
  const isNamed = (name: string, i: number): boolean => i === 0 || name.trim() !== "";
  const taken = new Set(header);
  const columns = header.map((name, i) => {
    if (isNamed(name, i)) return name;
    let own = `column${i + 1}`;
    while (taken.has(own)) own += "_";
    return own;
  });
  const advice = looksLikeRow(header) ? NO_HEADER : "Rename one of the two";
  checkHeader(columns, file, line, advice);
  const end = header.findLastIndex(isNamed) + 1;
  const between = columns.slice(0, end).filter((_, i) => !isNamed(header[i], i));
  return { columns, unnamed: { between, behind: columns.slice(end) } };
}

/**
 * Checks the names in a header: none stands there twice, and none is empty but perhaps the first.
 *
 * @throws HeadstartError E_CSV_HEADER
 */
export function checkHeader(
  columns: readonly string[],
  file: string,
  line: number,
  advice = "Rename one of the two",
): void {
  const refuse = (found: string, whatToDo: string): never => {
    const message = `Cannot read the columns of ${file}: ${found}. ${whatToDo}`;
    throw new HeadstartError("E_CSV_HEADER", message, { file, line });
  };
  const seen = new Set<string>();
  for (const [i, column] of columns.entries()) {
    if (column === "" && i > 0) refuse(`column ${i + 1} of ${columns.length} has no name`, "Name it, or take it out");
    if (seen.has(column)) refuse(`${quoted(column)} stands in the header twice`, advice);
    seen.add(column);
  }
}

/** The column to read: `wanted`, or the one to read otherwise where it alone is there. */
export const presentColumn = (columns: readonly string[], wanted: string, otherwise: string | undefined): string =>
  otherwise !== undefined && !columns.includes(wanted) && columns.includes(otherwise) ? otherwise : wanted;

interface WantedColumn {
  readonly file: string;
  /** Flag that names the column. */
  readonly flag: "--text-column" | "--label-column";
  /** True when the user chose the name, so that another column of nearly the same name does not compete with it. */
  readonly named: boolean;
  /** What the columns have their names from: the first line of a CSV file, their places, or the format itself. */
  readonly namedBy: "header" | "place" | "format";
}

/**
 * The names that stand in a list with commas, or the whole where a column is called like it; the one to read otherwise where
 * they are not all there and it is.
 */
export function textColumnNames(
  columns: readonly string[],
  wanted: string | readonly string[],
  otherwise?: string,
): readonly string[] {
  const names = namesIn(columns, wanted);
  const isOther =
    otherwise !== undefined && columns.includes(otherwise) && !names.every((one) => columns.includes(one));
  return isOther ? [otherwise] : names;
}

function namesIn(columns: readonly string[], wanted: string | readonly string[]): readonly string[] {
  if (typeof wanted !== "string") return wanted;
  if (columns.includes(wanted) || !wanted.includes(",")) return [wanted];
  return wanted.split(",").map((name) => (columns.includes(name) ? name : name.trim()));
}

/** The text of a row that has parts of it in several columns: those that are not blank, a line each. */
export const joinTexts = (parts: readonly (string | null | undefined)[]): string =>
  parts.length === 1 ? (parts[0] ?? "") : parts.filter((part) => part?.trim()).join("\n");

/**
 * Index of the column called `wanted`, exactly: no spaces are trimmed and case counts. Where columns are named by their
 * places, their numbers are names too, from 1 on.
 *
 * @throws HeadstartError E_COLUMN_MISSING with the nearest name, or E_COLUMN_AMBIGUOUS when more than one column has the
 * name but for case and spaces, unless the user named one of them
 */
export function findColumn(columns: readonly string[], wanted: string, options: WantedColumn): number {
  const { file, flag, named, namedBy } = options;
  if (namedBy === "place") return numberedColumn(columns, wanted, options);
  const index = columns.indexOf(wanted);
  if (index >= 0 && named) return index;
  const place = { file, line: 1, column: wanted };
  const alike = columns.filter((column) => folded(column) === folded(wanted));
  if (alike.length > 1) {
    throw new HeadstartError(
      "E_COLUMN_AMBIGUOUS",
      `Cannot choose column "${wanted}" of ${file}: the header has ${listedNames(alike)}. Name one of them with ${flag}`,
      place,
    );
  }
  if (index >= 0) return index;
  const nearest = nearColumn(columns, wanted) ?? otherThanLabel(columns, flag);
  throw new HeadstartError(
    "E_COLUMN_MISSING",
    `Cannot read column "${excerpt(wanted)}" from ${file}: the header has ${listedNames(columns)}. ` +
      (nearest === undefined ? "" : `Did you mean ${quoted(nearest)}? `) +
      `Name it with ${flag}${namedBy === "header" ? otherwiseRead(columns, file) : ""}`,
    place,
  );
}

/** The column of nearly that name, in case and spaces or in a few letters. */
export const nearColumn = (columns: readonly string[], wanted: string): string | undefined =>
  columns.find((column) => folded(column) === folded(wanted)) ?? nearestName(wanted, columns.slice(0, 1000));

function numberedColumn(columns: readonly string[], wanted: string, { file, flag, named }: WantedColumn): number {
  const index = /^\d+$/.test(wanted) ? Number(wanted) - 1 : columns.indexOf(wanted);
  if (index >= 0 && index < columns.length) return index;
  if (!named && flag === "--text-column" && columns.length === 1) return 0;
  const many = columns.length === 1 ? "1 column" : `${columns.length} columns`;
  const what = flag === "--text-column" ? "texts" : "labels";
  const found = named ? ` from column "${excerpt(wanted)}"` : "";
  throw new HeadstartError(
    "E_COLUMN_MISSING",
    `Cannot read the ${what} of ${file}${found}: it is read without a header and has ${many}. ` +
      `Give the number of the column, such as ${flag} ${columns.length > 1 && what === "texts" ? 2 : 1}`,
    { file, line: 1, column: wanted },
  );
}

const NO_HEADER = "If the first line is a row, read the file with --no-header";

/** How else a header might be meant that lacks a column. */
function otherwiseRead(header: readonly string[], file: string): string {
  const isPipeOfOne = file === "-" && header.length === 1;
  if (looksLikeRow(header) && !isPipeOfOne) return `. ${NO_HEADER}`;
  const separators = header.length === 1 && !looksLikeRow(header) && /[^\p{L}\p{N}\s_"'.()-]/u.test(header[0]);
  if (separators) return ". If another character stands between the columns, name it with --delimiter";
  return isPipeOfOne ? ". If each line of the pipe is a text, read it with --from txt" : "";
}

/** Whether what stands in a header is hardly the name of a column: a number, a sentence. */
const looksLikeRow = (header: readonly string[]): boolean =>
  header.some((name) => /^[+-]?[\d.,]+$|[.!?]\s*$|(?:\S+\s+){3}\S/.test(name) || name.length > LONGEST_LIKELY_NAME);

const LONGEST_LIKELY_NAME = 60;

/** In a table of two columns, one of them "label", the other one is the text. */
function otherThanLabel(columns: readonly string[], flag: WantedColumn["flag"]): string | undefined {
  if (flag === "--label-column" || columns.length !== 2) return undefined;
  const others = columns.filter((column) => folded(column) !== "label");
  return others.length === 1 ? others[0] : undefined;
}

/** For each of `columns` its index in `found`, which must have the same names in any order. */
export function matchColumns(columns: readonly string[], found: readonly string[], file: string): readonly number[] {
  const indices = new Map(found.map((name, i) => [name, i]));
  const missing = columns.filter((name) => !indices.has(name));
  const wanted = new Set(columns);
  const added = found.filter((name) => !wanted.has(name));
  if (missing.length > 0 || added.length > 0) {
    const differences = [
      ...(missing.length > 0 ? [`lacks ${listedNames(missing)}`] : []),
      ...(added.length > 0 ? [`has ${listedNames(added)} besides`] : []),
    ].join(" and ");
    throw new HeadstartError(
      "E_CSV_HEADER",
      `Cannot read ${file} with the files before it: it ${differences}. Give all files the same columns, in any order`,
      { file, line: 1 },
    );
  }
  return columns.map((name) => indices.get(name) ?? -1);
}

const folded = (name: string): string => name.trim().normalize("NFC").toLowerCase();

const quoted = (name: string): string => `"${excerpt(name)}"`;

export function listedNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES_SHOWN).map(quoted).join(", ");
  return names.length > MOST_NAMES_SHOWN ? `${shown} and ${names.length - MOST_NAMES_SHOWN} more` : shown;
}
