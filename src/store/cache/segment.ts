import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { HeadstartError } from "../../errors.js";
import { bytesOf } from "../../vectors/byteView.js";
import type { ReadableFile } from "../../files/readBytes.js";
import { errnoOf } from "../../files/writeError.js";
import { sha256Bytes } from "../../files/contentHash.js";

/*
 * A segment holds vectors by the sha256 of their text:
 *
 *   header   64 bytes: "HSVECTOR", version, width (u32), sha256 of the fingerprint, 12 bytes of zeros, crc32 of these
 *   records  rows times: key (32 bytes), vector (width float32), crc32 of both
 *   keys     the keys again, so that opening a segment need not read the vectors
 *   footer   16 bytes: rows (u32), crc32 of the keys, "HSSEALED"
 *
 * Numbers are little-endian. A segment that was not sealed has neither keys nor footer.
 */
const MAGIC = "HSVECTOR";
const SEAL = "HSSEALED";
const VERSION = 1;
const HEADER_BYTES = 64;
const FOOTER_BYTES = 16;
const KEY_BYTES = 32;
/** Of a vector of `width` in a sealed segment. */
export const bytesOfRow = (width: number): number => recordBytes(width) + KEY_BYTES;
/** Rows after which a segment is sealed; a file with more is not one of ours. */
export const SEGMENT_ROWS = 16_384;

/** What all segments of one cache have in common. */
export interface SegmentKind {
  readonly fingerprint: string;
  readonly width: number;
}

/** A vector under the key of its text. */
export interface CacheRecord {
  readonly key: string;
  readonly vector: Float32Array;
}

/** The key of a text, as 32 latin1 characters, one for each byte of its sha256. */
export const textKey = (text: string): string => sha256Bytes(text).toString("latin1");

const recordBytes = (width: number): number => KEY_BYTES + 4 * width + 4;

