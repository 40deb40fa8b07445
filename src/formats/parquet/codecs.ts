import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { unpackLz4Block } from "../lz4.js";
import { unpackZstd } from "../zstd/unpack.js";

/** How pages are unpacked whose compression hyparquet does not know itself. */
export const codecs: Compressors = {
  GZIP: (page, size) => gunzipSync(page, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (page, size) => brotliDecompressSync(page, { maxOutputLength: Math.max(1, size) }),
  ZSTD: (page, size) => unpackZstd(page, size),
  LZ4_RAW: unpackLz4Block,
  LZ4: hadoopLz4,
};

/** The older LZ4 of Parquet: blocks, each with its sizes before and after, big-endian; or, by some writers, one block. */
function hadoopLz4(page: Uint8Array, size: number): Uint8Array {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at + 8 <= page.length) {
    const [unpacked, packed] = [view.getUint32(at), view.getUint32(at + 4)];
    if (unpacked > size || packed > page.length - at - 8) return unpackLz4Block(page, size);
    parts.push(unpackLz4Block(page.subarray(at + 8, at + 8 + packed), unpacked));
    at += 8 + packed;
  }
  return new Uint8Array(Buffer.concat(parts));
}
