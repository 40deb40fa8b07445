/*
 * LZ4: blocks as Parquet has them, frames as Arrow has them.
 *
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md, .../lz4_Frame_format.md
 */

import { GrowingBytes } from "./growingBytes.js";

const FRAME_MARK = 0x184d2204;
/** The smallest part that a byte of compressed data can stand for is a 255th. */
const MOST_EXPANSION = 255;

const damaged = (): Error => new Error("its LZ4 data is damaged");

/**
 * Unpacks one block.
 *
 * @param size  of what it holds
 * @throws Error saying, as a clause, that it is damaged
 */
export function unpackLz4Block(block: Uint8Array, size: number): Uint8Array {
  const output = new GrowingBytes(size, Math.min(size, MOST_EXPANSION * block.length + 64), damaged);
  unpackBlock(block, output);
  if (output.bytes.length !== size) throw damaged();
  return output.bytes;
}

/** Unpacks one frame. @throws Error saying, as a clause, what is wrong */
export function unpackLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 11 || view.getUint32(0, true) !== FRAME_MARK) throw damaged();
  const flags = frame[4];
  const [hasSize, hasBlockSums, hasDictionary] = [flags & 0x08, flags & 0x10, flags & 0x01];
  if (hasDictionary !== 0) throw new Error("its LZ4 data needs a dictionary, which cannot be read");
  const size = hasSize === 0 ? 4 * frame.length : Number(view.getBigUint64(6, true));
  const output = new GrowingBytes(size, MOST_EXPANSION * frame.length + 64, damaged);
  for (let at = hasSize === 0 ? 7 : 15; ;) {
    if (at + 4 > frame.length) throw damaged();
    const header = view.getUint32(at, true);
    if (header === 0) return output.bytes;
    const length = header & 0x7fffffff;
    const block = frame.subarray(at + 4, at + 4 + length);
    if (block.length < length) throw damaged();
    if (header > 0x7fffffff) output.append(block);
    else unpackBlock(block, output);
    at += 4 + length + (hasBlockSums === 0 ? 0 : 4);
  }
}

/** Sequences of literals and a copy; the last has literals alone. */
function unpackBlock(block: Uint8Array, output: GrowingBytes): void {
  let at = 0;
  const lengthFrom = (start: number): number => {
    let length = start;
    if (start < 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= block.length) throw damaged();
      byte = block[at++];
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length) throw damaged();
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw damaged();
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    output.repeat(distance, lengthFrom(token & 15) + 4);
  }
}
