#!/usr/bin/env node
import { totalmem } from "node:os";
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { ErrorCode } from "../errors.js";
import { EXIT_OF } from "./signals.js";
import { parseSize, SIZE_ADVICE } from "./flags/bytes.js";
import { count } from "../text/numbers.js";

// Before anything else: it must be in the environment of the process when the native runtime loads.
process.env["ORT_DISABLE_TELEMETRY"] = "1";

/*
 * A command runs on a thread of its own and this one only watches it: so a signal is heard and the memory is looked at
 * wherever the command is, in a long computation, a regular expression or the native runtime.
 */

type Signal = keyof typeof EXIT_OF;

/** Exit statuses where usage, an output or a limit is the reason. */
const [USAGE, OUTPUT, LIMIT] = [2, 5, 6];
/** What a command is given to stop cleanly. */
const STOP_MS = 4000;
/** How long its thread has to end once it was asked to. */
const END_MS = 500;
const LOOK_EVERY_MS = 100;
/** Of the memory that there is, what one command may have before it is ended instead of the machine being slowed down. */
const SHARE = 0.9;

const limit = memoryLimit(process.env) ?? 0;
if (limit === 0) {
  const found = JSON.stringify(process.env["HEADSTART_MAX_MEMORY"]);
  tell("E_USAGE", `Cannot read HEADSTART_MAX_MEMORY=${found} as a size above 0. ${SIZE_ADVICE}`);
  process.exit(USAGE);
}

const command = new Worker(new URL("./commandThread.js", import.meta.url), {
  argv: process.argv.slice(2),
  // One environment for all threads, so that the native runtime sees what is set.
  env: SHARE_ENV,
});
let stoppedBy: Signal | undefined;

for (const signal of Object.keys(EXIT_OF) as Signal[]) {
  process.on(signal, () => {
    // The first asks for a clean stop, the second ends at once.
    if (stoppedBy !== undefined) return endBy(signal);
    stoppedBy = signal;
    command.postMessage(signal);
    setTimeout(() => endBy(signal), STOP_MS).unref();
  });
}

const watch = setInterval(() => {
  const taken = process.memoryUsage.rss();
  if (taken < limit) return;
  clearInterval(watch);
  fail(
    `The command takes ${megabytes(taken)} MB, more than the ${megabytes(limit)} MB that it may have`,
    "HEADSTART_MAX_MEMORY",
  );
  void end(LIMIT);
}, LOOK_EVERY_MS);
watch.unref();

command.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    fail("The command needs more memory than Node gives it", "NODE_OPTIONS=--max-old-space-size=<megabytes>");
    process.exitCode = LIMIT;
  } else if (error.code === "EMFILE" || error.code === "ENFILE") {
    // Before the command has begun: its own code cannot be opened.
    tell("E_OUTPUT_WRITE", `Too many files are open (${error.code}). Raise the limit (ulimit -n) and try again`);
    process.exitCode = OUTPUT;
  } else {
    process.stderr.write(`${error.stack ?? String(error)}\n`);
    process.exitCode = 1;
  }
});
command.on("exit", (code) => {
  clearInterval(watch);
  process.exitCode ||= code;
});

/**
 * Ends the process by a signal that nobody listens to any more. An exit would wait for threads that wait for a pipe, and take
 * the runtime down under threads that are inside it, which aborts.
 */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Ends the process with the command wherever it is. */
async function end(exitCode: number): Promise<void> {
  const late = new Promise((done) => setTimeout(done, END_MS, "late"));
  if ((await Promise.race([command.terminate(), late])) === "late") return endBy("SIGKILL");
  process.exit(exitCode);
}

function fail(found: string, setting: string): void {
  tell("E_MEMORY", `${found}. Give it fewer rows at a time, or raise the limit with ${setting}`);
}

function tell(code: ErrorCode, message: string): void {
  const json = process.argv.includes("--json");
  process.stderr.write(`${json ? JSON.stringify({ error: { code, message } }) : `error[${code}] ${message}`}\n`);
}

function megabytes(bytes: number): string {
  return count(Math.round(bytes / 1e6));
}

/**
 * Bytes that the process may take: what HEADSTART_MAX_MEMORY says, else most of what the machine, or the container that it
 * runs in, has. Undefined where that variable is no size.
 */
function memoryLimit(env: NodeJS.ProcessEnv): number | undefined {
  const asked = env["HEADSTART_MAX_MEMORY"] ?? "";
  if (asked !== "") return parseSize(asked);
  const constrained = process.constrainedMemory();
  // Without a limit it is 0 or larger than any machine.
  const there = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return SHARE * there;
}
