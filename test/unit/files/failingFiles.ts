import { nodeFiles } from "../../../src/files/commit.js";
import type { FileSystem, OpenFile } from "../../../src/files/commit.js";

export interface FailingFiles {
  readonly files: FileSystem;
  /** Those that it saw. */
  readonly calls: string[];
  /** How many files are open. */
  readonly open: () => number;
}

/** A disk that fails with `errno` at its `at`-th call (from 0). */
export function failingFiles(errno: string, at: number): FailingFiles {
  const calls: string[] = [];
  let open = 0;
  const step = (name: string): void => {
    calls.push(name);
    if (calls.length - 1 === at) throw Object.assign(new Error(`${errno}: simulated`), { code: errno });
  };
  const failing = (file: OpenFile): OpenFile => {
    open++;
    return {
      write: async (bytes, position) => {
        step("write");
        await file.write(bytes, position);
      },
      fsync: async () => {
        step("fsync");
        await file.fsync();
      },
      close: async () => {
        open--;
        await file.close();
      },
    };
  };
  const files: FileSystem = {
    open: async (path, mode) => {
      step("open");
      return failing(await nodeFiles.open(path, mode));
    },
    reopen: async (path, bytes) => {
      step("reopen");
      return failing(await nodeFiles.reopen(path, bytes));
    },
    rename: async (from, to) => {
      step("rename");
      await nodeFiles.rename(from, to);
    },
    symlink: async (target, path) => {
      step("symlink");
      await nodeFiles.symlink(target, path);
    },
    // Cleaning up goes on working, as it does on a full disk.
    unlink: nodeFiles.unlink,
    removeFolder: nodeFiles.removeFolder,
    list: nodeFiles.list,
    mkdir: async (path, mode) => {
      step("mkdir");
      await nodeFiles.mkdir(path, mode);
    },
    fsync: async (path) => {
      step("fsync");
      await nodeFiles.fsync(path);
    },
    fsyncDir: async (path) => {
      step("fsyncDir");
      await nodeFiles.fsyncDir(path);
    },
  };
  return { files, calls, open: () => open };
}
