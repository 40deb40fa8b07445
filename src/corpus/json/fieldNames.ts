import { textColumnNames } from "../columns.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";

/** Fields that become columns where not every object has them; objects with ever new names must not fill the memory. */
const MOST_LATER_COLUMNS = 1000;

type Fields = Readonly<Record<string, unknown>>;

/** Names of the fields of JSON objects, in the order in which they come up. */
export class FieldNames {
  readonly #columns = new Set<string>();
  readonly #vectors = new Set<string>();
  #texts = 0;

  /** Fields that are columns. */
  get columns(): readonly string[] {
    return [...this.#columns];
  }

  /** Fields with the vectors of an earlier embedding, which do not travel along. */
  get vectors(): readonly string[] {
    return [...this.#vectors];
  }

  /** Objects so far that have a text. */
  get texts(): number {
    return this.#texts;
  }

  /** Adds the fields of one object. */
  add(fields: Fields, textColumn: string | readonly string[]): void {
    const first = this.#columns.size === 0;
    if (first && isVector(fields[VECTOR_COLUMN])) this.#addVectors(fields);
    for (const name in fields) {
      if (this.#columns.has(name) || this.#vectors.has(name)) continue;
      if (first || this.#columns.size < MOST_LATER_COLUMNS) this.#columns.add(name);
    }
    if (hasText(fields, textColumn)) this.#texts++;
  }

  #addVectors(fields: Fields): void {
    this.#vectors.add(VECTOR_COLUMN);
    const isScaled = (fields[VECTOR_COLUMN] as readonly number[]).every(Number.isInteger);
    if (isScaled && typeof fields[SCALE_COLUMN] === "number") this.#vectors.add(SCALE_COLUMN);
  }
}

/** Names of the fields that the text of an object may be in. */
export function textFields(fields: Fields, wanted: string | readonly string[]): readonly string[] {
  // Most names are no lists, and need no look at the other fields.
  if (typeof wanted === "string" && !wanted.includes(",")) return [wanted];
  return textColumnNames(Object.keys(fields), wanted);
}

/** Whether an object has a text, so that it is a row. */
export const hasText = (fields: Fields, wanted: string | readonly string[]): boolean =>
  textFields(fields, wanted).some((name) => typeof fields[name] === "string" || typeof fields[name] === "number");

const isVector = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
