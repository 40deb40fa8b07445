import { excerpt, HeadstartError, nearestName } from "../errors.js";

const MOST_NAMES_SHOWN = 20;

/**
 * Checks the names in a header: none stands there twice, and none is empty but perhaps the first (row numbers, as data
 * frames write them).
 *
 * @throws HeadstartError E_CSV_HEADER
 */
export function checkHeader(columns: readonly string[], file: string, line: number): void {
  const refuse = (found: string, advice: string): never => {
    const message = `Cannot read the columns of ${file}: ${found}. ${advice}`;
    throw new HeadstartError("E_CSV_HEADER", message, { file, line });
  };
  const seen = new Set<string>();
  for (const [i, column] of columns.entries()) {
    if (column === "" && i > 0) refuse(`column ${i + 1} of ${columns.length} has no name`, "Name it, or take it out");
    if (seen.has(column)) refuse(`${quoted(column)} stands in the header twice`, "Rename one of the two");
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
}

/**
 * Index of the column called `wanted`, exactly: no spaces are trimmed and case counts.
 *
 * @throws HeadstartError E_COLUMN_MISSING with the nearest name, or E_COLUMN_AMBIGUOUS when more than one column has the
 * name but for case and spaces, unless the user named one of them
 */
export function findColumn(columns: readonly string[], wanted: string, options: WantedColumn): number {
  const { file, flag, named } = options;
  const index = columns.indexOf(wanted);
  if (index >= 0 && named) return index;
  const place = { file, line: 1, column: wanted };
  const alike = columns.filter((column) => folded(column) === folded(wanted));
  if (alike.length > 1) {
    throw new HeadstartError(
      "E_COLUMN_AMBIGUOUS",
      `Cannot choose column "${wanted}" of ${file}: the header has ${listed(alike)}. Name one of them with ${flag}`,
      place,
    );
  }
  if (index >= 0) return index;
  const nearest = alike[0] ?? nearestName(wanted, columns.slice(0, 1000)) ?? otherThanLabel(columns, flag);
  throw new HeadstartError(
    "E_COLUMN_MISSING",
    `Cannot read column "${excerpt(wanted)}" from ${file}: the header has ${listed(columns)}. ` +
      (nearest === undefined ? "" : `Did you mean ${quoted(nearest)}? `) +
      `Name it with ${flag}`,
    place,
  );
}

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
      ...(missing.length > 0 ? [`lacks ${listed(missing)}`] : []),
      ...(added.length > 0 ? [`has ${listed(added)} besides`] : []),
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

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES_SHOWN).map(quoted).join(", ");
  return names.length > MOST_NAMES_SHOWN ? `${shown} and ${names.length - MOST_NAMES_SHOWN} more` : shown;
}
