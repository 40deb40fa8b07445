import { parentPort } from "node:worker_threads";
import { openStdin, openWriter } from "../files/standardStreams.js";
import { run } from "./program.js";
import { EXIT_OF } from "./signals.js";

/** One command, on a thread that main.ts watches. */

const controller = new AbortController();
const stdin = openStdin();
const [stdout, stderr] = [openWriter(1), openWriter(2)];

let stoppedBy: keyof typeof EXIT_OF | undefined;
parentPort?.on("message", (signal: keyof typeof EXIT_OF) => {
  stoppedBy = signal;
  controller.abort(new Error(signal));
  // Whoever waits for a pipe waits no longer.
  stdin.destroy();
});
parentPort?.unref();

stdout.on("error", (error: NodeJS.ErrnoException) => {
  // What a command prints fails by itself; help does not. A pipe that is closed early is an end, not an error.
  if (error.code !== "EPIPE") process.exitCode = 5;
});

// Remarks that nobody can read are no reason to stop.
stderr.on("error", () => {});

/** The one moment of a build that is to be made again bit by bit, see https://reproducible-builds.org/specs/source-date-epoch */
const fixed = new Date(1000 * Number(process.env["SOURCE_DATE_EPOCH"] ?? NaN));

const status = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env: process.env,
  signal: controller.signal,
  clock: () => performance.now(),
  now: () => (Number.isNaN(fixed.getTime()) ? new Date() : fixed).toISOString(),
}).catch((error: unknown) => {
  // One that came through in spite of a signal has ended as it should.
  if (stoppedBy !== undefined) return EXIT_OF[stoppedBy];
  throw error;
});
process.exitCode = status || process.exitCode || 0;
// A pipe that is not read to its end must not keep the thread alive.
stdin.destroy();
