// @ts-check
/** A corpus through every way to embed it, in turns. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure, median } from "./measure.mjs";
import { installPeers } from "./peers.mjs";
import { CACHED, OURS, OURS_BUILT_IN, waysOf } from "./ways.mjs";

/** @typedef {import("./ways.mjs").Way} Way */
/** @typedef {{ textsPerSecond: number, peakMB: number, tokens?: number }} Measured */

/**
 * @param {{ readonly corpus: string, readonly encoders: string, readonly rounds: number, readonly limit: number }} options
 */
export function benchCorpus({ corpus, encoders, rounds, limit }) {
  const peers = installPeers();
  const scratch = mkdtempSync(join(tmpdir(), "headstart-bench-"));
  try {
    const ways = waysOf({ corpus, encoders, peers, scratch, limit, rounds });
    measure(/** @type {Way} */ (ways.find(({ name }) => name === CACHED)).command);
    const results = inTurns(ways, rounds);
    console.log(
      `First ${limit} texts of ${corpus}, MiniLM in fp32 unless said, medians of ${rounds} alternating runs:\n`,
    );
    printTable(ways, results);
    printSummary(ways, results);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {readonly Way[]} ways
 * @param {number} rounds
 * @returns {Map<string, Measured[]>}
 */
function inTurns(ways, rounds) {
  const results = new Map(ways.map(({ name }) => [name, /** @type {Measured[]} */ ([])]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, command, rounds: own } of ways) {
      if (round > own) continue;
      const measured = measure(command);
      results.get(name)?.push(measured);
      process.stderr.write(`round ${round}: ${name} ${textsPerSecond(measured.textsPerSecond)}/s\n`);
    }
  }
  return results;
}

/** @typedef {Map<string, Measured[]>} Results */

/** @param {Results} results @param {string} name */
const rate = (results, name) => median((results.get(name) ?? []).map((run) => run.textsPerSecond));

/** @param {number} value */
const textsPerSecond = (value) => value.toFixed(value < 100 ? 1 : 0);

/** @param {readonly Way[]} ways @param {Results} results */
function printTable(ways, results) {
  console.log(
    "| way | texts | runs | texts/s | headstart to it | peak memory |\n| --- | --- | --- | --- | --- | --- |",
  );
  for (const { name, texts, beside } of ways) {
    const own = results.get(name) ?? [];
    const times = beside === undefined ? "" : (rate(results, beside) / rate(results, name)).toFixed(2);
    const peak = Math.max(...own.map(({ peakMB }) => peakMB));
    const cells = [name, texts, own.length, textsPerSecond(rate(results, name)), times, `${peak.toFixed(0)} MB`];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** The project's goals, in the same units. @param {readonly Way[]} ways @param {Results} results */
function printSummary(ways, results) {
  const best = (/** @type {(way: Way) => boolean} */ of) =>
    Math.max(...ways.filter(of).map(({ name }) => rate(results, name)));
  const [ours, builtIn] = [rate(results, OURS), rate(results, OURS_BUILT_IN)];
  const engine = best(({ as, beside }) => as === "limit" && beside === OURS);
  const around = 1 - builtIn / best(({ as, beside }) => as === "limit" && beside === OURS_BUILT_IN);
  const tokens = Math.max(...(results.get(CACHED) ?? []).map((run) => run.tokens ?? NaN));
  const lines = [
    `${(ours / best(({ name, as }) => as === "peer" && name.startsWith("transformers"))).toFixed(2)} times the best way of transformers.js`,
    `${(ours / rate(results, "fastembed")).toFixed(1)} times fastembed`,
    `${((100 * ours) / engine).toFixed(1)} % of the engine alone with batches that are ready`,
    `${(100 * around).toFixed(1)} % of the time with the built-in encoder goes by around the engine`,
    `a second run over the cache: ${tokens} tokens through the encoder, ${rate(results, CACHED).toFixed(0)} texts/s`,
  ];
  console.log(`\n${lines.map((line) => `- ${line}`).join("\n")}\n`);
}
