import { floatText } from "./floatText.js";
import type { StoredVectors } from "../storedVectors.js";
import { HALVES } from "../../formats/half.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "../sink.js";
import { writeLines } from "./writeLines.js";

/**
 * Writes JSON lines: one object a row with the columns that travel along, for int8 a number `scale`, then `vector`. The
 * numbers are the shortest decimals that read back as the same float32.
 */
export function jsonlSink(target: ByteTarget, shape: VectorShape): VectorSink {
  return lineSink(target, shape, (group, r) => [`"${VECTOR_COLUMN}":${vectorText(group.vectors, shape.width, r)}`]);
}

/** As `jsonlSink`, but without the vectors: the columns beside an npy file, and the int8 scales. */
export function companionSink(target: ByteTarget, shape: VectorShape): VectorSink {
  return lineSink(target, shape, () => []);
}

/** @param more  fields of row r behind its columns */
function lineSink(
  target: ByteTarget,
  { columns }: VectorShape,
  more: (group: VectorGroup, r: number) => readonly string[],
): VectorSink {
  const names = columns.map((name) => JSON.stringify(name));
  // Put together by hand: an object would reorder columns named by numbers and lose one named `__proto__`.
  const line = (group: VectorGroup, r: number): string => {
    const fields = names.map((name, c) => `${name}:${group.json[r]?.[c] ?? JSON.stringify(group.values[r][c])}`);
    if (group.vectors.kind === "int8") fields.push(`"${SCALE_COLUMN}":${floatText(group.vectors.scales[r])}`);
    return `{${[...fields, ...more(group, r)].join(",")}}\n`;
  };
  return {
    append: (group) => writeLines(target, group.rows, (r) => line(group, r)),
    finish: async () => {},
  };
}

/** JSON of vector `r`: for int8 its whole numbers, else the shortest decimals that read back as the same float32. */
export function vectorText(vectors: StoredVectors, width: number, r: number): string {
  const numbers: string[] = [];
  for (let i = r * width; i < (r + 1) * width; i++) {
    if (vectors.kind === "int8") numbers.push(String(vectors.values[i]));
    else numbers.push(floatText(vectors.kind === "fp16" ? HALVES[vectors.values[i]] : vectors.values[i]));
  }
  return `[${numbers.join(",")}]`;
}
