import { mkdir, open, readdir, rename, rm, symlink, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./writeError.js";
import { isFolder } from "./exists.js";

/** A file open for writing. */
export interface OpenFile {
  /** Writes all of `bytes` at byte `position`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Returns once everything written so far has reached the disk. */
  fsync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every change of a disk goes through these calls, so that a test can make each of them fail.
 *
 * Calls fail as Node's do: with an `Error` that carries `code`, such as `ENOSPC`.
 */
export interface FileSystem {
  /** Creates `path` for writing; fails with `EEXIST` where there is one. @param mode  of the file; Windows has none */
  open(path: string, mode?: number): Promise<OpenFile>;
  /** Opens an existing file for writing, cut to its first `bytes`. */
  reopen(path: string, bytes: number): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes `path` a link to `target`, which is relative to its folder; fails with `EEXIST` where there is one. */
  symlink(target: string, path: string): Promise<void>;
  /** Creates the folder and those above it; one that exists is fine, and keeps its mode. @param mode  of those created */
  mkdir(path: string, mode?: number): Promise<void>;
  /** Removes a folder and all in it; a missing one is fine. */
  removeFolder(path: string): Promise<void>;
  /** Returns once the content of an existing file has reached the disk. */
  fsync(path: string): Promise<void>;
  /** Returns once the names in a folder have reached the disk. */
  fsyncDir(path: string): Promise<void>;
  /** Names in a folder, with whether each is a folder itself. */
  list(path: string): Promise<readonly { readonly name: string; readonly folder: boolean }[]>;
}

/** Modes of what holds texts, or vectors of texts, where the user did not ask for it: nobody else may look. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** The real disk. */
export const nodeFiles: FileSystem = {
  open: async (path, mode) => openFile(await open(path, "wx", mode)),
  reopen: async (path, bytes) => {
    const handle = await open(path, "r+");
    try {
      await handle.truncate(bytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return openFile(handle);
  },
  rename,
  unlink,
  symlink: (target, path) => symlink(target, path),
  mkdir: makeFolder,
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
  fsync: (path) => syncPath(path, "r+"),
  // Windows cannot open a folder; its renames are journalled by the file system instead.
  fsyncDir: async (path) => (process.platform === "win32" ? undefined : syncPath(path, "r")),
  list: async (path) =>
    (await readdir(path, { withFileTypes: true })).map((entry) => ({ name: entry.name, folder: entry.isDirectory() })),
};

interface CreateOptions {
  /** Of the file; Windows has none. */
  readonly mode?: number | undefined;
  /** Whether to wait until the content has reached the disk. @default false */
  readonly synced?: boolean | undefined;
}

/** Creates a file and writes `content` piece by piece; fails with `EEXIST` where there is one. */
export async function createFile(
  files: FileSystem,
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { mode, synced = false }: CreateOptions = {},
): Promise<void> {
  const file = await files.open(path, mode);
  try {
    let position = 0;
    for await (const piece of content) {
      await file.write(piece, position);
      position += piece.length;
    }
    if (synced) await file.fsync();
  } finally {
    await file.close();
  }
}

/** As Node's own with `recursive`, which never ends where the system misses a parent that is there, as Linux's /proc does. */
async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if (errnoOf(error) !== "ENOENT" || parent === path) throw error;
    await makeFolder(parent, mode);
    await mkdir(path, mode).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

function openFile(handle: FileHandle): OpenFile {
  return {
    write: async (bytes, position) => {
      let done = 0;
      // A full disk or a signal can cut one call short.
      while (done < bytes.length) {
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
    },
    fsync: () => handle.sync(),
    close: () => handle.close(),
  };
}

async function syncPath(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
