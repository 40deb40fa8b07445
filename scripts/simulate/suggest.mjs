/**
 * Whether 50 suggested rows are worth more than 50 random ones, by vectors of ten domains:
 * node scripts/simulate/suggest.mjs <folder of vectors> [--seed 1] [--draws 10] [--on train|test] [--weigh same,uncertainty].
 * The folder has <domain>.<train|test>.npy with a .jsonl of texts and labels beside. With `--on train` one half of the train
 * file is the pool and the other scores, which is what to choose by. Prints the Markdown table of docs/numbers/suggest.md.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { argmax, predictProbabilities } from "../../dist/head/head.js";
import { fitLogistic } from "../../dist/head/linear/logistic.js";
import { joinRows, pickRows } from "../../dist/dataset/labeledVectors.js";
import { matrix } from "../../dist/math/matrix.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { scorePredictions } from "../../dist/metrics/classification.js";
import { suggestRows } from "../../dist/transfer/suggest/suggestRows.js";

/** @typedef {import("../../dist/dataset/labeledVectors.js").LabeledVectors} Data */

const COUNT = 50;
const MOST = { source: 600, pool: 1000 };
/** Of Student's t at 97.5 %, by draws. */
const T = /** @type {Record<number, number>} */ ({ 5: 2.776, 6: 2.571, 8: 2.365, 10: 2.262, 20: 2.093 });

/** Each with the domain that is its source. */
const PAIRS = [
  ["books", "electronics"],
  ["electronics", "kitchen-housewares"],
  ["kitchen-housewares", "camera-photo"],
  ["camera-photo", "music"],
  ["music", "sports-outdoors"],
  ["sports-outdoors", "magazines"],
  ["magazines", "software"],
  ["software", "books"],
  ["airline-tweets", "finance-tweets"],
  ["finance-tweets", "airline-tweets"],
];

/** @param {string} path @returns {Data} */
function load(path) {
  const bytes = readFileSync(`${path}.npy`);
  const start = 10 + bytes.readUInt16LE(8);
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
  const rows = readFileSync(`${path}.jsonl`, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const vectors = matrix(rows.length, data.length / rows.length, data);
  return { texts: rows.map((r) => r.text), labels: rows.map((r) => r.label), vectors };
}

/** @param {Data} data @param {number} n @param {() => number} random */
const sample = (data, n, random) => pickRows(data, shuffled(data.texts.length, random).subarray(0, n));

/** @param {Data} data */
async function fit(data) {
  const labels = [...new Set(data.labels)].sort();
  const y = Int32Array.from(data.labels, (label) => labels.indexOf(label));
  return (await fitLogistic(data.vectors, y, { labels, C: 0.01, threads: 1 })).head;
}

/** Macro-F1 of a head on rows. @param {import("../../dist/head/head.js").LogisticHead} head @param {Data} test */
function score(head, test) {
  const labels = [...new Set([...test.labels, ...head.labels])].sort();
  const truth = Int32Array.from(test.labels, (label) => labels.indexOf(label));
  const best = argmax(predictProbabilities(head, test.vectors), head.labels.length);
  const predicted = Int32Array.from(best, (c) => labels.indexOf(head.labels[c]));
  return scorePredictions(truth, predicted, labels.length).macroF1;
}

/** One draw: scores of suggested minus random rows, beside the source and alone. */
async function drawOf(/** @type {{source: Data, pool: Data, test: Data, seed: number, ways: string[]}} */ given) {
  const { pool, test, seed, ways } = given;
  const random = seeded(seed);
  const source = sample(given.source, MOST.source, random);
  const free = sample(pool, MOST.pool, random);
  const probabilities = predictProbabilities(await fit(source), free.vectors);
  const scores = async (/** @type {ArrayLike<number>} */ rows) => {
    const chosen = pickRows(free, rows);
    return [score(await fit(joinRows(source, chosen)), test), score(await fit(chosen), test)];
  };
  const base = await scores(shuffled(free.texts.length, random).subarray(0, COUNT));
  const found = [];
  for (const weigh of ways) {
    const options = { count: COUNT, labeled: source.texts, seed, weigh: /** @type {"same"} */ (weigh) };
    const own = await scores(suggestRows({ ...free, probabilities }, options));
    found.push({ weigh, differences: own.map((s, i) => s - base[i]), base });
  }
  return found;
}

/** Mean with its 95 % interval by Student's t. @param {number[]} values */
function interval(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
  const half = (T[values.length] ?? 2) * (sd / Math.sqrt(values.length));
  const signed = (/** @type {number} */ x) => `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(3)}`;
  return `${signed(mean)} (${signed(mean - half)} to ${signed(mean + half)})`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    draws: { type: "string", default: "10" },
    on: { type: "string", default: "train" },
    weigh: { type: "string", default: "same,uncertainty" },
  },
});
const ways = values.weigh.split(",");
console.log("| target | source | weight of a row | beside the source | alone |\n| --- | --- | --- | --- | --- |");
for (const [target, from] of PAIRS) {
  const all = load(join(positionals[0], `${target}.train`));
  const order = shuffled(all.texts.length, seeded(Number(values.seed)));
  const half = order.length >> 1;
  const [pool, test] =
    values.on === "test"
      ? [all, load(join(positionals[0], `${target}.test`))]
      : [pickRows(all, order.subarray(0, half)), sample(pickRows(all, order.subarray(half)), 1000, seeded(7))];
  const source = load(join(positionals[0], `${from}.train`));
  const draws = [];
  for (let d = 0; d < Number(values.draws); d++)
    draws.push(await drawOf({ source, pool, test, seed: Number(values.seed) * 1000 + d, ways }));
  ways.forEach((weigh, w) => {
    const of = (/** @type {number} */ i) => interval(draws.map((found) => found[w].differences[i]));
    console.log(`| ${target} | ${from} | ${weigh} | ${of(0)} | ${of(1)} |`);
  });
}
