/** Commands in a process that runs one after the other; see commandHost.mjs. */

import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Finished } from "./runCli.js";

export interface HostedCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** All of stdin. */
  readonly input: string;
}

let host: ChildProcess | undefined;
/** What the host showed past the streams of its commands, which has to be nothing. */
let stray = "";
/** Ends with the last command that was given. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a command of the built program once those before it are through. */
export function callInHost(command: HostedCommand): Promise<Finished> {
  const next = last.then(() => answer(command));
  last = next.catch(() => {});
  return next;
}

function answer(command: HostedCommand): Promise<Finished> {
  const child = (host ??= startHost());
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null): void =>
      reject(new Error(`headstart ${command.args.join(" ")} ended its process with ${code ?? signal}: ${stray}`));
    child.once("exit", ended);
    child.once("message", (finished: Omit<Finished, "bytes">) => {
      child.off("exit", ended);
      resolve({ ...finished, bytes: Buffer.from(finished.stdout) });
    });
    child.send(command);
  });
}

function startHost(): ChildProcess {
  const script = fileURLToPath(new URL("./commandHost.mjs", import.meta.url));
  const child = fork(script, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (stray += chunk));
  child.once("exit", () => (host = undefined));
  return child;
}

afterAll(async () => {
  if (host === undefined) return;
  const closed = new Promise((resolve) => host?.once("close", resolve));
  host.send("end");
  await closed;
  if (stray !== "") throw new Error(`A command wrote past its streams: ${stray}`);
});
