/** Unpacks zstd data. */
export function unpackZstd(_data: Uint8Array): Uint8Array {
  throw new Error("it is compressed with zstd, which cannot be read");
}
