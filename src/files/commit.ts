import { constants } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { contentHash } from "./contentHash.js";
import { nodeFiles, PRIVATE_FILE, PRIVATE_FOLDER } from "./fileSystem.js";
import type { FileSystem, OpenFile } from "./fileSystem.js";
import { exists, refuseReplacingFile } from "./replacing.js";
import { parseTempName, tempPath } from "./tempName.js";
import { errnoOf, writeError, writing } from "./writeError.js";

export { nodeFiles } from "./fileSystem.js";
export type { FileSystem, OpenFile } from "./fileSystem.js";

export interface CommitOptions {
  /** Replaces what is already there, where that may be replaced. @default false */
  readonly force?: boolean | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
  /** Whether files and folders that are created are for this user alone. @default false */
  readonly isPrivate?: boolean | undefined;
}

export interface CommitFilesOptions extends CommitOptions {
  /** Is called when all files are whole and safe under their temporary names, before the first gets its own. */
  readonly onSealed?: ((files: readonly SealedFile[]) => Promise<void>) | undefined;
}

/** A file that is whole, under a temporary name. */
export interface SealedFile {
  readonly path: string;
  readonly temp: string;
}

/**
 * A file that is being written under a temporary name beside its final one.
 *
 * It must end in `commitTogether` or `discard`.
 */
export interface PendingFile {
  /** The final name. */
  readonly path: string;
  /** Bytes appended so far. */
  readonly bytes: number;
  /** Appends bytes, or text as UTF-8. */
  write(content: Uint8Array | string): Promise<void>;
  /** Overwrites bytes that were appended before, such as a header that holds a count. */
  patch(bytes: Uint8Array, position: number): Promise<void>;
  /** Closes and removes the temporary file; nothing more can be written. */
  discard(): Promise<void>;
  /** For `commitTogether`: waits for the disk and closes; gives the temporary name. */
  seal(): Promise<string>;
}

/**
 * Checks, before any long work, that the folder of `path` exists or can be created and that it can be written to.
 * Creates nothing.
 *
 * @throws HeadstartError E_OUTPUT_WRITE
 */
export async function checkOutputFolder(path: string): Promise<void> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
      return await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT" || dirname(folder) === folder) throw writeError(path, error);
    }
  }
}

export interface PendingOptions {
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
  /** Where the temporary file lies, on the same disk as the final one. @default beside it */
  readonly folder?: string | undefined;
  /** Whether the file, and folders that are created, are for this user alone. @default false */
  readonly isPrivate?: boolean | undefined;
}

/**
 * Opens a temporary file for `path`, whose folder is created if it is missing. What runs that died left of the same
 * output is removed first.
 *
 * @throws HeadstartError E_OUTPUT_WRITE
 */
export async function openPending(
  path: string,
  { files = nodeFiles, folder = dirname(path), isPrivate = false }: PendingOptions = {},
): Promise<PendingFile> {
  await writing(path, () => files.mkdir(dirname(path), isPrivate ? PRIVATE_FOLDER : undefined));
  const temp = tempPath(join(folder, basename(path)));
  await removeLeftovers(join(folder, basename(path)), files);
  return new TempFile(path, {
    temp,
    files,
    file: await writing(path, () => files.open(temp, isPrivate ? PRIVATE_FILE : undefined)),
  });
}

/**
 * Writes one file so that `path` is either as it was or complete, whatever happens: temporary file, fsync, rename,
 * fsync of the folder. On any failure the temporary file is removed.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE; whatever `write` throws
 */
export async function commitFile(
  path: string,
  write: (file: PendingFile) => Promise<void>,
  options: CommitOptions = {},
): Promise<void> {
  await refuseReplacingFile(path, options);
  const pending = await openPending(path, { files: options.files, isPrivate: options.isPrivate });
  try {
    await write(pending);
  } catch (error) {
    await pending.discard();
    throw error;
  }
  await commitTogether([pending], options);
}

