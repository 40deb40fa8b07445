import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { HeadstartError } from "../errors.js";
import { ignoringFailure } from "./commit.js";
import type { FileSystem } from "./fileSystem.js";
import { isAlive, processIdentity, tempPath } from "./tempName.js";
import { errnoOf, writeError, writing } from "./writeError.js";

/** Who holds a lock. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the run began, ISO 8601. */
  readonly started: string;
  /** Tells this process from others that get the same pid, as in a container where every run has pid 1; "" if unknown. */
  readonly process: string;
}

export interface LockOptions {
  /** What the lock is for, as messages name it. */
  readonly output: string;
  readonly owner: Owner;
  readonly files: FileSystem;
}

/** A lock that is held. */
export interface RunLock {
  readonly release: () => Promise<void>;
}

/** This process as the owner of a lock. @param started  ISO 8601 */
export const thisProcess = (started: string): Owner => ({
  pid: process.pid,
  host: hostname(),
  started,
  process: processIdentity(process.pid),
});

const ATTEMPTS = 20;
const GRACE_MS = 300;

/**
 * Takes the lock of a folder, which is created if it is missing.
 *
 * The lock is a folder `lock` with the owner's name in it. It is made under another name and renamed, which fails where
 * there is one, so that it is never there without its owner's name. A lock whose process is surely gone, also when
 * another process has got its pid, is taken over. Of a process on another machine nobody can tell: its lock stays, and
 * the message says what to remove once it is known to be gone.
 *
 * @throws HeadstartError E_LOCKED naming the owner, E_OUTPUT_WRITE
 */
export async function lockFolder(folder: string, { output, owner, files }: LockOptions): Promise<RunLock> {
  const lock = join(folder, "lock");
  let waited = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await writing(output, () => files.mkdir(folder));
    if (await place(lock, { output, owner, files })) return { release: () => removeLock(lock, files) };
    const found = await ownerOf(lock);
    if (found === "none") continue;
    if (found === "unreadable" || isGone(found)) await removeLock(lock, files, found);
    else if (waited) throw locked(output, lock, found);
    // A process that was killed takes a moment to be gone.
    else await setTimeout(GRACE_MS);
    waited = true;
  }
  throw new HeadstartError("E_LOCKED", `Cannot write ${output}: several runs want to. Run the command again later`, {
    file: output,
  });
}

/** @returns whether the lock is ours now; false where there is one, or where its folder has just gone */
async function place(lock: string, { output, owner, files }: LockOptions): Promise<boolean> {
  const made = tempPath(lock);
  try {
    await files.mkdir(made);
    const file = await files.open(join(made, "owner.json"));
    try {
      await file.write(Buffer.from(JSON.stringify(owner)), 0);
    } finally {
      await file.close();
    }
    await files.rename(made, lock);
    return true;
  } catch (error) {
    await ignoringFailure(files.removeFolder(made));
    // EPERM: what Windows says of a rename onto a folder.
    if (["EEXIST", "ENOTEMPTY", "ENOENT", "EPERM"].includes(errnoOf(error) ?? "") && (await isThere(lock, error)))
      return false;
    throw writeError(output, error);
  }
}

/** A failed rename means that the lock is taken only where it can be seen; a folder that is gone is made again. */
async function isThere(lock: string, error: unknown): Promise<boolean> {
  return errnoOf(error) === "ENOENT" || (await ownerOf(lock)) !== "none";
}

/** "unreadable": only lost power leaves that, since the name comes after the content. */
async function ownerOf(lock: string): Promise<Owner | "none" | "unreadable"> {
  let text: string;
  try {
    text = await readFile(join(lock, "owner.json"), "utf8");
  } catch {
    return "none";
  }
  try {
    const { pid, host, started, process: identity } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== "number" || typeof host !== "string") return "unreadable";
    return { pid, host, started: String(started), process: String(identity) };
  } catch {
    return "unreadable";
  }
}

/** Moved aside before it is removed, so that nobody's new lock is removed file by file. */
async function removeLock(lock: string, files: FileSystem, owner?: Owner | "unreadable"): Promise<void> {
  const aside = tempPath(lock);
  try {
    await files.rename(lock, aside);
  } catch {
    return; // someone else was faster
  }
  const moved = await ownerOf(aside);
  // Someone took the dead lock over since it was read: theirs goes back.
  if (owner !== undefined && JSON.stringify(moved) !== JSON.stringify(owner)) {
    return ignoringFailure(files.rename(aside, lock));
  }
  await ignoringFailure(files.removeFolder(aside));
}

function isGone({ pid, host, process: identity }: Owner): boolean {
  if (host !== hostname()) return false;
  if (!isAlive(pid)) return true;
  const now = processIdentity(pid);
  return identity !== "" && now !== "" && identity !== now;
}

function locked(output: string, lock: string, { pid, host, started }: Owner): HeadstartError {
  const here = host === hostname();
  const advice = here
    ? "Wait for it to end, or choose another output"
    : `Wait for it to end; if it is surely gone, remove ${lock} and run the command again`;
  const message = `Cannot write ${output}: process ${pid} on ${host} has been writing it since ${started}. ${advice}`;
  return new HeadstartError("E_LOCKED", message, { file: output });
}
