#!/usr/bin/env node
import { fileStream } from "../store/fileStream.js";

// Before anything else: it must be in the environment when the native runtime loads.
process.env["ORT_DISABLE_TELEMETRY"] = "1";

const { run } = await import("./program.js");

const EXIT_OF = { SIGINT: 130, SIGTERM: 143 } as const;
const controller = new AbortController();
let stoppedBy: keyof typeof EXIT_OF | undefined;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The first asks for a clean stop, the second ends at once.
    if (stoppedBy !== undefined) process.exit(EXIT_OF[signal]);
    stoppedBy = signal;
    controller.abort();
    // Whoever waits for a pipe waits no longer.
    process.stdin.destroy();
    // Whatever does not look at the signal is given a moment.
    setTimeout(() => process.exit(EXIT_OF[signal]), 4000).unref();
  });
}

const stdout = (fileStream(process.stdout.fd) ?? process.stdout) as NodeJS.WriteStream;

// `headstart ... | head -1` closes the pipe: that is an end, not an error.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  // What a command prints fails by itself; help does not.
  process.exitCode = 5;
});

// Remarks that nobody can read are no reason to stop.
process.stderr.on("error", () => {});

try {
  const status = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout,
    stderr: process.stderr,
    env: process.env,
    signal: controller.signal,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
  });
  process.exitCode = status || process.exitCode || 0;
} catch (error) {
  if (stoppedBy === undefined) throw error;
}
if (stoppedBy !== undefined) process.exit(EXIT_OF[stoppedBy]);
// A pipe that is not read to its end must not keep the process alive.
process.stdin.unref?.();
