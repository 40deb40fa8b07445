// @ts-check
/**
 * Kills every command at random moments and at every kind of call, starts it again, and compares: the inputs and, with
 * --force, the old output or the new one stand after each kill; in the end all is as an undisturbed run writes it, and
 * nothing is left.
 */

import { existsSync } from "node:fs";
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { COMMANDS } from "./commands.mjs";
import { callsIn, contents, differing, hasStrace, leftovers, play } from "./play.mjs";

/** Kills in a row before a run is left alone. */
const MOST_IN_A_ROW = 3;

/**
 * @typedef {object} Killed
 * @property {number} kills
 * @property {string[]} faults  what should not have been, a line each
 * @property {number} aside  kills between the two renames of a folder that is replaced
 */

/**
 * Kills one command until it has been through `kills` kills.
 *
 * @param {import("./play.mjs").World} world  prepared
 * @param {import("./commands.mjs").Try} command
 * @param {{ readonly kills: number, readonly random: () => number }} options
 * @returns {Promise<Killed>}
 */
export async function killCommand(world, command, { kills, random }) {
  const { folder } = world;
  const inputs = async () => ({
    ...(await contents(folder, "in.")),
    ...(await contents(folder, "head")),
    ...(await contents(folder, "tiny")),
  });
  const pick = (/** @type {readonly any[]} */ list) => list[Math.floor(random() * list.length)];
  /** @type {Killed} */
  const result = { kills: 0, faults: [], aside: 0 };
  const fault = (/** @type {string} */ what) => void result.faults.push(`${command.name}: ${what}`);
  const clean = async (/** @type {string} */ prefix) => {
    for (const name of Object.keys(await contents(folder, prefix)))
      await rm(join(folder, prefix + name), { recursive: true, force: true });
    for (const name of [prefix, ...(await leftovers(folder))])
      await rm(join(folder, name), { recursive: true, force: true });
    for (const name of command.fresh ?? []) await rm(join(folder, name), { recursive: true, force: true });
  };
  const before = await inputs();

  await clean("qqwhole");
  const trace = join(folder, "trace.txt");
  const whole = await play(world, command.args("qqwhole"), hasStrace ? { trace } : {});
  if (whole.code !== 0) return { ...result, faults: [`${command.name}: ended with ${whole.code}: ${whole.stderr}`] };
  const calls = hasStrace ? callsIn(await readFile(trace, "utf8"), folder) : new Map();
  const wanted = await contents(folder, "qqwhole");
  await clean("qqwhole");
  await clean("qqolder");
  await play(world, [...command.args("qqolder"), ...command.other]);
  const old = await contents(folder, "qqolder");
  const untraced = await play(world, command.args("qqwhole"));
  const again = differing(wanted, await contents(folder, "qqwhole"));
  if (again.length > 0) fault(`two undisturbed runs differ in ${again.join(", ")}`);

  while (result.kills < kills) {
    const forced = random() < 0.5;
    await clean("qqout");
    if (forced)
      for (const name of await topNames(folder, "qqolder"))
        await cp(join(folder, name), join(folder, name.replace("qqolder", "qqout")), { recursive: true });
    const args = [...command.args("qqout"), ...(forced ? ["--force"] : [])];
    for (let row = 0; ; row++) {
      const kinds = [...calls.keys()];
      const byCall = kinds.length > 0 && random() < 0.7;
      const kind = byCall ? pick(kinds) : "";
      const kill = byCall ? { call: { kind, n: pick(calls.get(kind)) } } : { afterMs: random() * untraced.ms * 1.1 };
      const ended = await play(world, args, row < MOST_IN_A_ROW ? kill : {});
      const killed = ended.code === null || ended.code === 137;
      if (killed) result.kills++;
      const how = byCall ? `killed at ${kind} ${kill.call?.n}` : `killed after ${Math.round(kill.afterMs ?? 0)} ms`;
      if (ended.code === 1) fault(`${how}: exit 1: ${ended.stderr.slice(-300)}`);
      const changed = differing(before, await inputs());
      if (changed.length > 0) fault(`${how}: the input lost ${changed.join(", ")}`);
      if (forced && killed) {
        const now = await contents(folder, "qqout");
        const lost = Object.keys(old).filter((name) => !isBeside(name) && now[name] === undefined);
        const isAside = lost.length > 0 && (await leftovers(folder)).some((name) => name.endsWith(".old"));
        if (isAside) result.aside++;
        else if (lost.some((name) => wanted[name] !== undefined))
          fault(`${how}: neither old nor new: ${lost.join(", ")}`);
      }
      if (killed) continue;
      // Killed when all was in place and reported: then the output is there, which is what the next run says.
      const isThere = ended.code === 5 && ended.stderr.includes("E_OUTPUT_EXISTS") && row > 0;
      if (ended.code !== 0 && !isThere)
        fault(`${how}, ${row} kills before: ended with ${ended.code}: ${ended.stderr.slice(-300)}`);
      break;
    }
    const different = differing(wanted, await contents(folder, "qqout"));
    if (different.length > 0) fault(`differs after kills in ${different.join(", ")}`);
    const left = (await leftovers(folder)).filter((name) => !existsSync(join(folder, name, "lock")));
    if (left.length > 0) fault(`left behind: ${left.join(", ")}`);
  }
  await clean("qqout");
  await clean("qqwhole");
  await clean("qqolder");
  return result;
}

/** Rejected rows and the page that shows a training may be those of either run while one is replaced by the other. */
const isBeside = (/** @type {string} */ name) => /\.(rejects\.jsonl|training\.html)$/.test(name);

/** @param {string} folder @param {string} prefix */
const topNames = async (folder, prefix) => [
  ...new Set(Object.keys(await contents(folder, prefix)).map((name) => (prefix + name).split("/")[0])),
];

/**
 * Kills all commands in turn.
 *
 * @param {import("./play.mjs").World} world
 * @param {{ readonly kills: number, readonly random: () => number, readonly commands?: typeof COMMANDS,
 *   readonly onCommand?: (name: string, killed: Killed) => void }} options  kills: of each command
 */
export async function killAll(world, { kills, random, commands = COMMANDS, onCommand }) {
  /** @type {Killed} */
  const all = { kills: 0, faults: [], aside: 0 };
  for (const command of commands) {
    const killed = await killCommand(world, command, { kills, random });
    all.kills += killed.kills;
    all.aside += killed.aside;
    all.faults.push(...killed.faults);
    onCommand?.(command.name, killed);
  }
  return all;
}
