import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { fileKind } from "./signature.js";

/**
 * The bytes of a file, unpacked if `packed`; leaving the loop closes it.
 *
 * @param chunkBytes  of a chunk, at most. @default 64 KiB
 * @throws Error as Node does; `gzipFault` knows those of damaged data
 */
export async function* unpackedBytes(
  path: string,
  { packed, chunkBytes = 2 ** 16 }: { readonly packed: boolean; readonly chunkBytes?: number | undefined },
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  // The callback of pipeline() hands an error of either stream to the loop below, and closes both when it is left.
  const stream = packed ? pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => {}) : file;
  for await (const chunk of stream) yield chunk as Buffer;
}

/** Whether the content of a file, whatever its name, is gzip. */
export async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return fileKind(buffer.subarray(0, bytesRead)) === "gzip data";
  } finally {
    await file.close();
  }
}

/** What is wrong with compressed data that could not be unpacked, as a clause; undefined for any other error. */
export function gzipFault(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!code.startsWith("Z_")) return undefined;
  return code === "Z_BUF_ERROR" ? "the compressed data ends too early" : "it is not valid gzip data";
}
