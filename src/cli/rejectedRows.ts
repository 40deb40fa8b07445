import { dirname } from "node:path";
import type { Rejection } from "../corpus/row.js";
import { commitTogether, ignoringFailure, nodeFiles, openPending, type PendingFile } from "../files/commit.js";
import { writing } from "../files/writeError.js";
import { isOwnCompanion } from "../files/companions.js";
import { rejectedRowsFile } from "./outputPaths.js";
import type { Reporter } from "./progress.js";

/** Rejected rows, gathered for the file that tells of them. */
export interface RejectedRows {
  readonly add: (rejection: Rejection) => void;
  /** From now on keeps on the disk, in this folder, what is too much for the memory. */
  readonly spillTo: (folder: string) => void;
  /** Writes `<output>.rejects.jsonl` if there are any, and says so; else removes one of an earlier run. */
  readonly save: (reporter: Reporter) => Promise<void>;
  /** Removes what was spilled and not saved. */
  readonly discard: () => Promise<void>;
}

/** UTF-16 units of rejected rows that are kept in memory where they can be spilled. */
const SPILL_AT = 2 ** 18;

/** @param output  the file or folder that the rows would have gone to; undefined where it is a pipe */
export function collectRejectedRows(output: string | undefined): RejectedRows {
  let first: Rejection | undefined;
  let count = 0;
  let lines: string[] = [];
  let held = 0;
  let folder: string | undefined;
  let pending: PendingFile | undefined;
  let written: Promise<void> = Promise.resolve();

  const write = (path: string): Promise<void> => {
    const content = lines.join("");
    [lines, held] = [[], 0];
    written = written.then(async () => {
      // The folders above are no more private than the user has them.
      if (pending === undefined) await writing(path, () => nodeFiles.mkdir(dirname(path)));
      pending ??= await openPending(path, { folder, isPrivate: true });
      await pending.write(content);
    });
    written.catch(() => {}); // save() tells
    return written;
  };
  return {
    add(rejection) {
      first ??= rejection;
      count++;
      if (output === undefined) return;
      const line = `${JSON.stringify(rejection)}\n`;
      lines.push(line);
      held += line.length;
      if (folder !== undefined && held >= SPILL_AT) void write(rejectedRowsFile(output));
    },
    spillTo(to) {
      folder = to;
    },
    async save(reporter) {
      if (first === undefined) {
        // That of an output that was here before would be taken for this one's.
        const file = output && rejectedRowsFile(output);
        if (file && (await isOwnCompanion(file, "rejectedRows"))) await ignoringFailure(nodeFiles.unlink(file));
        return;
      }
      const many = count === 1 ? "1 row was rejected" : `${count} rows were rejected`;
      if (output === undefined) {
        reporter.warn(`${many}, the first at ${first.file}:${first.line}: ${first.reason}`);
        return;
      }
      const file = rejectedRowsFile(output);
      await write(file);
      if (pending !== undefined) await commitTogether([pending], { force: true });
      pending = undefined;
      reporter.warn(`${many}; ${file} tells which and why`);
    },
    async discard() {
      await written.catch(() => {});
      await pending?.discard();
      pending = undefined;
    },
  };
}
