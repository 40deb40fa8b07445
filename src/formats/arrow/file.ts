import { CHECK_BYTES, checksumLost, verifyChecksum, type ByteRanges } from "../checksum.js";
import { ARROW_MARK, fileKind } from "../signature.js";
import { END_MARK } from "./messages.js";
import { checkFooter, checkMetadata, type ArrowBlock, type ArrowFooter } from "./metadata.js";

/** Length of the footer and the mark behind it. */
const END_BYTES = 4 + ARROW_MARK.length;
const CONTINUATION = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** Of a stream that lies in a file, read at a time. */
const CHUNK = 2 ** 20;

/**
 * The bytes of Arrow IPC that lies in a file, as a stream, read when they are asked for. A file with a footer is read by
 * that: some writers have nothing before it that could be read in order. What the footer declares is checked before it is
 * followed, and so is the checksum where there is one.
 *
 * @throws Error saying, as a clause, what cannot be read; so do the bytes
 */
export async function arrowFileBytes(file: ByteRanges): Promise<AsyncGenerator<Uint8Array>> {
  const checked = await verifyChecksum(file);
  if (fileKind(await file.bytes(0, ARROW_MARK.length)) !== "an Arrow file") return chunksOf(file);
  return fileAsStream(file, { checked });
}

async function* chunksOf(file: ByteRanges): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += CHUNK) yield await file.bytes(at, at + CHUNK);
}

async function fileAsStream(
  file: ByteRanges,
  { checked }: { readonly checked: boolean },
): Promise<AsyncGenerator<Uint8Array>> {
  const end = Buffer.from(await file.bytes(Math.max(0, file.size - END_BYTES), file.size));
  const footerBytes = end.length === END_BYTES ? end.readInt32LE(0) : -1;
  const start = file.size - END_BYTES - footerBytes;
  if (end.toString("latin1", 4) !== ARROW_MARK || footerBytes <= 0 || start < ARROW_MARK.length) {
    throw new Error("it is damaged or cut off: its end is missing");
  }
  const footer = await file.bytes(start, start + footerBytes);
  const found = checkFooter(footer);
  // Blocks that share bytes would make a small file stand for a large one.
  let [taken, last] = [0, 0];
  for (const block of found.blocks) {
    taken += block.metadataBytes + block.bodyBytes;
    if (taken > start) throw new Error("it is damaged: its footer declares more than it holds");
    last = Math.max(last, block.start + block.metadataBytes + block.bodyBytes);
  }
  if (last > start) throw new Error("it is damaged: a batch is not inside of it");
  // A file of ours has nothing between but these two.
  if (!checked && start - last === END_MARK.length + CHECK_BYTES) throw checksumLost();
  return streamOf(file, footer, found);
}

async function* streamOf(file: ByteRanges, footer: Uint8Array, found: ArrowFooter): AsyncGenerator<Uint8Array> {
  yield schemaMessage(footer, found);
  for (const block of found.blocks) yield await blockBytes(file, block);
  yield END_MARK;
}

/**
 * The message that a stream starts with: a table of four fields in front of the footer, whose schema it points to.
 *
 *   0 root, 4 fields of the table (12 bytes), 16 table: 20 where the schema lies, 24 version, 26 kind of the message
 */
function schemaMessage(footer: Uint8Array, { version, schemaAt }: ArrowFooter): Uint8Array {
  const table = Buffer.alloc(32);
  table.writeUInt32LE(16, 0);
  [12, 12, 8, 10, 4, 0].forEach((value, i) => table.writeUInt16LE(value, 4 + 2 * i));
  table.writeInt32LE(12, 16);
  table.writeUInt32LE(table.length + schemaAt - 20, 20);
  table.writeInt16LE(version, 24);
  table.writeUInt8(1, 26);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(table.length + footer.length);
  return Buffer.concat([CONTINUATION, length, table, footer]);
}

/** The bytes of a block as they stand in a stream, where padding would be read as a message. */
async function blockBytes(file: ByteRanges, { start, metadataBytes, bodyBytes }: ArrowBlock): Promise<Uint8Array> {
  const block = Buffer.from((await file.bytes(start, start + metadataBytes + bodyBytes)).buffer);
  const prefix = metadataBytes >= 8 && block.readUInt32LE(0) === 0xffffffff ? 8 : 4;
  if (metadataBytes < 8) throw new Error("it is damaged: a batch has no description");
  const length = block.readUInt32LE(prefix - 4);
  if (prefix + length > metadataBytes) throw new Error("it is damaged: a batch has no whole description");
  const header = checkMetadata(block.subarray(prefix, prefix + length));
  if (header.bodyBytes > bodyBytes) throw new Error("it is damaged: a batch is longer than its footer says");
  const body = block.subarray(metadataBytes, metadataBytes + header.bodyBytes);
  return prefix + length === metadataBytes && header.bodyBytes === bodyBytes
    ? block
    : Buffer.concat([block.subarray(0, prefix + length), body]);
}
