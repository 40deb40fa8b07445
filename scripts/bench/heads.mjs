// @ts-check
/**
 * Heads beside scikit-learn and PyTorch, on the same vectors: the training tweets by the built-in encoder.
 *
 * Peers run in the Python that HEADSTART_PYTHON names; a peer that it lacks has no row. Every fit is a process of its own
 * that times the fit alone, libraries loaded and warm, on two threads; the ways take turns.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";
import { CORPORA, DOMAINS } from "./labeled.mjs";

const HERE = join(ROOT, "scripts/bench");
const PYTHON = process.env.HEADSTART_PYTHON ?? "python3";
const THREADS = { OMP_NUM_THREADS: "2", OPENBLAS_NUM_THREADS: "2", MKL_NUM_THREADS: "2", ORT_DISABLE_TELEMETRY: "1" };
/** Kind of fit: its ways, ours first, each a program with its arguments. */
const FITS = {
  "logistic head, C 1, tolerance 1e-4": { ours: ["logistic", "1e-4"], peers: { sklearn: "logistic" } },
  "the same, tolerance 1e-7": { ours: ["logistic", "1e-7"], peers: { sklearn: "exact" } },
  "mlp 384-256-3, 5 epochs of batches of 200": { ours: ["mlp", "5"], peers: { sklearn: "mlp", torch: "torch" } },
};

/** @param {number} rounds */
export async function benchHeads(rounds) {
  const corpus = join(CORPORA, DOMAINS.tweets.train);
  if (!existsSync(corpus)) return console.error(`No ${corpus}: heads are not measured`);
  const scratch = mkdtempSync(join(tmpdir(), "headstart-bench-"));
  const cache = process.env.HEADSTART_CACHE || join(scratch, "cache");
  try {
    const data = await vectors(corpus, { scratch, cache });
    console.log(`${corpus}, built-in encoder, 2 threads, median of ${rounds} alternating rounds\n`);
    console.log("| fit | way | seconds | to headstart | loss or objective | above the least |");
    console.log("| --- | --- | --- | --- | --- | --- |");
    for (const [name, fit] of Object.entries(FITS)) compare(name, fit, { data, rounds });
    console.log("");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {{ ours: string[], peers: Record<string, string> }} fit
 * @param {{ data: string[], rounds: number }} job
 */
function compare(name, { ours, peers }, { data, rounds }) {
  /** @type {Record<string, string[]>} */
  const ways = { headstart: [process.execPath, join(HERE, "fit.mjs"), ...ours, ...data] };
  for (const [library, kind] of Object.entries(peers)) {
    const found = spawnSync(PYTHON, ["-c", `import numpy, ${library}`]).status === 0;
    if (found) ways[library] = [PYTHON, join(HERE, "fit.py"), kind, ours[1], ...data];
    else console.error(`${PYTHON} has no ${library}: no row for it (HEADSTART_PYTHON names another)`);
  }
  /** @type {Record<string, { seconds: number, value: number }[]>} */
  const results = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [way, [program, ...args]] of Object.entries(ways)) {
      const env = { ...process.env, ...THREADS };
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
      if (status !== 0) throw new Error(`${way} ended with ${status}:\n${stderr.slice(-2000)}`);
      results[way].push(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
      process.stderr.write(`round ${round}: ${name}, ${way} ${results[way].at(-1)?.seconds.toFixed(2)} s\n`);
    }
  }
  const seconds = (/** @type {string} */ way) =>
    results[way].map((r) => r.seconds).toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
  const least = Math.min(...Object.values(results).map(([{ value }]) => value));
  for (const way of Object.keys(ways)) {
    const ratio = (seconds(way) / seconds("headstart")).toFixed(2);
    const { value } = results[way][0];
    const above = (value / least - 1).toExponential(1);
    console.log(`| ${name} | ${way} | ${seconds(way).toFixed(2)} | ${ratio} | ${value.toPrecision(10)} | ${above} |`);
  }
}

/**
 * Embeds the corpus (with HEADSTART_CACHE once for all runs); labels become indices.
 *
 * @param {string} corpus
 * @param {{ scratch: string, cache: string }} folders
 */
async function vectors(corpus, { scratch, cache }) {
  const { readLabeled } = await import("../../dist/dataset/labeledCorpus.js");
  const [x, y] = [join(scratch, "x.npy"), join(scratch, "y.bin")];
  const args = [join(ROOT, "dist/cli/main.js"), "embed", corpus, "-o", x, "--cache", cache];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`headstart embed ended with ${status}`);
  const { labels } = await readLabeled([corpus]);
  const names = [...new Set(labels)].sort();
  writeFileSync(
    y,
    Int32Array.from(labels, (label) => names.indexOf(label)),
  );
  return [x, y];
}
