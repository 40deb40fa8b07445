import { createRequire } from "node:module";
import { BoundedProcess } from "../../formats/boundedProcess.js";
import { verifyChecksum } from "../../formats/checksum.js";
import type { ReadableFile } from "../../files/readBytes.js";
import type { VectorTable } from "../sink.js";

/** What the process says at its end. */
export type Decoded =
  | { readonly kind: "table"; readonly table: VectorTable }
  | { readonly kind: "failure"; readonly message: string; readonly tripped: boolean };

// By the package's own import map, so that the compiled file is found from the sources as well.
const PROCESS_FILE = createRequire(import.meta.url).resolve("#parquet");

/**
 * Reads a Parquet file as `decodeParquet` does, in a `BoundedProcess`.
 *
 * @throws Error saying, as a clause, what cannot be read
 */
export async function readParquetVectors(path: string, file: ReadableFile): Promise<VectorTable> {
  const checked = await verifyChecksum(file);
  const child = new BoundedProcess(PROCESS_FILE, [path, checked ? "checked" : "unchecked"], file.size);
  try {
    const decoded = (await child.reply()) as Decoded;
    // What came is a view of the whole message, unaligned for all one knows; a copy lets that go.
    if (decoded.kind === "table") return { ...decoded.table, data: decoded.table.data.slice() };
    throw decoded.tripped ? new RangeError(decoded.message) : new Error(decoded.message);
  } finally {
    child.kill();
  }
}
