import { RecordBatchReader, type RecordBatch, type Schema } from "apache-arrow";
import { checkData, checkNames } from "./checkData.js";
import { checkFooter, checkMetadata, type ArrowBlock } from "./metadata.js";
import { ARROW_MARK, fileKind } from "../signature.js";

/** Length of the footer and the mark behind it. */
const END_BYTES = 4 + ARROW_MARK.length;

export const isArrowFile = (bytes: Uint8Array): boolean => fileKind(bytes) === "an Arrow file";

interface ArrowFile {
  readonly schema: Schema;
  readonly batches: Iterable<RecordBatch>;
  /** Between the last batch and the footer; undefined without batches. */
  readonly unclaimedBytes: number | undefined;
}

/**
 * Opens an Arrow IPC file, uncompressed, that is in memory. Everything that its footer and messages declare is checked
 * before it is followed, so that a damaged file cannot crash or hang who reads it.
 *
 * @throws Error saying, as a clause, what cannot be read; so do the batches
 */
export function openArrowFile(bytes: Uint8Array): ArrowFile {
  const unclaimedBytes = checkBlocks(bytes);
  const reader = RecordBatchReader.from(bytes).open();
  const { schema } = reader;
  checkNames(schema);
  const batches = function* (): Generator<RecordBatch> {
    for (const batch of reader) {
      checkData(batch.data);
      yield batch;
    }
  };
  return { schema, batches: batches(), unclaimedBytes };
}

/** @returns bytes between the last block and the footer */
function checkBlocks(bytes: Uint8Array): number | undefined {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-END_BYTES);
  const footerBytes = end.length === END_BYTES ? end.readInt32LE(0) : -1;
  const start = bytes.length - END_BYTES - footerBytes;
  if (end.toString("latin1", 4) !== ARROW_MARK || footerBytes <= 0 || start < ARROW_MARK.length) {
    throw new Error("it is damaged or cut off: its end is missing");
  }
  // Blocks that share bytes would make a small file stand for a large one.
  let [taken, last] = [0, 0];
  for (const block of checkFooter(bytes.subarray(start, start + footerBytes))) {
    taken += block.metadataBytes + block.bodyBytes;
    if (taken > start) throw new Error("it is damaged: its footer declares more than it holds");
    checkBlock(bytes.subarray(0, start), block);
    last = Math.max(last, block.start + block.metadataBytes + block.bodyBytes);
  }
  return last === 0 ? undefined : start - last;
}

function checkBlock(bytes: Uint8Array, { start, metadataBytes, bodyBytes }: ArrowBlock): void {
  if (start + metadataBytes + bodyBytes > bytes.length) throw new Error("it is damaged: a batch is not inside of it");
  const block = Buffer.from(bytes.buffer, bytes.byteOffset + start, metadataBytes);
  const prefix = block.length >= 8 && block.readUInt32LE(0) === 0xffffffff ? 8 : 4;
  if (block.length < 8) throw new Error("it is damaged: a batch has no description");
  const length = block.readUInt32LE(prefix - 4);
  if (prefix + length > block.length) throw new Error("it is damaged: a batch has no whole description");
  const header = checkMetadata(block.subarray(prefix, prefix + length));
  if (header.bodyBytes > bodyBytes) throw new Error("it is damaged: a batch is longer than its footer says");
}
