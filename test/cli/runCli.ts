/** Runs the built program as a user does: another process, in a folder of its own, with an empty home. */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect } from "vitest";
import { callInHost } from "./hostedCommand.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const MAIN = join(ROOT, "dist/cli/main.js");

export const fixture = (name: string): string => join(ROOT, "test/fixtures", name);
/** An encoder of 32 numbers that loads in no time. */
export const TINY = fixture("tiny-bert");

/** How a run ended. */
export interface Finished {
  /** Exit status as a shell sees it: 128 and the number of the signal where one ended the run. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came. */
  readonly bytes: Buffer;
}

export interface RunOptions {
  /** All of stdin. @default nothing */
  readonly input?: string | Uint8Array;
  /** On top of the sandbox's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A run that goes on while the test does. */
export interface Running {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly finished: Promise<Finished>;
}

/** A folder to work in, and an empty home. */
export interface Sandbox {
  readonly folder: string;
  readonly home: string;
  /** All that a run knows of its surroundings: no CI, no switch for telemetry, nothing of the caller's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of a name in the folder. */
  readonly path: (name: string) => string;
  /** Writes a file of the folder. @returns its name */
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
  /** Names of everything in the folder, those in sub-folders too, sorted. */
  readonly files: () => Promise<string[]>;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  readonly start: (args: readonly string[], options?: RunOptions) => Running;
  /**
   * As `run`, but one of many commands in a process that goes on, which saves the start of a process: for what a command
   * says and writes, whatever process it is in.
   */
  readonly call: (args: readonly string[], options?: RunOptions & { readonly input?: string }) => Promise<Finished>;
  readonly remove: () => Promise<void>;
}

const perTest: Sandbox[] = [];
afterEach(async () => {
  for (const one of perTest.splice(0)) await one.remove();
});

/** A sandbox that is removed after the test. */
export async function sandbox(): Promise<Sandbox> {
  const made = await makeSandbox();
  perTest.push(made);
  return made;
}

const perFile: Sandbox[] = [];
afterAll(async () => {
  for (const one of perFile.splice(0)) await one.remove();
});

/** A sandbox that is removed after the last test of the file. */
export async function sharedSandbox(): Promise<Sandbox> {
  const made = await makeSandbox();
  perFile.push(made);
  return made;
}

async function makeSandbox(): Promise<Sandbox> {
  // Without links in it, so that paths in messages are those given.
  const top = await mkdtemp(join(await realpath(tmpdir()), "headstart-cli-"));
  const [folder, home] = [join(top, "work"), join(top, "home")];
  await mkdir(folder);
  await mkdir(home);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, ".cache"),
    // Nothing listens there: a test that asks the hub fails at once.
    HF_ENDPOINT: "http://127.0.0.1:9",
    ...(process.platform === "win32" ? { SystemRoot: process.env["SystemRoot"] ?? "" } : {}),
  };
  const start: Sandbox["start"] = (args, options = {}) =>
    startProcess([MAIN, ...args], { cwd: folder, env: { ...env, ...options.env }, input: options.input });
  const call: Sandbox["call"] = (args, { input = "", env: more } = {}) =>
    callInHost({ args, cwd: folder, env: { ...env, ...more }, input });
  return {
    folder,
    home,
    env,
    call,
    path: (name) => join(folder, name),
    write: async (name, content) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
      return name;
    },
    files: async () => (await readdir(folder, { recursive: true })).sort(),
    start,
    run: (args, options) => start(args, { input: "", ...options }).finished,
    remove: () => rm(top, { recursive: true, force: true }),
  };
}

interface ProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** All of stdin; left open without it. */
  readonly input?: string | Uint8Array | undefined;
  /** @default node */
  readonly program?: string;
}

/**
 * Exit status as a shell sees it. Whether a run that is told to stop ends by itself or by the signal depends on how busy
 * the machine is, so no test tells these apart.
 */
export const statusOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + constants.signals[signal!];

/** Whether a run is over, by itself or by a signal. */
export const hasEnded = ({ process: child }: Running): boolean => child.exitCode !== null || child.signalCode !== null;

export function startProcess(args: readonly string[], { cwd, env, input, program }: ProcessOptions): Running {
  const child = spawn(program ?? process.execPath, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => {}); // it may end without reading all
  if (input !== undefined) child.stdin.end(input);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const bytes = Buffer.concat(out);
      resolve({ code: statusOf(code, signal), bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() });
    });
  });
  return { process: child, finished };
}

/** A run that had to succeed for the test to have any sense. */
export function succeeded(finished: Finished): Finished {
  if (finished.code !== 0) throw new Error(`It ended with ${finished.code}: ${finished.stderr}`);
  return finished;
}

/** The one JSON object that a run with --json prints. */
export function jsonOf({ code, stdout, stderr }: Finished): Record<string, unknown> {
  expect(stderr).not.toContain("error[");
  expect(code).toBe(0);
  expect(stdout.endsWith("\n")).toBe(true);
  expect(stdout.trimEnd()).not.toContain("\n");
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** JSON lines of stdout. */
export const linesOf = ({ stdout }: Finished): Record<string, unknown>[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Checks that a run failed as it should: its status, one line with its code, nothing on stdout, no stack. */
export function expectFailure(
  finished: Finished,
  { exit, code, says = [] }: { readonly exit: number; readonly code: string; readonly says?: readonly RegExp[] },
): void {
  const lines = finished.stderr.split("\n").filter((line) => line !== "");
  const errors = lines.filter((line) => line.startsWith("error["));
  if (errors.length !== 1) throw new Error(`Not one error but ${errors.length}: ${finished.stderr}`);
  expect(lines.at(-1)).toBe(errors[0]);
  expect(errors[0]).toMatch(new RegExp(`^error\\[${code}\\] `));
  for (const pattern of says) expect(errors[0]).toMatch(pattern);
  expect(finished.code).toBe(exit);
  expect(finished.stdout).toBe("");
  expect(finished.stderr).not.toMatch(/^\s+at /m);
}

/** A CSV file of `columns` and rows; every field in quotes. */
export const csv = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, ...rows].map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`).join("");

const WORDS = {
  good: ["sun", "lovely", "great", "happy", "best"],
  bad: ["rain", "awful", "worst", "sad", "broken"],
} as const;

/** Labeled rows that can be learned, all different: `rows` of them, labels in turn. */
export function labelledRows(rows: number, labels: readonly string[] = ["good", "bad"]): [string, string][] {
  const words = Object.values(WORDS);
  return Array.from({ length: rows }, (_, i) => {
    const own = words[(i % labels.length) % 2];
    return [`${own[i % 5]} ${own[(i * 3 + 1) % 5]} day ${i}`, labels[i % labels.length]];
  });
}
