import { fieldsOf, MOST_LEVELS, NO_OBJECT } from "../../formats/json.js";
import { longIntegers } from "../../formats/longIntegers.js";
import { columnText } from "../columnText.js";
import { FloatRows } from "../floatRows.js";
import { rawLines } from "../../files/readBytes.js";
import type { ReadableFile } from "../../files/readBytes.js";
import { parseStrictJson } from "../../formats/strictJson.js";
import { looksLike, unreadable } from "../sniff.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { VectorTable } from "../sink.js";

/** Columns of a JSON lines file, one list of values a row; int8 scales apart. */
export interface JsonlRows {
  readonly columns: readonly string[];
  readonly values: (string | null)[][];
  /** Scale of each row that has a number `scale`, NaN for the others. */
  readonly scales: number[];
}

/** Reads JSON lines with a `vector` in each row. */
export async function readJsonlVectors(path: string, file: ReadableFile): Promise<VectorTable> {
  let vectors: FloatRows | undefined;
  const rows = await readRows(path, file, (fields, { line, scale }) => {
    const vector: unknown = fields[VECTOR_COLUMN];
    if (!isNumbers(vector)) {
      throw unreadable(path, `line ${line} has no "${VECTOR_COLUMN}" that is a list of numbers`, { line });
    }
    vectors ??= new FloatRows(vector.length);
    try {
      vectors.add(Number.isNaN(scale) ? vector : vector.map((value) => value * scale));
    } catch (error) {
      throw unreadable(path, `line ${line} has ${error instanceof Error ? error.message : "another width"}`, { line });
    }
  });
  return {
    data: vectors?.all() ?? new Float32Array(0),
    width: vectors?.width ?? 0,
    columns: rows.columns,
    values: rows.values,
    metadata: {},
  };
}

/** Reads the JSON lines beside an npy file. */
export const readCompanion = (path: string, file: ReadableFile): Promise<JsonlRows> => readRows(path, file, () => {});

interface RowPlace {
  readonly line: number;
  readonly scale: number;
}

type Visit = (fields: Readonly<Record<string, unknown>>, place: RowPlace) => void;

async function readRows(path: string, file: ReadableFile, visit: Visit): Promise<JsonlRows> {
  const places = new Map<string, number>();
  const rows: JsonlRows = { columns: [], values: [], scales: [] };
  let line = 0;
  for await (const bytes of rawLines(file)) {
    line++;
    const text = bytes.toString("utf8");
    if (text.trim() === "") continue;
    const fields = parseLine(path, bytes, line);
    const scale: unknown = fields[SCALE_COLUMN];
    // What travels along is text, so a scale that is a number is ours.
    const isScale = typeof scale === "number";
    visit(fields, { line, scale: isScale ? Math.fround(scale) : NaN });
    for (const name of namesOf(text, { fields, first: places.size === 0 })) {
      const own = name !== VECTOR_COLUMN && !(isScale && name === SCALE_COLUMN);
      if (own && !places.has(name)) places.set(name, places.size);
    }
    const exact = new Map(longIntegers(fields, text));
    const textOf = (name: string): string | null => columnText(exact.get(name) ?? fields[name]);
    rows.values.push(Array.from(places.keys(), (name) => (Object.hasOwn(fields, name) ? textOf(name) : null)));
    rows.scales.push(isScale ? Math.fround(scale) : NaN);
  }
  // A column that first comes up in a later row is missing in those before.
  for (const row of rows.values) while (row.length < places.size) row.push(null);
  return { ...rows, columns: [...places.keys()] };
}

function parseLine(path: string, bytes: Buffer, line: number): Readonly<Record<string, unknown>> {
  const text = bytes.toString("utf8");
  const fields = fieldsOf(text);
  if (typeof fields !== "string") return fields;
  const found = line === 1 && fields === NO_OBJECT ? `it looks like ${looksLike(bytes)}` : fields;
  throw unreadable(path, `line ${line} cannot be read: ${found}`, { line });
}

/** Names in the order of the text: an object puts names that are numbers first. */
function namesOf(text: string, { fields, first }: { readonly fields: object; readonly first: boolean }): string[] {
  const names = Object.keys(fields);
  if (!first || !names.some((name) => /^\d+$/.test(name))) return names;
  try {
    const ordered = parseStrictJson(text, MOST_LEVELS);
    return ordered instanceof Map ? [...ordered.keys()] : names;
  } catch {
    // Twice the same name: any order will do.
    return names;
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
}
