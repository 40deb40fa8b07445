import { floatText } from "./floatText.js";
import type { StoredVectors } from "./storedVectors.js";
import { HALVES } from "../tensors/half.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "./vectorSink.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "./vectorSink.js";

/** Rows joined to one string before they are written; bounds memory, whatever the width. */
const ROWS_A_WRITE = 256;

/**
 * Writes JSON lines: one object a row with the columns that travel along, for int8 a number `scale`, then `vector`. The
 * numbers are the shortest decimals that read back as the same float32.
 */
export function jsonlSink(file: ByteTarget, shape: VectorShape): VectorSink {
  return {
    append: (group) =>
      writeLines(file, group.rows, (r) =>
        rowText({ group, shape, r, vector: vectorText(group.vectors, shape.width, r) }),
      ),
    finish: async () => {},
  };
}

/** As `jsonlSink`, but without the vectors: the columns beside an npy file, and the int8 scales. */
export function companionSink(file: ByteTarget, shape: VectorShape): VectorSink {
  return {
    append: (group) => writeLines(file, group.rows, (r) => rowText({ group, shape, r })),
    finish: async () => {},
  };
}

async function writeLines(file: ByteTarget, rows: number, line: (r: number) => string): Promise<void> {
  for (let start = 0; start < rows; start += ROWS_A_WRITE) {
    const lines: string[] = [];
    for (let r = start; r < Math.min(rows, start + ROWS_A_WRITE); r++) lines.push(line(r));
    await file.write(Buffer.from(`${lines.join("\n")}\n`, "utf8"));
  }
}

interface RowParts {
  readonly group: VectorGroup;
  readonly shape: VectorShape;
  readonly r: number;
  /** JSON of the vector, or none. */
  readonly vector?: string;
}

/** Text put together by hand: an object would reorder columns named by numbers and lose one named `__proto__`. */
function rowText({ group, shape, r, vector }: RowParts): string {
  const fields = shape.columns.map((name, c) => `${JSON.stringify(name)}:${JSON.stringify(group.values[r][c])}`);
  if (group.vectors.kind === "int8") fields.push(`"${SCALE_COLUMN}":${floatText(group.vectors.scales[r])}`);
  if (vector !== undefined) fields.push(`"${VECTOR_COLUMN}":${vector}`);
  return `{${fields.join(",")}}`;
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
