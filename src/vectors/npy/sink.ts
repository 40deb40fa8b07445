import { bytesOf } from "../byteView.js";
import type { PendingFile } from "../../files/commit.js";
import { companionSink } from "../jsonl/sink.js";
import { encodeNpyHeader } from "./header.js";
import type { ByteTarget, VectorShape, VectorSink } from "../sink.js";

const KINDS = { fp32: "f4", fp16: "f2", int8: "i1" } as const;

/** The file of the other columns beside an npy file: `vectors.npy` has `vectors.jsonl`. */
export const companionPath = (npyPath: string): string => npyPath.replace(/\.npy$/i, ".jsonl");

/**
 * Writes a C-order npy matrix `[rows, width]`, and beside it JSON lines of the other columns (int8: and the scales).
 *
 * The row count in the header is filled in at the end.
 */
export async function npySink(
  file: PendingFile,
  shape: VectorShape,
  { companion }: { readonly companion: ByteTarget },
): Promise<VectorSink> {
  const columns = companionSink(companion, shape);
  const kind = KINDS[shape.store];
  let rows = 0;
  await file.write(encodeNpyHeader(kind, 0, shape.width));
  return {
    append: async (group) => {
      await file.write(bytesOf(group.vectors.values));
      await columns.append(group);
      rows += group.rows;
    },
    finish: () => file.patch(encodeNpyHeader(kind, rows, shape.width), 0),
  };
}
