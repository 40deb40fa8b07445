// @ts-check
/**
 * Runs commands of the built program one after the other, without the start that each of them has in a process of its
 * own. Messages are `{ args, cwd, env, input }`, answered by `{ code, stdout, stderr }`, and "end".
 */

import { Readable, Writable } from "node:stream";
import { run } from "../../dist/cli/program.js";

/** @typedef {{ readonly args: readonly string[], readonly cwd: string, readonly env: Record<string, string>, readonly input: string }} Command */

/** What a command has for stdout or stderr. */
function sink() {
  /** @type {Buffer[]} */
  const chunks = [];
  const stream = new Writable({ write: (chunk, _, done) => (chunks.push(chunk), done()) });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** @param {Command} command */
async function perform({ args, cwd, env, input }) {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env, { ORT_DISABLE_TELEMETRY: "1" });
  const [stdout, stderr] = [sink(), sink()];
  const code = await run(args, {
    stdin: Readable.from(input === "" ? [] : [Buffer.from(input)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: process.env,
    signal: new AbortController().signal,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
  }).catch((error) => {
    // As main.ts shows a defect.
    stderr.stream.write(`${error.stack ?? error}\n`);
    return 1;
  });
  return { code: code || process.exitCode || 0, stdout: stdout.text(), stderr: stderr.text() };
}

process.on("disconnect", () => process.exit());
process.on("message", async (/** @type {Command | "end"} */ command) => {
  if (command === "end") process.exit();
  process.exitCode = undefined;
  process.send?.(await perform(command));
});
