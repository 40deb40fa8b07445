import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { nodeFiles, type FileSystem } from "../../files/fileSystem.js";
import { writing } from "../../files/writeError.js";

/** Of a value on a curve. */
interface Moment {
  readonly step: number;
  /** Since 1970. */
  readonly milliseconds: number;
}

/** A TensorBoard event file that grows during a run; each value is written to the disk as it comes. */
export interface EventFile {
  readonly path: string;
  /** Adds one value of a curve. */
  scalar(tag: string, value: number, at: Moment): void;
  /** @throws HeadstartError E_OUTPUT_WRITE when any value could not be written */
  close(): Promise<void>;
}

/**
 * Creates an event file in `folder`, which is created if it is missing, beside those of other runs.
 *
 * Unlike other outputs it appears under its final name at once, because TensorBoard reads it while it grows; a record
 * that a crash cut short is skipped by its checksum.
 *
 * @param milliseconds  now, since 1970
 * @throws HeadstartError E_OUTPUT_WRITE
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export async function openEventFile(
  folder: string,
  { milliseconds, files = nodeFiles }: { readonly milliseconds: number; readonly files?: FileSystem | undefined },
): Promise<EventFile> {
  const path = join(folder, `events.out.tfevents.${Math.floor(milliseconds / 1000)}.headstart.${milliseconds % 1000}`);
  await writing(path, () => files.mkdir(folder));
  const file = await writing(path, () => files.open(path));
  let position = 0;
  let last: Promise<void> = Promise.resolve();
  const append = (event: Uint8Array): void => {
    const record = framed(event);
    const at = position;
    position += record.length;
    last = last.then(() => writing(path, () => file.write(record, at)));
    // Reported by close(); until then a failed write is no unhandled rejection.
    last.catch(() => {});
  };
  append(versionEvent(milliseconds));
  return {
    path,
    scalar: (tag, value, at) => append(scalarEvent(tag, value, at)),
    close: async () => {
      try {
        await last;
        await writing(path, () => file.fsync());
      } finally {
        await file.close();
      }
    },
  };
}

/** Length, its checksum, the bytes, their checksum. @see TensorFlow's TFRecord format */
function framed(bytes: Uint8Array): Uint8Array {
  const result = Buffer.alloc(bytes.length + 16);
  result.writeBigUInt64LE(BigInt(bytes.length), 0);
  result.writeUInt32LE(masked(crc32c(result.subarray(0, 8))), 8);
  result.set(bytes, 12);
  result.writeUInt32LE(masked(crc32c(bytes)), 12 + bytes.length);
  return result;
}

/** Rotated and shifted, so that checksums of data that hold checksums stay good. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/*
 * Of event.proto and summary.proto:
 *
 *   Event          double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5;
 *   Summary        repeated Value value = 1;
 *   Summary.Value  string tag = 1; float simple_value = 2;
 */

const timed = (milliseconds: number): BinaryWriter =>
  new BinaryWriter().tag(1, WireType.Bit64).double(milliseconds / 1000);

const versionEvent = (milliseconds: number): Uint8Array =>
  timed(milliseconds).tag(3, WireType.LengthDelimited).string("brain.Event:2").finish();

function scalarEvent(tag: string, value: number, { step, milliseconds }: Moment): Uint8Array {
  const event = timed(milliseconds).tag(2, WireType.Varint).int64(step);
  const summary = event.tag(5, WireType.LengthDelimited).fork();
  const one = summary.tag(1, WireType.LengthDelimited).fork();
  one.tag(1, WireType.LengthDelimited).string(tag);
  one.tag(2, WireType.Bit32).float(Math.fround(value)); // infinite beyond float32, which float() alone refuses
  return one.join().join().finish();
}

const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli) of `bytes`, as an unsigned number. @see RFC 3720, appendix B.4 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
