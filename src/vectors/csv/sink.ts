import { csvLine } from "../../formats/csv.js";
import { vectorText } from "../jsonl/sink.js";
import { SCALE_COLUMN, VECTOR_COLUMN } from "../../formats/vectorColumns.js";
import type { ByteTarget, VectorGroup, VectorShape, VectorSink } from "../sink.js";
import { writeLines } from "../jsonl/writeLines.js";

/**
 * Writes CSV: the columns that travel along, for int8 a column `scale`, then `vector` as the JSON of a list. A missing
 * value is an empty field, as CSV has no other way to say so.
 */
export async function csvSink(target: ByteTarget, shape: VectorShape): Promise<VectorSink> {
  const scale = shape.store === "int8" ? [SCALE_COLUMN] : [];
  await target.write(csvLine([...shape.columns, ...scale, VECTOR_COLUMN]));
  return {
    append: (group) => writeLines(target, group.rows, (r) => rowText(group, shape.width, r)),
    finish: async () => {},
  };
}

function rowText({ vectors, values }: VectorGroup, width: number, r: number): string {
  const scale = vectors.kind === "int8" ? [vectors.scales[r]] : [];
  return csvLine([...values[r], ...scale, vectorText(vectors, width, r)]);
}
