import { gzipFault, isGzip, unpackedBytes } from "../../formats/gzip.js";
import { HeadstartError, messageOf } from "../../errors.js";

const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file, unpacked where its content (not its name) is gzip; leaving the loop closes it.
 *
 * @throws HeadstartError E_ENCODER_INVALID when it cannot be read or its compressed data is damaged
 */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  const packed = await isGzip(path);
  try {
    yield* unpackedBytes(path, { packed, chunkBytes: CHUNK_BYTES });
  } catch (cause) {
    const found = gzipFault(cause) ?? messageOf(cause);
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
  for await (const chunk of fileBytes(path)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks);
}
