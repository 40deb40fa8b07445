import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { HeadstartError } from "../../errors.js";

const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file, unpacked where its content (not its name) is gzip; leaving the loop closes it.
 *
 * @throws HeadstartError E_ENCODER_INVALID when it cannot be read or its compressed data is damaged
 */
export async function* unpackedBytes(path: string): AsyncGenerator<Buffer> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // The callback of pipeline() hands an error of either stream to the loop below, and closes both when it is left.
  const stream = packed ? pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : file;
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const found = packed ? `its compressed data is damaged or cut (${reason})` : reason;
    throw new HeadstartError("E_ENCODER_INVALID", `Cannot read ${path}: ${found}. Fetch the file again`, {
      file: path,
      cause,
    });
  }
}

/** At least the first `most` bytes of a file, unpacked; fewer where it has no more. */
export async function firstBytes(path: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpackedBytes(path)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}
