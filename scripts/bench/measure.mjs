// @ts-check
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";

/**
 * One measurement, in a process of its own.
 *
 * @param {readonly [script: string, ...args: string[]]} command  a script in this folder, and what it takes
 * @param {{ readonly flags?: readonly string[] }} [options]  flags of node
 * @returns {any} the object that its last line is
 */
export function measure([script, ...args], { flags = [] } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, join(ROOT, "scripts/bench", script), ...args],
    { encoding: "utf8", env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" }, maxBuffer: 2 ** 28 },
  );
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  console.error(`${script} ${args.join(" ")} ended with ${status ?? signal}:\n${stderr.slice(-2000)}`);
  process.exit(1);
}

/** @param {readonly number[]} of */
export const median = (of) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)];
