// @ts-check
/** Runs commands in a folder of their own, kills them, and compares what they left. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../sha256.mjs";

/**
 * @typedef {object} World  a folder with inputs
 * @property {string} root  the repository
 * @property {string} folder
 * @property {Readonly<Record<string, string>>} env
 *
 * @typedef {object} Ended
 * @property {number | null} code  null where a signal ended it
 * @property {string | null} signal
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} ms
 *
 * @typedef {object} Kill  when a run is killed: after a time, or at the nth call of a kind
 * @property {number} [afterMs]
 * @property {{ readonly kind: string, readonly n: number }} [call]
 * @property {NodeJS.Signals} [signal]  by default SIGKILL
 */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Longer than any command takes here. */
const HANGS_MS = 120_000;

/** Whether calls of the system can be counted and killed at. */
export const hasStrace = spawnSync("strace", ["-qqq", "-o", "/dev/null", "true"]).status === 0;

/** @param {Readonly<Record<string, string>>} env @returns {Promise<World>} */
export async function makeWorld(env = {}) {
  const folder = await mkdtemp(join(tmpdir(), "headstart-soak-"));
  const home = join(folder, "home");
  const own = { HOME: home, XDG_CACHE_HOME: join(home, ".cache"), HF_HOME: join(home, ".cache/huggingface") };
  // The same moment in every run, so that equal runs write equal files.
  const fixed = { PATH: process.env["PATH"] ?? "", SOURCE_DATE_EPOCH: "1700000000", HF_ENDPOINT: "http://127.0.0.1:9" };
  return { root: ROOT, folder, env: { ...own, ...fixed, ...env } };
}

/** @param {World} world */
export const removeWorld = ({ folder }) => rm(folder, { recursive: true, force: true });

/** A command with the small encoder, unless it names one. @param {readonly string[]} args */
function complete(args) {
  const own = args.includes("--encoder") || ["predict", "evaluate", "distill"].includes(args[0]);
  return own ? args : [...args, "--encoder", "tiny"];
}

/**
 * @param {World} world
 * @param {readonly string[]} args
 * @param {Kill & { readonly trace?: string, readonly limitBlocks?: number }} [how]
 *   trace: a file for the calls that are made; limitBlocks: of 512 bytes, that a file may have
 * @returns {Promise<Ended>}
 */
export async function play(
  { root, folder, env },
  args,
  { afterMs, call, signal = "SIGKILL", trace, limitBlocks } = {},
) {
  let line = [process.execPath, join(root, "dist/cli/main.js"), ...complete(args)];
  if (trace !== undefined) line = ["strace", "-f", "-qqq", "-o", trace, "-e", `trace=${CALLS.join(",")}`, ...line];
  if (call !== undefined) {
    const { kind, n } = call;
    line = [
      "strace",
      "-f",
      "-qqq",
      "-o",
      "/dev/null",
      "-e",
      `trace=${kind}`,
      "-e",
      `inject=${kind}:signal=${signal}:when=${n}`,
      ...line,
    ];
  }
  if (limitBlocks !== undefined)
    line = ["sh", "-c", `trap "" XFSZ; ulimit -f ${limitBlocks}; exec "$@"`, "sh", ...line];
  const began = performance.now();
  const child = spawn(line[0], line.slice(1), { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const timer = setTimeout(() => child.kill(afterMs === undefined ? "SIGKILL" : signal), afterMs ?? HANGS_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, by) => {
      clearTimeout(timer);
      resolve({ code, signal: by, stdout, stderr, ms: performance.now() - began });
    });
  });
}

/** A run that has to succeed. @param {World} world @param {readonly string[]} args */
export async function must(world, args) {
  const ended = await play(world, args);
  if (ended.code !== 0) throw new Error(`headstart ${args.join(" ")} ended with ${ended.code}: ${ended.stderr}`);
  return ended;
}

/** Calls that change a disk or open something on it, and the one that says that memory of a file is let go. */
export const CALLS = [
  "openat",
  "write",
  "pwrite64",
  "fsync",
  "fdatasync",
  "ftruncate",
  "rename",
  "unlink",
  "rmdir",
  "mkdir",
  "symlink",
  "link",
  "chmod",
  "fchmod",
  "close",
  "getdents64",
  "read",
  "pread64",
];

/**
 * Where a run may be killed: of each kind of call those that come after the first look at the folder, by number.
 *
 * @param {string} trace  what strace wrote
 * @param {string} folder
 * @returns {Map<string, readonly number[]>}
 */
export function callsIn(trace, folder) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  /** @type {Map<string, number[]>} */
  const found = new Map();
  let begun = false;
  for (const line of trace.split("\n")) {
    const kind = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (kind === undefined) continue;
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    begun ||= line.includes(folder) || /"(?:\.\/)?(?:in\.c|qq)/.test(line);
    if (begun) found.set(kind, [...(found.get(kind) ?? []), n]);
  }
  return found;
}

/** Takes times out, which differ from run to run. @param {Buffer} bytes @param {string} name */
function timeless(bytes, name) {
  if (!/\.(json|html|md)$|\.headstart$/.test(name)) return bytes.toString("latin1");
  return (
    bytes
      .toString("utf8")
      .replace(/(\\?")(\w*[sS]econds|textsPerSecond)\1:\s*(?:[-\d.e+]+|\{[^}]*\})/g, "")
      // Of files that hold times; what they hold is compared by itself.
      .replace(name.endsWith(".headstart") ? /"sha256": "\w+"/g : /$^/, "")
      // The name of the output is a part of what a command is.
      .replace(/"run": "\w+"/, "")
      .replace(/\b[\d.]+ s\b/g, "")
  );
}

/**
 * What is in a folder under names that begin with `prefix`, by name without it.
 *
 * @param {string} folder
 * @param {string} prefix
 * @returns {Promise<Record<string, string>>}
 */
export async function contents(folder, prefix) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!name.startsWith(prefix)) continue;
    if (entry.isFile()) {
      const text = timeless(await readFile(path), name).replaceAll(prefix, "@");
      found[name.slice(prefix.length)] = sha256(text);
    } else if (entry.isSymbolicLink()) found[name.slice(prefix.length)] = `-> ${await readlink(path)}`;
  }
  return found;
}

/** Names in a folder that no finished command leaves. @param {string} folder @returns {Promise<string[]>} */
export async function leftovers(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name, parentPath }) => {
      const isMark = name === ".headstart" && parentPath !== folder;
      return /\.(tmp|old|incomplete|headstart)$/.test(name) && !isMark;
    })
    .map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
}

/** @param {Record<string, string>} one @param {Record<string, string>} other @returns {string[]} names in which they differ */
export const differing = (one, other) =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]);
