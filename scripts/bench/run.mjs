// @ts-check
/**
 * `npm run bench`: speed and memory beside named peers, every figure a ratio within one run; and how
 * good heads are: how well they are calibrated, and what a search adds.
 *
 *   npm run bench -- [--only corpus|heads|memory|reliability] [--rounds 5] [--texts 12284] [--encoders <folder>]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public) and, except for heads, a folder of encoders in Hugging Face
 * layout (HEADSTART_ENCODERS or --encoders) with `Xenova/all-MiniLM-L6-v2` and, for one row more,
 * `Xenova/bge-small-en-v1.5`. Peers are installed into a scratch folder outside the checkout. Every measurement is a
 * process of its own, and the ways take turns, so that a noisy machine is noisy for all of them.
 */

import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { benchCorpus } from "./corpus.mjs";
import { benchHeads } from "./heads.mjs";
import { benchMemory } from "./memory.mjs";
import { benchReliability } from "./reliability.mjs";
import { benchTuned } from "./tuned.mjs";
import { MINILM } from "./ways.mjs";

const { values } = parseArgs({
  options: {
    encoders: { type: "string", default: process.env.HEADSTART_ENCODERS ?? "" },
    rounds: { type: "string", default: "5" },
    texts: { type: "string", default: "12284" },
    only: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const wants = (/** @type {string} */ part) => values.only === undefined || values.only === part;

ensureInstalled();
ensureBuilt();
const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
const corpus = join(corpora, "tweets/tweeteval-sentiment.test.csv");
const encoders = values.encoders;

console.log(`${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}\n`);
if (wants("heads")) await benchHeads(rounds);
if (wants("reliability")) {
  const folder = process.env.HEADSTART_CACHE || join(ROOT, "out/cache");
  await benchReliability(folder);
  await benchTuned({ folder });
}
if (wants("memory")) await benchMemory({ corpus, minilm: found("the encoder", join(encoders, MINILM)) });
if (wants("corpus")) {
  found("the corpora", corpus);
  found("the encoder", join(encoders, MINILM));
  benchCorpus({ corpus, encoders, rounds, limit: Number(values.texts) });
}

/** A path that is there; else ends with 2. @param {string} what @param {string} path */
function found(what, path) {
  if (existsSync(path)) return path;
  console.error(
    `Cannot find ${what} at ${path}: set HEADSTART_CORPORA and HEADSTART_ENCODERS (see the head of run.mjs)`,
  );
  process.exit(2);
}
