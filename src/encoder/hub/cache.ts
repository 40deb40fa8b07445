import { copyFile, mkdir, open, readFile, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { HeadstartError } from "../../errors.js";
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

export async function writeRef(repository: string, revision: string, commit: string): Promise<void> {
  if (isCommit(revision) || (await readRef(repository, revision)) === commit) return;
  await replaceFile(join(repository, "refs", revision), repository, (temporary) => writeFile(temporary, commit));
}

/** File whose presence says that a commit lacks `file`. */
export const absenceMarker = (repository: string, commit: string, file: string): string =>
  join(repository, ".no_exist", commit, file);

/** Notes that a commit lacks a file, so that the next run need not ask. */
export async function markAbsent(marker: string): Promise<void> {
  await inCache(marker, async () => {
    await mkdir(dirname(marker), { recursive: true });
    await (await open(marker, "a")).close();
  });
}

/** Puts a blob of `repository` into a snapshot: a relative link, or a copy where links are not permitted. */
export async function linkBlob(blob: string, path: string, repository: string): Promise<void> {
  const target = relative(dirname(path), blob);
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await replaceFile(path, repository, async (temporary) => {
    try {
      await symlink(target, temporary);
    } catch (error) {
      if (!["EPERM", "EACCES", "ENOTSUP", "ENOSYS", "UNKNOWN"].includes(errnoOf(error))) throw error;
      await copyFile(blob, temporary);
    }
  });
}

async function replaceFile(
  path: string,
  repository: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(repository);
  await inCache(path, async () => {
    await mkdir(dirname(temporary), { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    try {
      await write(temporary);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/** A name among the blobs of `repository` that no other process takes. */
export const temporaryName = (repository: string): string => tempPath(blobPath(repository, "download"), "incomplete");

/** Removes what downloads to `repository` left that were killed; never what a process that may be alive is writing. */
export async function sweepLeftovers(repository: string): Promise<void> {
  const blobs = join(repository, "blobs");
  for (const name of await readdir(blobs).catch(() => [])) {
    const left = parseTempName(name);
    // Where it cannot be removed, it is in nobody's way but the disk's.
    if (left?.kind === "incomplete" && left.stale) await rm(join(blobs, name), { force: true }).catch(() => {});
  }
}

/** Runs `write`; a failure of the file system becomes an error that names the path. */
export async function inCache<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === "") throw cause;
    throw new HeadstartError(
      "E_OUTPUT_WRITE",
      `Cannot write ${path}: ${errno}. Make room or set HF_HOME to a folder that can be written`,
      { file: path, cause },
    );
  }
}

const errnoOf = (error: unknown): string =>
  error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : "";
