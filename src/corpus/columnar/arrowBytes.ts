import { HeadstartError } from "../../errors.js";
import { openForReading } from "../../files/readBytes.js";
import { arrowFileBytes } from "../../formats/arrow/file.js";
import type { ByteRanges } from "../../formats/checksum.js";
import { ARROW_MARK, fileKind } from "../../formats/signature.js";
import type { Source } from "../source.js";

/** An Arrow file that comes through a pipe or is compressed is held in memory: its end says where everything is. */
const MOST_HELD = 2 ** 30;

/**
 * The bytes of Arrow IPC, be it a stream or a file, as a stream; leaving the loop closes the source.
 *
 * @throws Error saying, as a clause, what cannot be read; HeadstartError E_MEMORY for an Arrow file from a pipe that is
 * too large
 */
export async function* arrowBytes({ file, rereadable, bytes }: Source): AsyncGenerator<Uint8Array> {
  if (!rereadable || /\.gz$/i.test(file)) return yield* inOrder(bytes(), file);
  const opened = await openForReading(file);
  try {
    yield* await arrowFileBytes(opened);
  } finally {
    await opened.close();
  }
}

async function* inOrder(source: AsyncGenerator<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let [size, isFile]: [number, boolean | undefined] = [0, undefined];
  for await (const chunk of source) {
    held.push(chunk);
    size += chunk.length;
    if (size < ARROW_MARK.length) continue;
    isFile ??= fileKind(start(held)) === "an Arrow file";
    if (!isFile) yield* held.splice(0);
    else if (size > MOST_HELD) throw tooLarge(file);
  }
  if (held.length > 0 || size === 0) yield* await arrowFileBytes(inMemory(Buffer.concat(held)));
}

const start = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks[0].length >= ARROW_MARK.length ? chunks[0] : Buffer.concat(chunks.slice(0, ARROW_MARK.length));

const inMemory = (bytes: Uint8Array): ByteRanges => ({
  size: bytes.length,
  bytes: async (from, to) => Uint8Array.from(bytes.subarray(from, to)),
});

function tooLarge(file: string): HeadstartError {
  const name = file === "-" ? "the pipe" : file;
  const message =
    `Cannot read ${name}: it is an Arrow file of more than ${MOST_HELD} bytes, which has to be read from its end. ` +
    `Save it uncompressed and name it, or write an Arrow stream`;
  return new HeadstartError("E_MEMORY", message, { file });
}
