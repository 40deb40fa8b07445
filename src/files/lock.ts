import { randomInt, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname, uptime } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { HeadstartError } from "../errors.js";
import { ignoringFailure } from "./commit.js";
import { PRIVATE_FOLDER, type FileSystem } from "./fileSystem.js";
import { exists } from "./replacing.js";
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

interface LockOptions {
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

/** For how long another's claim must be seen until it is taken for one that stays. */
const GRACE_MS = 300;
const LONGEST_WAIT_MS = 100;

/**
 * Takes the lock of a folder, which is created if it is missing.
 *
 * Whoever wants it puts a claim of its own into the folder and then looks for others': of two, the later one sees the
 * earlier one's, so both never hold it. Who sees another's withdraws and tries again, until it has seen the same claim
 * for a while. No two claims have one name, so anyone may remove that of a process that is surely gone, also when
 * another process has got its pid. Of a process on another machine nobody can tell: its claim stays, and the message
 * says what to remove once it is known to be gone.
 *
 * @throws HeadstartError E_LOCKED naming the owner, E_OUTPUT_WRITE
 */
export async function lockFolder(folder: string, { output, owner, files }: LockOptions): Promise<RunLock> {
  const seen = new Map<string, number>();
  for (let waited = 0, longest = 10; ; longest = Math.min(2 * longest, LONGEST_WAIT_MS)) {
    const path = await claim(folder, { output, owner, files });
    const others = path === undefined ? [] : await otherClaims(path, { output, files, owner });
    // A run that ends takes the folder away, and with it the claims of those that wait.
    if (path !== undefined && others.length === 0 && (await exists(path)))
      return { release: () => remove(path, files) };
    if (path !== undefined) await remove(path, files);
    for (const other of others) {
      const since = seen.get(other.path) ?? waited;
      if (waited - since >= GRACE_MS) throw locked(output, other);
      seen.set(other.path, since);
    }
    const wait = randomInt(1, longest + 1);
    await setTimeout(wait);
    waited += wait;
  }
}

/** Whether a name in a locked folder is that of a claim. */
export const isClaim = (name: string): boolean => /^lock\.\d+\.[0-9a-f-]{36}$/.test(name);

const CLAIM = "lock.";

interface Claim {
  readonly path: string;
  readonly owner: Owner;
}

/** @returns its path; undefined where the folder has gone meanwhile */
async function claim(folder: string, { output, owner, files }: LockOptions): Promise<string | undefined> {
  // Those above it are no more private than the user has them.
  await writing(output, () => files.mkdir(dirname(folder)));
  await writing(output, () => files.mkdir(folder, PRIVATE_FOLDER));
  const path = join(folder, `${CLAIM}${owner.pid}.${randomUUID()}`);
  const made = tempPath(path);
  try {
    const file = await files.open(made);
    try {
      await file.write(Buffer.from(JSON.stringify(owner)), 0);
    } finally {
      await file.close();
    }
    // The name comes after the content: a claim without an owner is one that lost power has left.
    await files.rename(made, path);
    return path;
  } catch (error) {
    await remove(made, files);
    if (errnoOf(error) === "ENOENT") return undefined;
    throw writeError(output, error);
  }
}

/** Those of processes that may be alive; the others are removed. @param owner  who asks, now */
async function otherClaims(own: string, { output, files, owner: asking }: LockOptions): Promise<Claim[]> {
  const folder = dirname(own);
  const claims: Claim[] = [];
  for (const name of await namesIn(folder, { output, files })) {
    const path = join(folder, name);
    if (!isClaim(name) || path === own) continue;
    const owner = await ownerOf(path);
    if (owner !== undefined && !isGone(owner, asking.started)) claims.push({ path, owner });
    else await remove(path, files);
  }
  return claims;
}

async function namesIn(folder: string, { output, files }: Omit<LockOptions, "owner">): Promise<string[]> {
  try {
    return (await files.list(folder)).map(({ name }) => name);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw writeError(output, error);
  }
}

/** Undefined where the claim has been withdrawn meanwhile, or lost power has left no owner in it. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const {
      pid,
      host,
      started,
      process: identity,
    } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    if (typeof pid !== "number" || typeof host !== "string") return undefined;
    return { pid, host, started: String(started), process: String(identity) };
  } catch {
    return undefined;
  }
}

const remove = (path: string, files: FileSystem): Promise<void> => ignoringFailure(files.unlink(path));

/** Clocks get set: a run is of the time before its machine's last start only if it is this much older. */
const CLOCK_MS = 3_600_000;

function isGone({ pid, host, started, process: identity }: Owner, time: string): boolean {
  if (host !== hostname()) return false;
  if (!isAlive(pid)) return true;
  const found = processIdentity(pid);
  if (identity !== "" && found !== "") return identity !== found;
  return Date.parse(started) < Date.parse(time) - uptime() * 1000 - CLOCK_MS;
}

function locked(output: string, { path, owner: { pid, host, started } }: Claim): HeadstartError {
  const advice =
    host === hostname() && processIdentity(pid) !== ""
      ? "Wait for it to end, or choose another output"
      : `Wait for it to end; if it is surely gone, remove ${path} and run the command again`;
  const message = `Cannot write ${output}: process ${pid} on ${host} has been writing it since ${started}. ${advice}`;
  return new HeadstartError("E_LOCKED", message, { file: output });
}
