// @ts-check
/** node mutantRun.mjs <reader> <seed> <from> <to> <world>: one reader and its mutants, one at a time; tells its parent of each. */

import { sha256 } from "../sha256.mjs";
import { seeded } from "../../dist/math/random.js";
import { mutateBytes, mutateJson } from "./mutate.mjs";
import { openReader } from "./readers.mjs";

const [name, seed, from, to, world] = process.argv.slice(2);
const MOST_BYTES = 1.5e9;

// A thing that a library says is no fault, and would fill the output.
for (const method of /** @type {const} */ (["debug", "log", "info", "warn"])) console[method] = () => {};
const send = (/** @type {object} */ message) => new Promise((done) => process.send?.(message, done));
const hashOf = (/** @type {unknown} */ value) => sha256(String(value));

const { seeds, read, json, isSealed } = await openReader(name, {
  folder: `${world}/${name.replaceAll(/\W+/g, "-")}`,
  world,
});
// A seed that cannot be read finds nothing.
const wanted = [];
for (const good of seeds) wanted.push(hashOf(await read(good)));

for (let i = Number(from); i < Number(to); i++) {
  // Each mutant has a source of its own, so that it can be made again alone.
  const random = seeded(Number(seed) * 1_000_003 + i);
  const n = Math.floor(random() * seeds.length);
  const bytes = json && random() < 0.7 ? mutateJson(seeds[n], random) : mutateBytes(seeds[n], random);
  const began = performance.now();
  let outcome = "read";
  let fault;
  try {
    const found = await read(bytes);
    if (isSealed && hashOf(found) !== wanted[n]) fault = "read as something else";
  } catch (error) {
    const { name: kind, code, stack } = /** @type {{ name?: string, code?: string, stack?: string }} */ (error);
    outcome = kind === "HeadstartError" ? String(code) : "defect";
    if (outcome === "defect") fault = String(stack ?? error).slice(0, 400);
  }
  const rss = process.memoryUsage.rss();
  if (rss > MOST_BYTES) fault ??= `takes ${Math.round(rss / 1e6)} MB`;
  await send({ i, outcome, ms: performance.now() - began, rss, ...(fault === undefined ? {} : { fault }) });
}
process.disconnect?.();
process.exit(0);
