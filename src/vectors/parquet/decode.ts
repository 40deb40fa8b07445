import type { SchemaTree } from "hyparquet";
import { openParquet } from "../../formats/parquet/open.js";
import { columnText } from "../columnText.js";
import { FloatRows } from "../floatRows.js";
import type { ReadableFile } from "../../files/readBytes.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { VectorTable } from "../sink.js";

/**
 * Reads a Parquet file with a column `vector` of lists of numbers; all other columns come as text.
 *
 * @param options.checked  whether a checksum was found in the file; one that we wrote has to have it
 * @throws Error saying, as a clause, what cannot be read; whatever hyparquet throws on a damaged file
 */
export async function decodeParquet(
  file: ReadableFile,
  { checked }: { readonly checked: boolean },
): Promise<VectorTable> {
  const { metadata, columns: tree, rows } = await openParquet(file, { checked });
  const scaled = isScaled(tree);
  const names = tree.map(({ element }) => element.name);
  if (!names.includes(VECTOR_COLUMN)) throw new Error(`it has no column "${VECTOR_COLUMN}", only ${list(names)}`);
  const columns = names.filter((name) => name !== VECTOR_COLUMN && !(scaled && name === SCALE_COLUMN));
  const wanted = [...columns, ...(scaled ? [SCALE_COLUMN] : []), VECTOR_COLUMN];
  const values: (string | null)[][] = [];
  let vectors: FloatRows | undefined;
  for await (const group of rows(wanted, {})) {
    for (const row of group) {
      const vector = numbers(row[row.length - 1], values.length + 1);
      vectors ??= new FloatRows(vector.length);
      vectors.add(scaled ? vector.map((value) => value * Number(row[columns.length])) : vector);
      values.push(row.slice(0, columns.length).map(columnText));
    }
  }
  return {
    data: vectors?.all() ?? new Float32Array(0),
    width: vectors?.width ?? 0,
    columns,
    values,
    metadata: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""])),
  };
}

/** int8 lists with a FLOAT `scale` beside them are ours. */
function isScaled(tree: readonly SchemaTree[]): boolean {
  const scale = tree.find(({ element }) => element.name === SCALE_COLUMN)?.element;
  let leaf = tree.find(({ element }) => element.name === VECTOR_COLUMN);
  while (leaf !== undefined && leaf.children.length > 0) leaf = leaf.children[0];
  return scale?.type === "FLOAT" && leaf?.element.converted_type === "INT_8";
}

function numbers(value: unknown, row: number): number[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
  if (!isList) throw new Error(`its "${VECTOR_COLUMN}" of row ${row} is no list of numbers`);
  return value;
}

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
