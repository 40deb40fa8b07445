import { join } from "node:path";
import { crc32c } from "./crc32c.js";
import { nodeFiles, type FileSystem } from "../../files/fileSystem.js";
import { writing } from "../../files/writeError.js";

/** A TensorBoard event file that grows during a run; each value is written to the disk as it comes. */
export interface EventFile {
  readonly path: string;
  /** Adds one value of a curve. */
  scalar(tag: string, value: number, at: { readonly step: number; readonly milliseconds: number }): void;
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
  append(concat(timed(milliseconds), text(3, "brain.Event:2")));
  return {
    path,
    scalar: (tag, value, { step, milliseconds: now }) =>
      append(concat(timed(now), whole(2, step), nested(5, nested(1, concat(text(1, tag), single(2, value)))))),
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

/* The few kinds of Protocol Buffers fields that an event has. */

const timed = (milliseconds: number): Uint8Array => {
  const field = Buffer.alloc(9);
  field[0] = (1 << 3) | 1;
  field.writeDoubleLE(milliseconds / 1000, 1);
  return field;
};

const single = (field: number, value: number): Uint8Array => {
  const result = Buffer.alloc(5);
  result[0] = (field << 3) | 5;
  result.writeFloatLE(value, 1);
  return result;
};

const whole = (field: number, value: number): Uint8Array => Uint8Array.of(field << 3, ...varint(value));

const nested = (field: number, bytes: Uint8Array): Uint8Array =>
  concat(Uint8Array.of((field << 3) | 2, ...varint(bytes.length)), bytes);

const text = (field: number, value: string): Uint8Array => nested(field, Buffer.from(value, "utf8"));

function varint(value: number): number[] {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
