import { csvLine } from "./csvText.js";
import { vectorText } from "./jsonlSink.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "./vectorSink.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "./vectorSink.js";

/** Rows joined to one string before they are written; bounds memory, whatever the width. */
const ROWS_A_WRITE = 256;

/**
 * Writes CSV: the columns that travel along, for int8 a column `scale`, then `vector` as the JSON of a list. A missing
 * value is an empty field, as CSV has no other way to say so.
 */
export async function csvSink(target: ByteTarget, shape: VectorShape): Promise<VectorSink> {
  await target.write(csvLine([...shape.columns, ...(shape.store === "int8" ? [SCALE_COLUMN] : []), VECTOR_COLUMN]));
  return {
    append: async (group) => {
      for (let start = 0; start < group.rows; start += ROWS_A_WRITE) {
        const end = Math.min(group.rows, start + ROWS_A_WRITE);
        const lines = Array.from({ length: end - start }, (_, i) => rowText(group, shape, start + i));
        await target.write(lines.join(""));
      }
    },
    finish: async () => {},
  };
}

function rowText({ vectors, values }: VectorGroup, { width }: VectorShape, r: number): string {
  const scale = vectors.kind === "int8" ? [vectors.scales[r]] : [];
  return csvLine([...values[r], ...scale, vectorText(vectors, width, r)]);
}
