import { CompressionType, compressionRegistry } from "apache-arrow";
import { unpackLz4Frame } from "../lz4.js";
import { unpackZstd } from "../zstd/unpack.js";

/** Each compressed buffer starts with its length when unpacked. */
export const LENGTH_BYTES = 8;
/** How many bytes one of compressed data may stand for, where a bound of any kind is needed. */
export const MOST_EXPANSION = 255;

/** Lets batches be read whose buffers are compressed. */
export function registerCodecs(): void {
  if (compressionRegistry.get(CompressionType.ZSTD) !== null) return;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => unpackZstd(data) });
}
