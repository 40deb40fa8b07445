import { crc32 } from "node:zlib";
import { ARROW_MARK, PARQUET_MARK } from "./signature.js";

/*
 * Parquet and Arrow files carry a checksum of all their other bytes right before the footer, where readers of either
 * format never look. Both formats are full of offsets and counts: on a damaged one, decoders can run for hours before
 * they notice.
 *
 *   24 bytes: "HSCHECK1", length of the file (u64), crc32 of the file without these 24 bytes (u32), crc32 of the 20
 *   bytes before (u32)
 */
const MARK = "HSCHECK1";
export const CHECK_BYTES = 24;
/** So much of the end is searched where the footer does not say its length right. */
const SEARCHED = 2 ** 22;
const CHUNK = 2 ** 22;

/** A file of which any bytes can be read. */
export interface ByteRanges {
  readonly size: number;
  /** Bytes [start, end), fewer where the file ends before. */
  bytes(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Who wrote a Parquet file of ours, as it says itself; who copies it says something else. */
export const CREATED_BY = "headstart";

/** Passes bytes on and keeps the checksum of what it passed. */
interface CheckedTarget {
  write(bytes: Uint8Array): Promise<void>;
  /** Writes the checksum, then the footer, which ends the file. */
  end(footer: Uint8Array): Promise<void>;
}

export function checkedTarget(target: { write(bytes: Uint8Array): Promise<void> }): CheckedTarget {
  let [crc, size] = [0, 0];
  return {
    write: async (bytes) => {
      crc = crc32(bytes, crc);
      size += bytes.length;
      await target.write(bytes);
    },
    end: async (footer) => {
      await target.write(encodeCheck(size + CHECK_BYTES + footer.length, crc32(footer, crc)));
      await target.write(footer);
    },
  };
}

function encodeCheck(size: number, crc: number): Buffer {
  const check = Buffer.alloc(CHECK_BYTES);
  check.write(MARK, 0, "latin1");
  check.writeBigUInt64LE(BigInt(size), 8);
  check.writeUInt32LE(crc, 16);
  check.writeUInt32LE(crc32(check.subarray(0, 20)), 20);
  return check;
}

/**
 * Compares a file with the checksum in it.
 *
 * @returns whether there is one: another program's file has none, and one of ours may have lost it
 * @throws Error saying, as a clause, that the file is damaged
 */
export async function verifyChecksum(file: ByteRanges): Promise<boolean> {
  const from = Math.max(0, Math.min(file.size - SEARCHED, await expectedAt(file)));
  const tail = Buffer.from(await file.bytes(from, file.size));
  const found = tail.lastIndexOf(MARK, undefined, "latin1");
  if (found === -1) return false;
  const check = tail.subarray(found, found + CHECK_BYTES);
  const whole = check.length === CHECK_BYTES && crc32(check.subarray(0, 20)) === check.readUInt32LE(20);
  if (!whole) throw new Error("its checksum is damaged");
  const size = Number(check.readBigUInt64LE(8));
  if (size !== file.size) throw new Error(`it has ${file.size} bytes where ${size} were written`);
  const before = await crcOf(file, { start: 0, end: from + found });
  const crc = crc32(tail.subarray(found + CHECK_BYTES), before);
  if (crc !== check.readUInt32LE(16)) throw new Error("it is damaged: its bytes do not match their checksum");
  return true;
}

/** The error for a file that we wrote, by all else that it says, in which no checksum is found. */
export const checksumLost = (): Error => new Error("it is damaged: the checksum that was written with it is missing");

/** Where the checksum stands by the length that a footer has at its end; the end of the file where it has none. */
async function expectedAt(file: ByteRanges): Promise<number> {
  const end = Buffer.from(await file.bytes(Math.max(0, file.size - 10), file.size));
  for (const mark of [PARQUET_MARK, ARROW_MARK]) {
    const lengthAt = end.length - mark.length - 4;
    if (lengthAt < 0 || end.toString("latin1", lengthAt + 4) !== mark) continue;
    const start = file.size - mark.length - 4 - end.readUInt32LE(lengthAt);
    if (start >= CHECK_BYTES) return start - CHECK_BYTES;
  }
  return file.size;
}

async function crcOf(file: ByteRanges, range: { readonly start: number; readonly end: number }): Promise<number> {
  let crc = 0;
  for (let at = range.start; at < range.end; at += CHUNK) {
    crc = crc32(await file.bytes(at, Math.min(range.end, at + CHUNK)), crc);
  }
  return crc;
}
