// @ts-check
/**
 * How far heads can be taken at their word, and what the label doctor finds, on public corpora.
 *
 *   node scripts/bench/trust.mjs [--cache out/cache]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public). Strength and temperature are chosen on dev splits; test splits
 * are read last, and only to be scored.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";

process.env.ORT_DISABLE_TELEMETRY = "1";
const { values } = parseArgs({ options: { cache: { type: "string", default: join(ROOT, "out/cache") } } });
ensureInstalled();
ensureBuilt();
const headstart = await import("../../dist/index.js");

const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
const FLIPPED = 0.05; // share of the labels
const encoder = await headstart.loadEncoder("headstart-mini");
const cache = await headstart.openVectorCache(values.cache, { fingerprint: encoder.fingerprint, width: encoder.width });
const map = headstart.parseLabelMap("neutral=drop");

/** @param {string} file @param {import("../../dist/index.js").LabelMap} [map] */
async function load(file, map) {
  const { texts, labels } = await headstart.readLabelled([join(corpora, file)], map === undefined ? {} : { map });
  const { vectors } = await headstart.vectorsOf(encoder, texts, { cache });
  return { texts, labels, vectors };
}
const number = (/** @type {number} */ x) => x.toFixed(3);

const tweets = {
  train: await load("tweets/semeval-2013-2016.train.csv"),
  dev: await load("tweets/tweeteval-sentiment.val.csv"),
};
const films = { train: await load("movies/sst2.train.csv"), dev: await load("movies/sst2.val.csv") };
const heads = {
  tweets: await headstart.trainClassifier(tweets.train, { dev: tweets.dev }),
  films: await headstart.trainClassifier(films.train, { dev: films.dev }),
};
await doctor();

const tests = {
  tweets: await load("tweets/tweeteval-sentiment.test.csv"),
  polar: await load("tweets/tweeteval-sentiment.test.csv", map),
  films: await load("movies/sst2.test.csv"),
};
console.log(
  "\n| trained on -> measured on | T | ECE before | ECE after | 95 % | equal width | Brier | log loss | AURC |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
/** @type {string[]} */
const sets = [];
show("tweets -> TweetEval test", heads.tweets, tests.tweets);
show("SST-2 -> SST-2 test", heads.films, tests.films);
show("tweets without neutral -> SST-2 test", heads.tweets, tests.films, map);
show("SST-2 -> TweetEval test without neutral", heads.films, tests.polar);
console.log("\n| trained on -> measured on | sets promised | hold the truth | 95 % | mean size | single |");
console.log("| --- | --- | --- | --- | --- | --- |");
console.log(sets.join("\n"));
await cache.close();
await encoder.close();

/**
 * @param {string} name
 * @param {import("../../dist/index.js").TrainedHead} head
 * @param {import("../../dist/index.js").LabelledVectors} test
 * @param {import("../../dist/index.js").LabelMap} [map]
 */
function show(name, head, test, map) {
  const options = map === undefined ? {} : { map };
  const evaluated = headstart.evaluateHead(head, test, options);
  const trust = headstart.measureTrust(head, { evaluated, vectors: test.vectors }, options);
  const { calibration: after, uncalibrated: before } = trust;
  const cells = [
    number(trust.temperature ?? 1),
    number(before?.ece ?? NaN),
    number(after.ece),
    after.intervals95.ece.map(number).join(" to "),
    number(after.eceEqualWidth),
    `${number(before?.brier ?? NaN)} -> ${number(after.brier)}`,
    `${number(before?.logLoss ?? NaN)} -> ${number(after.logLoss)}`,
    number(trust.aurc),
  ];
  console.log(`| ${name} | ${cells.join(" | ")} |`);
  for (const { promised, coverage, interval95, meanSize, single } of trust.sets) {
    const row = [promised, number(coverage), interval95.map(number).join(" to "), meanSize.toFixed(2), number(single)];
    sets.push(`| ${name} | ${row.join(" | ")} |`);
  }
}

/** Flips labels of SST-2's training rows by seed, and counts which of them are found. */
async function doctor() {
  const { texts, labels, vectors } = films.train;
  console.log(`label doctor: ${labels.length} SST-2 training rows, ${FLIPPED * 100} % of the labels flipped`);
  console.log("| seed | flipped | named | precision | recall | precision of as many as were flipped | chance |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const seed of [1, 2, 3]) {
    const order = headstart.shuffled(labels.length, headstart.seeded(seed));
    const flipped = new Set(order.slice(0, Math.round(FLIPPED * labels.length)));
    const names = [...new Set(labels)].sort();
    const noisy = labels.map((label, r) => (flipped.has(r) ? names[1 - names.indexOf(label)] : label));
    const { findings } = await headstart.diagnose({ texts, labels: noisy, vectors });
    const named = findings.filter(({ problem }) => problem === "mislabelled").map(({ row }) => row);
    const hits = (/** @type {number[]} */ rows) => rows.filter((r) => flipped.has(r)).length;
    const first = named.slice(0, flipped.size);
    const cells = [hits(named) / named.length, hits(named) / flipped.size, hits(first) / first.length, FLIPPED];
    console.log(`| ${[seed, flipped.size, named.length, ...cells.map(number)].join(" | ")} |`);
  }
}
