/** Unpacks zstd data. */
export function unpackZstd(_data: Uint8Array, _size?: number): Uint8Array {
  throw new Error("it is compressed with zstd, which cannot be read");
}
