import { createReadStream } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { HeadstartError } from "../../errors.js";
import { ignoringFailure } from "../../files/commit.js";
import { isFile } from "../../files/exists.js";
import { createFile, type FileSystem } from "../../files/fileSystem.js";
import { errnoOf } from "../../files/writeError.js";
import { parseTempName, tempPath } from "../../files/tempName.js";
import { isCommit } from "./id.js";

/*
 * The cache is laid out as Python's huggingface_hub lays it out, so that both share what either has fetched:
 * models--owner--name/blobs/<hash>, snapshots/<commit>/<file> -> blobs/<hash>, refs/<revision> (a commit in text) and
 * .no_exist/<commit>/<file> (empty: the commit has no such file).
 *
 * Everything is made under a temporary name among the blobs and renamed when it is whole, so that a program that is killed
 * leaves leftovers in one place only.
 */

/** A repository in the cache, to be written to. */
export interface HubCache {
  /** Its folder. */
  readonly repository: string;
  /** The disk. */
  readonly files: FileSystem;
}

/** Folder of one repository in the cache. */
export const repositoryFolder = (cache: string, id: string): string => join(cache, `models--${id.replace("/", "--")}`);
export const snapshotFolder = (repository: string, commit: string): string => join(repository, "snapshots", commit);
export const blobPath = (repository: string, hash: string): string => join(repository, "blobs", hash);

/** The commit that `revision` was when it was last asked for, or undefined. */
export async function readRef(repository: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const text = await readFile(join(repository, "refs", revision), "utf8").catch(() => "");
  return isCommit(text.trim()) ? text.trim() : undefined;
}

export async function writeRef({ repository, files }: HubCache, revision: string, commit: string): Promise<void> {
  if (isCommit(revision) || (await readRef(repository, revision)) === commit) return;
  const write = (temporary: string): Promise<void> =>
    createFile(files, temporary, [Buffer.from(commit)], { synced: true });
  await replaceFile(join(repository, "refs", revision), { repository, files }, write);
}

/** File whose presence says that a commit lacks `file`. */
export const absenceMarker = (repository: string, commit: string, file: string): string =>
  join(repository, ".no_exist", commit, file);

/** Notes that a commit lacks a file, so that the next run need not ask. */
export async function markAbsent(marker: string, files: FileSystem): Promise<void> {
  if (await isFile(marker)) return;
  await inCache(marker, async () => {
    await files.mkdir(dirname(marker));
    await createFile(files, marker, []).catch((error: unknown) => {
      if (errnoOf(error) !== "EEXIST") throw error; // another process was faster
    });
  });
}

/** What systems say that permit no links; Windows has more to say, none of it an errno. */
const NO_LINKS: readonly (string | undefined)[] = ["EPERM", "EACCES", "ENOTSUP", "ENOSYS", undefined];

/** Puts a blob of the repository into a snapshot: a relative link, or a copy where links are not permitted. */
export async function linkBlob(blob: string, path: string, cache: HubCache): Promise<void> {
  const { files } = cache;
  const target = relative(dirname(path), blob);
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await replaceFile(path, cache, async (temporary) => {
    try {
      await files.symlink(target, temporary);
    } catch (error) {
      if (!NO_LINKS.includes(errnoOf(error))) throw error;
      await createFile(files, temporary, createReadStream(blob) as AsyncIterable<Uint8Array>, { synced: true });
    }
  });
}

/** Gives what `write` makes the name `path`, in place of what had it before. */
async function replaceFile(
  path: string,
  { repository, files }: HubCache,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(repository);
  await inCache(path, async () => {
    await files.mkdir(dirname(temporary));
    await files.mkdir(dirname(path));
    try {
      await write(temporary);
      await files.rename(temporary, path);
    } catch (error) {
      await ignoringFailure(files.unlink(temporary));
      throw error;
    }
    await syncNames(dirname(path), files);
  });
}

/** Makes a rename in a folder durable, where the file system can. */
export const syncNames = (folder: string, files: FileSystem): Promise<void> => ignoringFailure(files.fsyncDir(folder));

/** A name among the blobs of `repository` that no other process takes. */
export const temporaryName = (repository: string): string => tempPath(blobPath(repository, "download"), "incomplete");

/** Removes what downloads to `repository` left that were killed; never what a process that may be alive is writing. */
export async function sweepLeftovers({ repository, files }: HubCache): Promise<void> {
  const blobs = join(repository, "blobs");
  for (const { name } of await files.list(blobs).catch(() => [])) {
    const left = parseTempName(name);
    // Where it cannot be removed, it is in nobody's way but the disk's.
    if (left?.kind === "incomplete" && left.stale) await ignoringFailure(files.unlink(join(blobs, name)));
  }
}

/** Runs `write`; a failure of the file system becomes an error that names the path. */
export async function inCache<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    throw new HeadstartError(
      "E_OUTPUT_WRITE",
      `Cannot write ${path}: ${errno}. Make room or set HF_HOME to a folder that can be written`,
      { file: path, cause },
    );
  }
}
