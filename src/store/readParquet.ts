import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { verifyChecksum } from "./checksum.js";
import type { ReadableFile } from "./readBytes.js";
import type { VectorTable } from "./vectorSink.js";

/** What the thread says at its end. */
export type Decoded =
  | { readonly kind: "table"; readonly table: VectorTable }
  | { readonly kind: "failure"; readonly message: string; readonly tripped: boolean };

// By the package's own import map, so that the compiled file is found from the sources as well.
const THREAD_FILE = createRequire(import.meta.url).resolve("#parquet");

/** For a file of no size; a sound one is read at many times this rate. */
const LEAST_MS = 30_000;
const BYTES_A_MS = 256;
/** Lists of numbers take about three times their bytes as JavaScript values, compressed ones more. */
const LEAST_MB = 512;
const MB_A_BYTE = 64 / 2 ** 20;
const MOST_MB = 4096;

/**
 * Reads a Parquet file as `decodeParquet` does, in a thread of its own with bounds on memory and time in proportion to the
 * file: a few wrong bytes can make the decoder fill all memory or go on for hours.
 *
 * @throws Error saying, as a clause, what cannot be read
 */
export async function readParquetVectors(path: string, file: ReadableFile): Promise<VectorTable> {
  await verifyChecksum(file);
  const maxOldGenerationSizeMb = Math.min(MOST_MB, Math.ceil(LEAST_MB + file.size * MB_A_BYTE));
  const thread = new Worker(THREAD_FILE, {
    workerData: { path },
    resourceLimits: { maxOldGenerationSizeMb },
  });
  let late: NodeJS.Timeout | undefined;
  try {
    const decoded = await new Promise<Decoded>((resolve, reject) => {
      thread.on("message", resolve);
      thread.on("error", (error: Error & { readonly code?: string }) => {
        const full = error.code === "ERR_WORKER_OUT_OF_MEMORY";
        reject(full ? new Error(`it is damaged, or needs more than ${maxOldGenerationSizeMb} MB to be read`) : error);
      });
      thread.on("exit", () => reject(new Error("it is damaged: reading it came to no end")));
      late = setTimeout(
        () => reject(new Error("it is damaged: reading it goes on and on")),
        LEAST_MS + file.size / BYTES_A_MS,
      );
    });
    if (decoded.kind === "table") return decoded.table;
    throw decoded.tripped ? new RangeError(decoded.message) : new Error(decoded.message);
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}