export function encodeHeader({ fingerprint, width }: SegmentKind): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, "latin1");
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(width, 12);
  sha256Bytes(fingerprint).copy(header, 16);
  header.writeUInt32LE(crc32(header.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return header;
}

export function encodeVector(key: string, vector: Float32Array): Buffer {
  const record = Buffer.alloc(recordBytes(vector.length));
  record.write(key, 0, "latin1");
  record.set(bytesOf(vector), KEY_BYTES);
  record.writeUInt32LE(crc32(record.subarray(0, record.length - 4)), record.length - 4);
  return record;
}

/** Keys and footer, in the order of the records. */
export function encodeSeal(keys: readonly string[]): Buffer {
  const seal = Buffer.alloc(keys.length * KEY_BYTES + FOOTER_BYTES);
  keys.forEach((key, i) => seal.write(key, i * KEY_BYTES, "latin1"));
  const at = keys.length * KEY_BYTES;
  seal.writeUInt32LE(keys.length, at);
  seal.writeUInt32LE(crc32(seal.subarray(0, at)), at + 4);
  seal.write(SEAL, at + 8, "latin1");
  return seal;
}

/**
 * The keys of a sealed segment, in the order of its records.
 *
 * @throws HeadstartError E_CACHE_INVALID when its header, length, keys or footer are not what was written
 */
export async function readSealedKeys(path: string, file: ReadableFile, kind: SegmentKind): Promise<string[]> {
  const header = Buffer.from(await file.bytes(0, HEADER_BYTES));
  checkHeader(path, header, kind);
  const footer = Buffer.from(await file.bytes(Math.max(0, file.size - FOOTER_BYTES), file.size));
  const sealed = footer.length === FOOTER_BYTES && footer.toString("latin1", 8) === SEAL;
  if (!sealed) throw invalidSegment(path, "its end is missing");
  const rows = footer.readUInt32LE(0);
  if (rows > SEGMENT_ROWS) throw invalidSegment(path, `it declares ${rows} rows, more than ${SEGMENT_ROWS}`);
  const size = HEADER_BYTES + rows * (recordBytes(kind.width) + KEY_BYTES) + FOOTER_BYTES;
  if (file.size !== size) throw invalidSegment(path, `it has ${file.size} bytes where its ${rows} rows take ${size}`);
  const start = file.size - FOOTER_BYTES - rows * KEY_BYTES;
  const keys = Buffer.from(await file.bytes(start, file.size - FOOTER_BYTES));
  if (crc32(keys) !== footer.readUInt32LE(4)) throw invalidSegment(path, "its keys do not match their checksum");
  return Array.from({ length: rows }, (_, i) => keys.toString("latin1", i * KEY_BYTES, (i + 1) * KEY_BYTES));
}

/** Vectors in a sealed segment, as its last bytes say; undefined where they do not, or the length is another. */
export async function segmentRows(file: ReadableFile): Promise<number | undefined> {
  if (file.size < HEADER_BYTES + FOOTER_BYTES) return undefined;
  const width = Buffer.from(await file.bytes(0, HEADER_BYTES)).readUInt32LE(12);
  const footer = Buffer.from(await file.bytes(file.size - FOOTER_BYTES, file.size));
  const rows = footer.readUInt32LE(0);
  const size = HEADER_BYTES + rows * (recordBytes(width) + KEY_BYTES) + FOOTER_BYTES;
  return footer.toString("latin1", 8) === SEAL && file.size === size ? rows : undefined;
}

/** Whole records of a segment that was never sealed, up to the first that is torn; none where the header is not ours. */
export async function salvageRecords(file: ReadableFile, kind: SegmentKind): Promise<CacheRecord[]> {
  const bytes = Buffer.from(await file.bytes(0, file.size));
  if (!bytes.subarray(0, HEADER_BYTES).equals(encodeHeader(kind))) return [];
  const size = recordBytes(kind.width);
  const records: CacheRecord[] = [];
  for (let at = HEADER_BYTES; at + size <= bytes.length; at += size) {
    const record = bytes.subarray(at, at + size);
    if (crc32(record.subarray(0, size - 4)) !== record.readUInt32LE(size - 4)) break;
    records.push({ key: record.toString("latin1", 0, KEY_BYTES), vector: vectorOf(record) });
  }
  return records;
}

/** Of the records that are read at once where one follows another, as they do in a run over the same texts. */
const BYTES_TOGETHER = 64 * 1024;

/**
 * Reads single vectors of a sealed segment; keeps it open until `close`.
 *
 * @throws Error with code ENOENT when the segment was removed
 * @throws HeadstartError E_CACHE_INVALID when a record does not match its checksum or has another key
 */
export class SegmentReader {
  readonly path: string;
  readonly #size: number;
  readonly #records: Buffer;
  readonly #handle: number;
  /** Of the first record in `#records`, and how many bytes were read there. */
  #first = 0;
  #got = 0;
  #last = -1;

  constructor(path: string, width: number) {
    this.path = path;
    this.#size = recordBytes(width);
    this.#records = Buffer.alloc(Math.max(1, Math.floor(BYTES_TOGETHER / this.#size)) * this.#size);
    try {
      this.#handle = openSync(path, "r");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") throw error;
      throw invalidSegment(path, `it cannot be opened any more (${errnoOf(error) ?? String(error)})`);
    }
  }

  /** The vector of record `index`, which must have `key`; a fresh array. */
  read(index: number, key: string): Float32Array {
    const size = this.#size;
    const record = this.#recordAt(index);
    if (record.length !== size || crc32(record.subarray(0, size - 4)) !== record.readUInt32LE(size - 4)) {
      throw invalidSegment(this.path, `its vector ${index + 1} does not match its checksum`);
    }
    if (record.toString("latin1", 0, KEY_BYTES) !== key)
      throw invalidSegment(this.path, `its vector ${index + 1} has another key`);
    return vectorOf(record);
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** A view that holds until the next record is asked for; shorter where the file ends. */
  #recordAt(index: number): Buffer {
    const size = this.#size;
    const end = (index + 1 - this.#first) * size;
    if (index < this.#first || end > this.#got) {
      const length = index === this.#last + 1 ? this.#records.length : size;
      this.#got = readSync(this.#handle, this.#records, 0, length, HEADER_BYTES + index * size);
      this.#first = index;
    }
    this.#last = index;
    const start = (index - this.#first) * size;
    return this.#records.subarray(start, Math.min(start + size, this.#got));
  }
}

function vectorOf({ buffer, byteOffset, length }: Buffer): Float32Array {
  return new Float32Array(buffer.slice(byteOffset + KEY_BYTES, byteOffset + length - 4));
}

function checkHeader(path: string, header: Buffer, kind: SegmentKind): void {
  const whole = header.length === HEADER_BYTES && header.toString("latin1", 0, 8) === MAGIC;
  if (!whole) throw invalidSegment(path, "it does not start as a cache file does");
  if (header.readUInt32LE(HEADER_BYTES - 4) !== crc32(header.subarray(0, HEADER_BYTES - 4))) {
    throw invalidSegment(path, "its header does not match its checksum");
  }
  if (header.readUInt32LE(8) !== VERSION)
    throw invalidSegment(path, `it has version ${header.readUInt32LE(8)}, not ${VERSION}`);
  if (header.readUInt32LE(12) !== kind.width) {
    throw invalidSegment(
      path,
      `its vectors have width ${header.readUInt32LE(12)}, those of this encoder ${kind.width}`,
    );
  }
  if (!header.equals(encodeHeader(kind))) throw invalidSegment(path, "its vectors are of another encoder");
}

/** The error for a cache file that is not as it was written; everything in it can be computed again. */
export function invalidSegment(path: string, found: string): HeadstartError {
  return new HeadstartError(
    "E_CACHE_INVALID",
    `Cannot use the cache file ${path}: ${found}. Delete this file; its texts are then embedded again`,
    { file: path },
  );
}
