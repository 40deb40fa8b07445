/** The memory of numbers, not a copy: little-endian on every machine that Node runs on for us. */
export function bytesOf(values: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
