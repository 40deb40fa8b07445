import { open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/** A file open for reading. */
export interface ReadableFile {
  readonly size: number;
  /** Bytes [start, end), fewer where the file ends before. */
  bytes(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens a file; the caller closes it. */
export async function openForReading(path: string): Promise<ReadableFile & { close(): Promise<void> }> {
  // Before it is opened: opening a pipe waits for whoever writes to it.
  if (!(await stat(path)).isFile()) throw Object.assign(new Error("not a file"), { code: "EISDIR" });
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return {
      size,
      bytes: (start, end) => readRange(handle, start, Math.min(end, size)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a file, hands it to `use`, and closes it whatever happens. */
export async function withFile<T>(path: string, use: (file: ReadableFile) => Promise<T>): Promise<T> {
  const file = await openForReading(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) return bytes.slice(0, done);
    done += bytesRead;
  }
  return bytes;
}

/** Lines of a file as bytes, without their line feed; memory is bounded by the longest line. */
export async function* rawLines(file: ReadableFile): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for (let start = 0; start < file.size; start += CHUNK) {
    const chunk = Buffer.from((await file.bytes(start, start + CHUNK)).buffer);
    let from = 0;
    for (let feed = chunk.indexOf(10); feed !== -1; feed = chunk.indexOf(10, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, feed)]);
      rest = [];
      from = feed + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

const CHUNK = 2 ** 20;
