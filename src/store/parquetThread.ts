import { parentPort, workerData } from "node:worker_threads";
import { decodeParquet } from "./decodeParquet.js";
import type { Decoded } from "./readParquet.js";
import { withFile } from "./readBytes.js";

/** The thread of `readParquetVectors`: decodes one file, says what came of it, and ends. */
async function main(path: string): Promise<void> {
  try {
    const table = await withFile(path, decodeParquet);
    parentPort?.postMessage({ kind: "table", table } satisfies Decoded, [table.data.buffer as ArrayBuffer]);
  } catch (error) {
    const tripped = error instanceof TypeError || error instanceof RangeError;
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ kind: "failure", message, tripped } satisfies Decoded);
  }
}

await main((workerData as { readonly path: string }).path);
