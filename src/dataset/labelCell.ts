import { excerpt, HeadstartError } from "../errors.js";
import { parsePythonLiteral } from "../formats/pythonLiteral.js";

/** A label that is given with a probability or a mark counts from here on, as in spaCy's `cats`. */
const LEAST = 0.5;

/**
 * The labels of a cell that is a list (JSON, or Python's own notation), or an object or dict of a number or truth value
 * for each label; undefined for any other cell. An empty list has no labels.
 */
export function listedLabels(cell: string): string[] | undefined {
  const text = cell.trim();
  if (!/^(?:[[({]|set\(\))/.test(text)) return undefined;
  const value = parsed(text);
  if (Array.isArray(value)) return value.every(isScalar) ? labelsOf(value.map(String)) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const marks = [...(value instanceof Map ? (value as Map<string, unknown>) : Object.entries(value))];
  const isMarked = marks.every(([, mark]) => typeof mark === "boolean" || Number.isFinite(numberOf(mark)));
  return isMarked ? labelsOf(marks.filter(([, mark]) => numberOf(mark) >= LEAST).map(([label]) => label)) : undefined;
}

/** Labels of a cell: those of a list; else parted by `separator`, or one without it. A cell of separators alone has none. */
export const labelsIn = (cell: string, separator: string | undefined): string[] =>
  listedLabels(cell) ?? labelsOf(separator === undefined ? [cell] : cell.split(separator));

/** Labels as one cell. */
export const labelCell = (labels: readonly string[]): string => JSON.stringify(labels);

/** Without outer spaces, each once, none that is empty. */
const labelsOf = (items: readonly string[]): string[] => [
  ...new Set(items.map((label) => label.trim()).filter((label) => label !== "")),
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parsePythonLiteral(text);
  }
}

const isScalar = (item: unknown): boolean => ["string", "number", "boolean"].includes(typeof item);

const numberOf = (mark: unknown): number => (mark === null || mark === "" ? Number.NaN : Number(mark));

/**
 * Refuses a cell that begins as a list of labels and is none.
 *
 * @throws HeadstartError E_LABELS
 */
export function refuseBrokenList(cell: string, { file, line }: { readonly file: string; readonly line: number }): void {
  if (!/^\s*(?:\[\s*["'[{]|\{\s*["'])/.test(cell) || listedLabels(cell) !== undefined) return;
  throw new HeadstartError(
    "E_LABELS",
    `Cannot read the labels at ${file}:${line}: "${excerpt(cell)}" begins as a list and is none. ` +
      `Write it as JSON, ["a", "b"], as Python does, ['a', 'b'], or as {"a": 1, "b": 0}`,
    { file, line },
  );
}

/** Whether a label is a list of labels rather than one: not a number in brackets, nor anything in parentheses. */
export const isLabelList = (label: string): boolean =>
  /^\s*[[{]/.test(label) && !/^\s*\[[\d\s.]*\d\]\s*$/.test(label) && listedLabels(label) !== undefined;
