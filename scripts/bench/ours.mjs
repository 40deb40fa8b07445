// @ts-check
/** One run of `headstart embed`: ours.mjs <corpus> <encoder> <limit> <output> [more flags] */

import { run } from "../../dist/cli/program.js";

const [corpus, encoder, limit, output, ...flags] = process.argv.slice(2);
const lines = /** @type {string[]} */ ([]);
const out = {
  write: (/** @type {string} */ text, /** @type {() => void} */ done) => (lines.push(text), done?.(), true),
};
const args = ["embed", corpus, "-o", output, "--encoder", encoder, "--limit", limit, "--json", "--quiet", "--force"];
const status = await run([...args, ...flags], {
  stdin: process.stdin,
  stdout: /** @type {any} */ (out),
  stderr: process.stderr,
  env: {},
  signal: new AbortController().signal,
  clock: () => performance.now(),
  now: () => new Date().toISOString(),
});
if (status !== 0) process.exit(status);
const { rows, tokens, textsPerSecond } = JSON.parse(lines.join(""));
console.log(JSON.stringify({ rows, tokens, textsPerSecond, peakMB: process.resourceUsage().maxRSS / 1024 }));
