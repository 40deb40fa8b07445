// @ts-check
/**
 * Hands every reader damaged inputs, each reader in a process of its own: a mutant is read, or refused with an error of
 * the closed list; never a defect, a signal, more than ten seconds or 1.5 GB, and never other numbers where there is a
 * checksum.
 */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const RUN = fileURLToPath(new URL("./mutantRun.mjs", import.meta.url));
const HANGS_MS = 10_000;
const LOOK_EVERY_MS = 250;

/**
 * @typedef {object} Mutants
 * @property {string} reader
 * @property {number} mutants
 * @property {Readonly<Record<string, number>>} outcomes  how many were read, or refused with which code
 * @property {number} slowestMs
 * @property {number} mostBytes  memory of the process at its most
 * @property {string[]} faults  what should not have been, a line each
 */

/**
 * @param {string} reader  a name of readers.mjs
 * @param {{ readonly mutants: number, readonly seed: number, readonly world: string }} options
 * @returns {Promise<Mutants>}
 */
export async function mutateReader(reader, { mutants, seed, world }) {
  /** @type {Mutants & { outcomes: Record<string, number> }} */
  const result = { reader, mutants, outcomes: {}, slowestMs: 0, mostBytes: 0, faults: [] };
  for (let from = 0; from < mutants;) from = await runFrom(from, result, { seed, world });
  return result;
}

/**
 * Goes on from one mutant until all are through or one ended the process.
 *
 * @param {number} from
 * @param {Mutants & { outcomes: Record<string, number> }} result
 * @param {{ readonly seed: number, readonly world: string }} options
 * @returns {Promise<number>} the next one
 */
function runFrom(from, result, { seed, world }) {
  const { reader, mutants } = result;
  const args = [reader, String(seed), String(from), String(mutants), world];
  const child = fork(RUN, args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let [at, since, hung, said] = [from - 1, Infinity, false, ""];
  child.stderr?.on("data", (chunk) => (said = (said + chunk).slice(-500)));
  const watch = setInterval(() => {
    if (performance.now() - since < HANGS_MS) return;
    hung = true;
    child.kill("SIGKILL");
  }, LOOK_EVERY_MS);
  child.on("message", (/** @type {any} */ message) => {
    if (message.fault !== undefined) result.faults.push(`${reader} ${message.i} (seed ${seed}): ${message.fault}`);
    if (message.outcome !== undefined) result.outcomes[message.outcome] = (result.outcomes[message.outcome] ?? 0) + 1;
    result.slowestMs = Math.max(result.slowestMs, message.ms ?? 0);
    result.mostBytes = Math.max(result.mostBytes, message.rss ?? 0);
    [at, since] = [message.i, performance.now()];
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearInterval(watch);
      if (code === 0) return resolve(mutants);
      const how = hung ? `took over ${HANGS_MS} ms` : `ended the process with ${code ?? signal}: ${said}`;
      result.faults.push(`${reader} ${at + 1} (seed ${seed}): ${how}`);
      resolve(Math.max(at + 2, from + 1));
    });
  });
}