/**
 * Gives several pending files their final names, in order, once all are safely on disk. When that fails, those not yet
 * renamed are removed, and of those renamed the ones that replaced nothing. A file that is there already with the very
 * same bytes, such as one that a run which was killed had renamed, is as good as written.
 *
 * A crash between two renames leaves the earlier ones in place, so the file that makes the set complete goes last.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function commitTogether(pending: readonly PendingFile[], options: CommitFilesOptions = {}): Promise<void> {
  const files = options.files ?? nodeFiles;
  const fresh: string[] = [];
  let renamed = 0;
  try {
    const temps: string[] = [];
    for (const file of pending) temps.push(await file.seal());
    for (const [i, { path }] of pending.entries()) {
      if (options.force || !(await sameBytes(path, temps[i]))) await refuseReplacingFile(path, options);
    }
    await options.onSealed?.(pending.map(({ path }, i) => ({ path, temp: temps[i] })));
    for (const [i, { path }] of pending.entries()) {
      if (!(await exists(path))) fresh.push(path);
      await writing(path, () => files.rename(temps[i], path));
      renamed++;
    }
  } catch (error) {
    for (const file of pending.slice(renamed)) await file.discard();
    for (const { path } of pending.slice(0, renamed)) {
      if (fresh.includes(path)) await ignoringFailure(files.unlink(path));
    }
    throw error;
  }
  for (const folder of new Set(pending.map(({ path }) => dirname(path)))) {
    await writing(pending[0].path, () => files.fsyncDir(folder));
  }
}

/**
 * Removes what dead runs left under temporary names in the folder of `path`, whatever they were writing: no run that is
 * alive has such a name, and a folder that was moved aside has another kind of name.
 */
export async function removeLeftovers(path: string, files: FileSystem): Promise<void> {
  const folder = dirname(path);
  for (const { name: file, folder: isFolder } of await writing(path, () => files.list(folder))) {
    const temp = parseTempName(file);
    if (temp === undefined || !temp.stale || temp.kind !== "tmp") continue;
    const left = join(folder, file);
    await ignoringFailure(isFolder ? files.removeFolder(left) : files.unlink(left));
  }
}

/** Whether both are files of the same content. */
async function sameBytes(path: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([path, other].map((file) => lstat(file).catch(() => undefined)));
  if (!one?.isFile() || one.size !== two?.size) return false;
  const [a, b] = [await contentHash(path, "sha256"), await contentHash(other, "sha256")];
  return a === b;
}

/** For cleaning up after an error that is already on its way to the user. */
export async function ignoringFailure(cleaning: Promise<void>): Promise<void> {
  try {
    await cleaning;
  } catch {
    // The first error says more.
  }
}

interface TempFileParts {
  readonly temp: string;
  readonly files: FileSystem;
  readonly file: OpenFile;
}

class TempFile implements PendingFile {
  readonly path: string;
  bytes = 0;
  readonly #parts: TempFileParts;
  #open = true;
  #gone = false;

  constructor(path: string, parts: TempFileParts) {
    this.path = path;
    this.#parts = parts;
  }

  async write(content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const position = this.bytes;
    this.bytes += bytes.length;
    await writing(this.path, () => this.#parts.file.write(bytes, position));
  }

  async patch(bytes: Uint8Array, position: number): Promise<void> {
    if (position + bytes.length > this.bytes) throw new RangeError("Only bytes already written can be patched");
    await writing(this.path, () => this.#parts.file.write(bytes, position));
  }

  async seal(): Promise<string> {
    // After a failed fsync the pages may be lost though a second call succeeds: the file is given up, never retried.
    await writing(this.path, () => this.#parts.file.fsync());
    this.#open = false;
    await writing(this.path, () => this.#parts.file.close());
    return this.#parts.temp;
  }

  async discard(): Promise<void> {
    if (this.#open) await ignoringFailure(this.#parts.file.close());
    this.#open = false;
    if (!this.#gone) await ignoringFailure(this.#parts.files.unlink(this.#parts.temp));
    this.#gone = true;
  }
}
