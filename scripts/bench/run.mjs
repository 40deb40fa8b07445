// @ts-check
/**
 * `npm run bench`: speed and memory beside named peers, every figure a ratio within one run.
 *
 *   npm run bench -- [--encoders <folder>] [--rounds 5] [--texts 2048] [--only embed|heads]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public) and a folder with `Xenova/all-MiniLM-L6-v2` and, for the built-in
 * encoder's ratio to its teacher, `Xenova/bge-small-en-v1.5` in Hugging Face layout (HEADSTART_ENCODERS, or --encoders). Peers are installed into a scratch folder outside the checkout; every
 * measurement is a process of its own, and the ways take turns, so that a noisy machine is noisy for all of them.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchHeads } from "./heads.mjs";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";

const PEER = "@huggingface/transformers@4.3.1"; // what @xenova/transformers has become
const MINILM = "Xenova/all-MiniLM-L6-v2";
const TEACHER = "Xenova/bge-small-en-v1.5"; // of the built-in encoder

const { values } = parseArgs({
  options: {
    encoders: { type: "string", default: process.env.HEADSTART_ENCODERS ?? "" },
    rounds: { type: "string", default: "5" },
    texts: { type: "string", default: "2048" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const limit = Number(values.texts);

ensureInstalled();
ensureBuilt();
if (values.only !== "embed") await benchHeads(rounds);
if (values.only === "heads") process.exit(0);
const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
const corpus = join(corpora, "tweets/tweeteval-sentiment.test.csv");
const model = join(values.encoders, MINILM);
for (const [what, path, how] of [
  ["the corpora", corpus, "set HEADSTART_CORPORA, or npm run fetch-corpora"],
  ["the encoder", join(model, "onnx/model.onnx"), `put ${MINILM} in Hugging Face layout under --encoders`],
]) {
  if (!existsSync(path)) {
    console.error(`Cannot find ${what} at ${path}: ${how}`);
    process.exit(2);
  }
}

const peers = join(tmpdir(), "headstart-bench-peers");
installPeers();
const scratch = mkdtempSync(join(tmpdir(), "headstart-bench-"));

const teacher = join(values.encoders, TEACHER);
const ofTeacher = "transformers.js, bge-small-en-v1.5, batches of 32";

/** @type {Record<string, string[]>} */
const ways = {
  "headstart embed": ["ours.mjs", corpus, model, String(limit), join(scratch, "ours.npy")],
  "transformers.js, one text at a time": ["peer.mjs", corpus, model, String(limit), "1", peers],
  "transformers.js, batches of 32": ["peer.mjs", corpus, model, String(limit), "32", peers],
  "transformers.js, all at once": ["peer.mjs", corpus, model, String(limit), String(limit), peers],
  "headstart embed, --precision int8": ["ours.mjs", corpus, model, String(limit), join(scratch, "int8.npy"), "int8"],
  "headstart embed, built-in encoder": ["ours.mjs", corpus, "headstart-mini", String(limit), join(scratch, "mini.npy")],
  ...(existsSync(join(teacher, "onnx/model.onnx"))
    ? { [ofTeacher]: ["peer.mjs", corpus, teacher, String(limit), "32", peers, "cls"] }
    : {}),
};

console.log(`${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}`);
console.log(`first ${limit} texts of ${corpus}, MiniLM fp32 unless said, median of ${rounds} alternating runs\n`);
/** @type {Record<string, { textsPerSecond: number, peakMB: number }[]>} */
const results = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
for (let round = 1; round <= rounds; round++) {
  for (const [way, [script, ...args]] of Object.entries(ways)) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/bench", script), ...args], {
      encoding: "utf8",
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) {
      console.error(`${way} ended with ${status}:\n${stderr.slice(-2000)}`);
      process.exit(1);
    }
    results[way].push(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    process.stderr.write(`round ${round}: ${way} ${results[way].at(-1)?.textsPerSecond.toFixed(0)}/s\n`);
  }
}
rmSync(scratch, { recursive: true, force: true });

const median = (/** @type {number[]} */ of) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)];
const rate = (/** @type {string} */ way) => median(results[way].map((r) => r.textsPerSecond));
const bestPeer = Math.max(
  ...Object.keys(ways)
    .filter((way) => way.startsWith("transformers") && way !== ofTeacher)
    .map(rate),
);
console.log("| way | texts/s | to the best of transformers.js | peak memory |\n| --- | --- | --- | --- |");
for (const way of Object.keys(ways)) {
  const peak = Math.max(...results[way].map((r) => r.peakMB));
  console.log(`| ${way} | ${rate(way).toFixed(0)} | ${(rate(way) / bestPeer).toFixed(2)} | ${peak.toFixed(0)} MB |`);
}
if (ofTeacher in ways) {
  const times = rate("headstart embed, built-in encoder") / rate(ofTeacher);
  console.log(`\nThe built-in encoder is ${times.toFixed(1)} times as fast as its teacher in transformers.js`);
}

function installPeers() {
  if (existsSync(join(peers, "node_modules/@huggingface/transformers"))) return;
  mkdirSync(peers, { recursive: true });
  writeFileSync(join(peers, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  execFileSync(npm, ["install", "--no-audit", "--no-fund", "--ignore-scripts", PEER], {
    cwd: peers,
    stdio: "inherit",
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
}
