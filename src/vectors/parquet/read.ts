import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";
import { verifyChecksum } from "../../formats/checksum.js";
import type { ReadableFile } from "../../files/readBytes.js";
import type { VectorTable } from "../sink.js";

/** What the process says at its end. */
export type Decoded =
  | { readonly kind: "table"; readonly table: VectorTable }
  | { readonly kind: "failure"; readonly message: string; readonly tripped: boolean };

// By the package's own import map, so that the compiled file is found from the sources as well.
const PROCESS_FILE = createRequire(import.meta.url).resolve("#parquet");

/** For a file of no size; a sound one is read at many times this rate. */
const LEAST_MS = 30_000;
const BYTES_A_MS = 256;
/** Lists of numbers take about three times their bytes as JavaScript values, compressed ones more. */
const LEAST_MB = 512;
const MB_A_BYTE = 64 / 2 ** 20;
const MOST_MB = 4096;

/**
 * Reads a Parquet file as `decodeParquet` does, in a process of its own with bounds on memory and time in proportion to
 * the file: a few wrong bytes can make the decoder fill all memory, which ends the whole process, or go on for hours.
 *
 * @throws Error saying, as a clause, what cannot be read
 */
export async function readParquetVectors(path: string, file: ReadableFile): Promise<VectorTable> {
  const checked = await verifyChecksum(file);
  const megabytes = Math.min(MOST_MB, Math.ceil(LEAST_MB + file.size * MB_A_BYTE));
  const child = fork(PROCESS_FILE, [path, checked ? "checked" : "unchecked"], {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${megabytes}`],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const end = new AbortController();
  try {
    const decoded = await Promise.race([
      once(child, "message", end).then(([message]) => message as Decoded),
      once(child, "exit", end).then(() => {
        throw new Error(`it is damaged, or needs more than ${megabytes} MB to be read`);
      }),
      setTimeout(LEAST_MS + file.size / BYTES_A_MS, undefined, end).then(() => {
        throw new Error("it is damaged: reading it goes on and on");
      }),
    ]);
    // What came is a view of the whole message, unaligned for all one knows; a copy lets that go.
    if (decoded.kind === "table") return { ...decoded.table, data: decoded.table.data.slice() };
    throw decoded.tripped ? new RangeError(decoded.message) : new Error(decoded.message);
  } finally {
    end.abort();
    child.kill("SIGKILL");
  }
}
