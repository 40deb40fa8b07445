// @ts-check
/**
 * `npm run soak`: kills, mutants, a hub that misbehaves, full disks, signals and concurrent runs, over every command and
 * every reader; prints what was tried and ends with 1 where anything is not as it should be.
 *
 *     npm run build && npm run soak -- [--kills 400] [--mutants 100000] [--others 200] [--seed 1] [--only mutants] [--state out/soak]
 *
 * What is through is kept in the state folder: a run that was stopped goes on where it was with the same numbers.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seeded } from "../../dist/math/random.js";
import { COMMANDS, prepare } from "./commands.mjs";
import { startHub } from "./hub.mjs";
import { killCommand } from "./kills.mjs";
import { mutateReader } from "./mutants.mjs";
import { tryFullDisk, tryHub, trySignals, tryTogether } from "./others.mjs";
import { hasStrace, makeWorld, removeWorld } from "./play.mjs";
import { READERS } from "./readers.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "400" },
    mutants: { type: "string", default: "100000" },
    others: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    state: { type: "string", default: "out/soak" },
  },
});
const [kills, mutants, others, seed] = [values.kills, values.mutants, values.others, values.seed].map(Number);

/** @typedef {{ readonly tried: number, readonly faults: readonly string[], readonly summary: string }} Done */

const stateFile = join(values.state, `${[kills, mutants, others, seed].join("-")}.json`);
/** @type {Record<string, Done>} */
const state = readState();

const hub = await startHub(join(import.meta.dirname, "../.."));
const world = await makeWorld({ HF_ENDPOINT: hub.url });
await prepare(world);
if (!hasStrace)
  console.log("strace is not here: commands are killed at random moments only, not at every kind of call");

const each = Math.ceil(kills / COMMANDS.length);
for (const [i, command] of COMMANDS.entries()) {
  await step(`kills: ${command.name}`, async () => {
    const killed = await killCommand(world, command, { kills: each, random: seeded(seed * 1000 + i) });
    const aside = killed.aside === 0 ? "" : `, ${killed.aside} of them between the two renames of a folder`;
    return { tried: killed.kills, faults: killed.faults, summary: `${killed.kills} kills${aside}` };
  });
}

const shares = Object.values(READERS).reduce((sum, { share = 1 }) => sum + share, 0);
for (const [name, { share = 1 }] of Object.entries(READERS)) {
  await step(`mutants: ${name}`, async () => {
    const found = await mutateReader(name, {
      mutants: Math.ceil((mutants * share) / shares),
      seed,
      world: world.folder,
    });
    const outcomes = Object.entries(found.outcomes).map(([outcome, n]) => `${outcome} ${n}`);
    const most = `slowest ${found.slowestMs.toFixed(0)} ms, ${(found.mostBytes / 1e6).toFixed(0)} MB at most`;
    return { tried: found.mutants, faults: found.faults, summary: `${outcomes.join(", ")}; ${most}` };
  });
}

const some = Math.ceil(others / 4);
const tries = { hub: tryHub, "full disk": tryFullDisk, signals: trySignals, together: tryTogether };
for (const [name, attempt] of Object.entries(tries)) {
  await step(`others: ${name}`, async () => {
    const { faults, ...found } = await attempt(world, { tries: some, random: seeded(seed), hub });
    const longest = "longestMs" in found ? `, the slowest ended after ${found.longestMs.toFixed(0)} ms` : "";
    return { tried: found.tries, faults, summary: `${found.tries} tries${longest}` };
  });
}

await removeWorld(world);
hub.close();
for (const kind of ["kills", "mutants", "others"]) {
  const parts = Object.entries(state).filter(([name]) => name.startsWith(`${kind}:`));
  const tried = parts.reduce((sum, [, done]) => sum + done.tried, 0);
  console.log(`${kind}: ${tried} tried, ${parts.reduce((sum, [, done]) => sum + done.faults.length, 0)} faults`);
}
process.exitCode = Object.values(state).every(({ faults }) => faults.length === 0) ? 0 : 1;

/** Does one part, unless an earlier run has. @param {string} name @param {() => Promise<Done>} work */
async function step(name, work) {
  if (values.only !== undefined && !name.includes(values.only)) return;
  const known = state[name];
  const done = known ?? (await work());
  console.log(`${name}: ${done.summary}${known === undefined ? "" : " (before)"}`);
  for (const fault of done.faults) console.log(`  FAULT ${fault}`);
  state[name] = done;
  mkdirSync(values.state, { recursive: true });
  writeFileSync(`${stateFile}.new`, JSON.stringify(state, null, 2));
  renameSync(`${stateFile}.new`, stateFile);
}

function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, "utf8"));
  } catch {
    return {};
  }
}
