import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { sha256 } from "./contentHash.js";

const HOST = sha256(hostname()).slice(0, 6);
const PROCESS = randomBytes(4).toString("hex");
let made = 0;

const KINDS = ["tmp", "old", "incomplete"] as const;

/**
 * What a temporary file or folder is for: `tmp` is being written, `old` was moved aside by a replacement, `incomplete` is
 * on its way into the cache of the hub, whose other programs know it by this ending.
 */
type TempKind = (typeof KINDS)[number];

/** A temporary path beside `path`: `.<name>.<pid>.<nonce>.<kind>`, never the same twice. */
export function tempPath(path: string, kind: TempKind = "tmp"): string {
  const nonce = `${HOST}-${threadId}-${PROCESS}-${made++}`;
  return join(dirname(path), `.${basename(path)}.${process.pid}.${nonce}.${kind}`);
}

interface TempName {
  /** The name that the file would have got. */
  readonly name: string;
  readonly kind: TempKind;
  /** Whether the process that made it is surely gone; always false for one made on another machine. */
  readonly stale: boolean;
}

/** Reads a name made by `tempPath`; undefined for any other name. */
export function parseTempName(file: string): TempName | undefined {
  const match = /^\.(.+)\.(\d{1,10})\.([0-9a-f]{6})-(\d{1,9})-([0-9a-f]{8})-\d+\.([a-z]+)$/s.exec(file);
  if (match === null) return undefined;
  const [, name, pid, host, thread, maker, ending] = match;
  const kind = KINDS.find((one) => one === ending);
  if (kind === undefined) return undefined;
  // In containers a later run often has the very pid of the one that died, so the pid alone does not tell.
  const gone = Number(pid) === process.pid ? Number(thread) === threadId && maker !== PROCESS : !isAlive(Number(pid));
  return { name, kind, stale: host === HOST && gone };
}

/** Whether there is a process of this number on this machine, whoever it belongs to; one that only waits to be buried is none. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^[ZX]/.test(processStat(pid)[0] ?? "");
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When the machine and the process on it were started, where the system tells; else "". Another process differs in it. */
export function processIdentity(pid: number): string {
  const started = processStat(pid)[19];
  return started === undefined ? "" : `${readSystemFile("/proc/sys/kernel/random/boot_id").trim()}/${started}`;
}

/** What Linux tells of a process, from its state on; nothing elsewhere. */
function processStat(pid: number): readonly string[] {
  const stat = readSystemFile(`/proc/${pid}/stat`);
  // The name of the program before it, in parentheses, may hold anything.
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readSystemFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
