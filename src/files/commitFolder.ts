import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ignoringFailure, nodeFiles, removeLeftovers } from "./commit.js";
import type { CommitOptions, FileSystem } from "./commit.js";
import { PRIVATE_FOLDER } from "./fileSystem.js";
import { writeMark, type FinishedRun } from "./folderMark.js";
import { exists, refuseReplacingFolder } from "./replacing.js";
import { parseTempName, tempPath } from "./tempName.js";
import { errnoOf, writeError, writing } from "./writeError.js";

export interface CommitFolderOptions extends CommitOptions {
  /** What the command was and what it prints, kept in the folder for a later one that would do the same. */
  readonly finished?: FinishedRun | undefined;
  /**
   * Whether the place of the folder alone says that headstart wrote what is there, as in a cache; then it needs no mark.
   * @default false
   */
  readonly isOurs?: boolean | undefined;
}

/**
 * Writes a folder so that `path` is either as it was or complete: `write` fills a temporary folder beside it, every
 * file in it is brought to the disk, then it is renamed.
 *
 * The folder gets a mark by which headstart knows it as its own. With `force` an older folder is replaced if it has such
 * a mark and holds nothing else; it is moved aside only once the new one is complete, and removed after that. A crash
 * between these two renames leaves it under a temporary name; whoever next writes to the same path, or reads it with
 * `restoreFolder` before, puts it back.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS, E_OUTPUT_WRITE; whatever `write` throws
 */
export async function commitFolder(
  path: string,
  write: (tempFolder: string) => Promise<void>,
  options: CommitFolderOptions = {},
): Promise<void> {
  const files = options.files ?? nodeFiles;
  const mode = options.isPrivate === true ? PRIVATE_FOLDER : undefined;
  const refuse = async (): Promise<void> => {
    if (options.isOurs !== true) await refuseReplacingFolder(path, options);
  };
  await refuse();
  await writing(path, () => files.mkdir(dirname(path), mode));
  await restoreFolder(path, files);
  await refuse();
  await removeLeftovers(path, files);
  const temp = tempPath(path);
  try {
    await writing(path, () => files.mkdir(temp, mode));
    await filling(path, () => write(temp));
    if (options.isOurs !== true) await writing(path, () => writeMark(temp, { files, finished: options.finished }));
    await syncAll(temp, { path, files });
    await refuse();
    await replaceFolder(temp, path, files);
  } catch (error) {
    await ignoringFailure(files.removeFolder(temp));
    throw error;
  }
}

/** A full disk met by `write` itself is an output error too; a missing file is not, since `write` may also read. */
async function filling(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw errnoOf(error) === undefined || errnoOf(error) === "ENOENT" ? error : writeError(path, error);
  }
}

async function replaceFolder(temp: string, path: string, files: FileSystem): Promise<void> {
  const folder = dirname(path);
  if (!(await exists(path))) {
    await writing(path, () => files.rename(temp, path));
    return writing(path, () => files.fsyncDir(folder));
  }
  const old = tempPath(path, "old");
  await writing(path, () => files.rename(path, old));
  try {
    await writing(path, () => files.rename(temp, path));
  } catch (error) {
    await ignoringFailure(files.rename(old, path));
    throw error;
  }
  await writing(path, () => files.fsyncDir(folder));
  await writing(path, () => files.removeFolder(old));
}

async function syncAll(folder: string, at: { readonly path: string; readonly files: FileSystem }): Promise<void> {
  for (const entry of await writing(at.path, () => at.files.list(folder))) {
    const inside = join(folder, entry.name);
    if (entry.folder) await syncAll(inside, at);
    else await writing(at.path, () => at.files.fsync(inside));
  }
  await writing(at.path, () => at.files.fsyncDir(folder));
}

/** Undoes or finishes the replacement of a folder that a dead run did not get through. @throws HeadstartError E_OUTPUT_WRITE */
export async function restoreFolder(path: string, files: FileSystem = nodeFiles): Promise<void> {
  const folder = dirname(path);
  for (const file of await readdir(folder).catch(() => [])) {
    const temp = parseTempName(file);
    if (temp === undefined || !temp.stale || temp.name !== basename(path) || temp.kind !== "old") continue;
    const aside = join(folder, file);
    if (await exists(path)) await ignoringFailure(files.removeFolder(aside));
    else await writing(path, () => files.rename(aside, path));
  }
}
