import { createReadStream, fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import { isatty, ReadStream as TerminalInput, WriteStream as TerminalOutput } from "node:tty";

/*
 * The standard streams, opened by the thread that uses them. Node's own belong to the main thread: from another one all
 * passes through that, which waits in a write to a pipe that nobody reads.
 */

/** What stdin is: a terminal, a pipe, a file, or nothing. */
export type StandardInput = Readable & { readonly isTTY?: boolean | undefined };
/** What stdout and stderr are. */
export type StandardOutput = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

export function openStdin(): StandardInput {
  const kind = kindOf(0);
  if (kind === "none") return Readable.from([]);
  if (kind === "terminal") return new TerminalInput(0);
  if (kind === "pipe") return new Socket({ fd: 0, readable: true, writable: false });
  return createReadStream("", { fd: 0, autoClose: false });
}

/** @param fd  1 for stdout, 2 for stderr */
export function openWriter(fd: 1 | 2): StandardOutput {
  const kind = kindOf(fd);
  if (kind === "terminal") return new TerminalOutput(fd);
  if (kind === "pipe") return new Socket({ fd, readable: false, writable: true });
  return fileWriter(fd);
}

/** Node's own writer to a file takes a write that a full disk cut short for a whole one. */
const fileWriter = (fd: number): Writable =>
  new Writable({
    write(chunk: Buffer, _, done) {
      try {
        for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });

function kindOf(fd: number): "terminal" | "pipe" | "file" | "none" {
  if (isatty(fd)) return "terminal";
  try {
    const found = fstatSync(fd);
    return found.isFIFO() || found.isSocket() ? "pipe" : "file";
  } catch {
    return "none"; // closed
  }
}
