// @ts-check
/** A fresh clone made ready: packages installed, sources built. Does nothing where nothing has changed. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * @typedef {object} SetupOptions
 * @property {string} [root]  the repository; by default this one
 * @property {(command: string, args: readonly string[], cwd: string) => number} [run]  gives the exit status; by default
 *   `runStep`
 */

/**
 * Runs `npm ci` unless node_modules is what package-lock.json asks for.
 *
 * @param {SetupOptions} [options]
 * @returns {boolean} whether it had to
 * @throws {Error} when the installation fails
 */
export function ensureInstalled({ root = ROOT, run = runStep } = {}) {
  if (isInstalled(readJson(join(root, "package-lock.json")), readJson(join(root, "node_modules/.package-lock.json")))) {
    return false;
  }
  console.error("Installing packages: npm ci");
  const [command, ...args] = npmCommand();
  const status = run(command, [...args, "ci", "--no-audit", "--no-fund"], root);
  if (status !== 0) throw new Error(`Cannot install the packages: npm ci ended with ${status}. Its output is above`);
  return true;
}

/**
 * Builds dist when it is missing or was built from other sources, package.json or tsconfig.json than are there now.
 *
 * A stale dist is removed first: what is gone from src must not go on running.
 *
 * @param {SetupOptions} [options]
 * @returns {boolean} whether it had to
 * @throws {Error} when the compiler finds errors; then dist counts as not built
 */
export function ensureBuilt({ root = ROOT, run = runStep } = {}) {
  const stamp = join(root, "dist/.stamp");
  const wanted = sourceHash(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return false;
  console.error("Building: tsc");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const status = run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], root);
  if (status !== 0) throw new Error(`Cannot build: tsc ended with ${status}. Its output is above`);
  writeFileSync(stamp, wanted);
  return true;
}

/**
 * Whether npm's record of what it installed agrees with the lockfile.
 *
 * Optional packages may be missing, as those of other systems are.
 *
 * @param {any} lock       package-lock.json, undefined when there is none
 * @param {any} installed  node_modules/.package-lock.json, undefined when there is none
 */
export function isInstalled(lock, installed) {
  if (lock?.packages === undefined || installed?.packages === undefined) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== "");
  return (
    Object.keys(installed.packages).every((path) => path in lock.packages) &&
    wanted.every(([path, { version, integrity, optional, devOptional }]) => {
      const found = installed.packages[path];
      if (found === undefined) return Boolean(optional || devOptional);
      return found.version === version && found.integrity === integrity;
    })
  );
}

/** sha256 of everything that the build depends on, names and contents. @param {string} root */
export function sourceHash(root) {
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const hash = createHash("sha256");
  for (const path of ["package.json", "tsconfig.json", ...sources]) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * Runs a command with its output shown and without what onnxruntime would do unasked: download CUDA at installation,
 * send telemetry.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {Readonly<Record<string, string | undefined>>} [env]  on top of the present one
 * @returns {number} exit status; 1 when a signal ended it
 */
export function runStep(command, args, cwd = ROOT, env = {}) {
  const result = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    shell: command.endsWith(".cmd"), // Node starts no .cmd file without one
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", ORT_DISABLE_TELEMETRY: "1", ...env },
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/**
 * Runs a script of this repository with another version of Node, which npm fetches and keeps among its own files.
 *
 * @param {string} version  such as 22 or 22.4.1
 * @param {readonly string[]} args  for Node
 * @param {SetupOptions & { readonly platform?: string, readonly arch?: string }} [options]
 * @returns {number} exit status
 */
export function runWithNode(version, args, options = {}) {
  const { root = ROOT, run = runStep, platform = process.platform, arch = process.arch } = options;
  const [command, ...own] = npmCommand();
  return run(
    command,
    [...own, "exec", "--yes", `--package=${nodePackage(platform, arch)}@${version}`, "--", "node", ...args],
    root,
  );
}

/** The package in which npm has Node itself. @param {string} platform @param {string} arch */
function nodePackage(platform, arch) {
  if (platform === "win32") return `node-win-${arch}`;
  return `${platform === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${platform}-${arch}`;
}

/** The npm that runs this script, if one does. @returns {[string, ...string[]]} */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && /npm-cli\.c?js$/.test(running)) return [process.execPath, running];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** @param {string} path @returns {any} undefined when there is no such file or it was cut short */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
