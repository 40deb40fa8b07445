import { fstatSync, writeSync } from "node:fs";
import { Writable } from "node:stream";

/**
 * A stream to an open file, such as stdout may be one; undefined where `fd` is none. Node's own takes a write that a full
 * disk cut short for a whole one.
 */
export function fileStream(fd: number): Writable | undefined {
  if (!isFile(fd)) return undefined;
  return new Writable({
    write(chunk: Buffer, _, done) {
      try {
        for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
