// @ts-check
/** What else can go wrong around a command: the hub, a full disk, signals, other runs at the same time. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { COMMANDS } from "./commands.mjs";
import { MISBEHAVIORS } from "./hub.mjs";
import { contents, differing, leftovers, play } from "./play.mjs";

/** What a signal may take to end a command on a machine that has nothing else to do. */
const STOP_MS = 5000;

/**
 * @typedef {object} Tried
 * @property {number} tries
 * @property {string[]} faults  what should not have been, a line each
 *
 * @typedef {object} Options
 * @property {number} tries
 * @property {() => number} random
 */

/** @param {readonly any[]} list @param {() => number} random */
const pick = (list, random) => list[Math.floor(random() * list.length)];

/**
 * A hub that misbehaves: each run ends with 0, 4, 5 or 6, nothing that is not whole has a final name, and the same command
 * works once the hub does.
 *
 * @param {import("./play.mjs").World} world
 * @param {Options & { readonly hub: Awaited<ReturnType<typeof import("./hub.mjs").startHub>> }} options
 * @returns {Promise<Tried>}
 */
export async function tryHub(world, { tries, random, hub }) {
  const args = (/** @type {string} */ output) => [
    "embed",
    "in.csv",
    "-o",
    `${output}.npy`,
    "--bad-rows",
    "skip",
    "--encoder",
    "owner/tiny",
  ];
  const cache = join(world.folder, "home/.cache/huggingface");
  /** @type {string[]} */
  const faults = [];
  hub.random = random;
  for (let i = 0; i < tries; i++) {
    const how = pick(Object.keys(MISBEHAVIORS), random);
    await rm(cache, { recursive: true, force: true });
    await removeAll(world.folder, "qqhub");
    Object.assign(hub, { misbehave: how, share: random() < 0.5 ? 1 : 0.3 });
    const ended = await play(world, args("qqhub"));
    hub.misbehave = undefined;
    if (![0, 4, 5, 6].includes(ended.code ?? 1))
      faults.push(`the hub ${how}: ended with ${ended.code ?? ended.signal}: ${ended.stderr.slice(-300)}`);
    await removeAll(world.folder, "qqhub");
    const next = await play(world, args("qqhub"));
    if (next.code !== 0) faults.push(`after a hub that ${how}: ended with ${next.code}: ${next.stderr.slice(-300)}`);
    const left = (await leftovers(world.folder)).filter((name) => !name.endsWith(".no_exist"));
    if (left.length > 0) faults.push(`after a hub that ${how}: left behind ${left.join(", ")}`);
  }
  await removeAll(world.folder, "qqhub");
  return { tries, faults };
}

/**
 * A disk that is full from some size of a file on: 5, nothing under the final name, and the same command works once there
 * is room.
 *
 * @param {import("./play.mjs").World} world
 * @param {Options} options
 * @returns {Promise<Tried>}
 */
export async function tryFullDisk(world, { tries, random }) {
  /** @type {string[]} */
  const faults = [];
  for (let i = 0; i < tries; i++) {
    const command = pick(COMMANDS, random);
    await removeAll(world.folder, "qqfull");
    for (const name of command.fresh ?? []) await rm(join(world.folder, name), { recursive: true, force: true });
    const limitBlocks = Math.floor(random() ** 2 * 60);
    const ended = await play(world, command.args("qqfull"), { limitBlocks });
    const how = `${command.name} with ${512 * limitBlocks} bytes a file`;
    if (ended.code !== 0 && ended.code !== 5)
      faults.push(`${how}: ended with ${ended.code ?? ended.signal}: ${ended.stderr.slice(-300)}`);
    const finals = Object.keys(await contents(world.folder, "qqfull")).filter(
      (name) => !/rejects|training\.html|headstart\//.test(name),
    );
    if (ended.code === 5 && finals.length > 0 && !ended.stderr.includes("stdout"))
      faults.push(`${how}: left ${finals.join(", ")}`);
    if (ended.code === 0) continue;
    const next = await play(world, command.args("qqfull"));
    if (next.code !== 0) faults.push(`${how}: the next run ended with ${next.code}: ${next.stderr.slice(-300)}`);
  }
  await removeAll(world.folder, "qqfull");
  return { tries, faults };
}

/**
 * SIGINT or SIGTERM at any moment ends any command within `stopMs`, by default five seconds, with 130 or 143 or, where it
 * was through, with 0.
 *
 * @param {import("./play.mjs").World} world
 * @param {Options & { readonly stopMs?: number }} options
 * @returns {Promise<Tried & { readonly longestMs: number }>}
 */
export async function trySignals(world, { tries, random, stopMs = STOP_MS }) {
  /** @type {string[]} */
  const faults = [];
  let longestMs = 0;
  for (let i = 0; i < tries; i++) {
    const command = pick(COMMANDS, random);
    await removeAll(world.folder, "qqsignal");
    const signal = pick(["SIGINT", "SIGTERM"], random);
    const afterMs = 100 + random() * 900;
    const ended = await play(world, command.args("qqsignal"), { afterMs, signal });
    const wanted = signal === "SIGINT" ? 130 : 143;
    const took = ended.ms - afterMs;
    longestMs = Math.max(longestMs, took);
    const isOwn = ended.code === wanted || ended.signal === signal || ended.code === 0;
    if (!isOwn)
      faults.push(`${command.name}, ${signal}: ended with ${ended.code ?? ended.signal}: ${ended.stderr.slice(-300)}`);
    if (took > stopMs) faults.push(`${command.name}, ${signal}: took ${Math.round(took)} ms to end`);
  }
  await removeAll(world.folder, "qqsignal");
  return { tries, faults, longestMs };
}

/**
 * Several runs of one command to one output, and of others to one cache, at the same time: one gets through, the others
 * are refused with 5 or 7 or find it done, and the output is that of an undisturbed run.
 *
 * @param {import("./play.mjs").World} world
 * @param {Options} options
 * @returns {Promise<Tried>}
 */
export async function tryTogether(world, { tries, random }) {
  /** @type {string[]} */
  const faults = [];
  for (let i = 0; i < tries; i++) {
    const command = pick(COMMANDS, random);
    for (const name of ["qqmany", "qqalone"]) await removeAll(world.folder, name);
    for (const name of command.fresh ?? []) await rm(join(world.folder, name), { recursive: true, force: true });
    const runs = await Promise.all([1, 2, 3, 4].map(() => play(world, command.args("qqmany"))));
    const codes = runs.map(({ code }) => code);
    if (!codes.includes(0) || codes.some((code) => code !== 0 && code !== 5 && code !== 7)) {
      faults.push(
        `${command.name} four times: ended with ${codes.join(", ")}: ${runs.map(({ stderr }) => stderr.slice(-200)).join(" | ")}`,
      );
    }
    await play(world, command.args("qqalone"));
    const different = differing(await contents(world.folder, "qqalone"), await contents(world.folder, "qqmany"));
    if (different.length > 0) faults.push(`${command.name} four times: differs in ${different.join(", ")}`);
    const left = await leftovers(world.folder);
    if (left.length > 0) faults.push(`${command.name} four times: left behind ${left.join(", ")}`);
  }
  for (const name of ["qqmany", "qqalone"]) await removeAll(world.folder, name);
  return { tries, faults };
}

/** @param {string} folder @param {string} prefix */
async function removeAll(folder, prefix) {
  for (const name of Object.keys(await contents(folder, prefix)))
    await rm(join(folder, prefix + name), { recursive: true, force: true });
  for (const name of [prefix, ...(await leftovers(folder))])
    await rm(join(folder, name), { recursive: true, force: true });
}
