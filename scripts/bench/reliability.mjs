// @ts-check
/**
 * How well heads are calibrated, and which label errors are found, on public corpora.
 *
 *   node scripts/bench/reliability.mjs [--cache out/cache]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public). C and temperature are chosen on dev splits; test splits
 * are read last, and only to be scored.
 */

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { DOMAINS, withVectors } from "./labeled.mjs";

const FLIPPED = 0.05; // share of the labels
const number = (/** @type {number} */ x) => x.toFixed(3);

/** @param {string} folder  the cache of vectors */
export async function benchReliability(folder) {
  const { parseLabelMap } = await import("../../dist/api/corpus.js");
  const { trainClassifier } = await import("../../dist/api/heads.js");
  await withVectors({ folder }, async (load) => {
    const { tweets, films } = DOMAINS;
    const filmRows = await load(films.train);
    const heads = {
      tweets: await trainClassifier(await load(tweets.train), { dev: await load(tweets.dev) }),
      films: await trainClassifier(filmRows, { dev: await load(films.dev) }),
    };
    await doctor(filmRows);
    const map = parseLabelMap("neutral=drop");
    const tests = {
      tweets: await load(tweets.test),
      polar: await load(tweets.test, map),
      films: await load(films.test),
    };
    const measured = [
      await measure("tweets -> TweetEval test", heads.tweets, tests.tweets),
      await measure("SST-2 -> SST-2 test", heads.films, tests.films),
      await measure("tweets without neutral -> SST-2 test", heads.tweets, tests.films, map),
      await measure("SST-2 -> TweetEval test without neutral", heads.films, tests.polar),
    ];
    console.log(
      "\n| trained on -> measured on | T | ECE before | ECE after | 95 % | equal width | Brier | log loss | AURC |",
    );
    console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    console.log(measured.map(({ calibration }) => calibration).join("\n"));
    console.log("\n| trained on -> measured on | target coverage of sets | coverage | 95 % | mean size | single |");
    console.log("| --- | --- | --- | --- | --- | --- |");
    console.log(`${measured.map(({ sets }) => sets.join("\n")).join("\n")}\n`);
  });
}

/**
 * @param {string} name
 * @param {import("../../dist/api/heads.js").TrainedHead} head
 * @param {import("../../dist/api/heads.js").LabeledVectors} test
 * @param {import("../../dist/api/corpus.js").LabelMap} [map]
 */
async function measure(name, head, test, map) {
  const { evaluateHead, measureReliability } = await import("../../dist/api/heads.js");
  const options = map === undefined ? {} : { map };
  const evaluated = evaluateHead(head, test, options);
  const reliability = measureReliability(head, { evaluated, vectors: test.vectors }, options);
  const { calibration: after, uncalibrated: before } = reliability;
  const cells = [
    number(reliability.temperature ?? 1),
    number(before?.ece ?? NaN),
    number(after.ece),
    after.intervals95.ece.map(number).join(" to "),
    number(after.eceEqualWidth),
    `${number(before?.brier ?? NaN)} -> ${number(after.brier)}`,
    `${number(before?.logLoss ?? NaN)} -> ${number(after.logLoss)}`,
    number(reliability.aurc),
  ];
  const sets = reliability.sets.map(({ target, coverage, interval95, meanSize, single }) => {
    const row = [target, number(coverage), interval95.map(number).join(" to "), meanSize.toFixed(2), number(single)];
    return `| ${name} | ${row.join(" | ")} |`;
  });
  return { calibration: `| ${name} | ${cells.join(" | ")} |`, sets };
}

/**
 * Flips labels of SST-2's training rows by seed, and counts which of them are found.
 *
 * @param {import("../../dist/api/heads.js").LabeledVectors} rows
 */
async function doctor({ texts, labels, vectors }) {
  const { findLabelErrors } = await import("../../dist/api/heads.js");
  const { seeded, shuffled } = await import("../../dist/math/random.js");
  console.log(`label doctor: ${labels.length} SST-2 training rows, ${FLIPPED * 100} % of the labels flipped`);
  console.log("| seed | flipped | named | precision | recall | precision of as many as were flipped | chance |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const seed of [1, 2, 3]) {
    const order = shuffled(labels.length, seeded(seed));
    const flipped = new Set(order.slice(0, Math.round(FLIPPED * labels.length)));
    const names = [...new Set(labels)].sort();
    const noisy = labels.map((label, r) => (flipped.has(r) ? names[1 - names.indexOf(label)] : label));
    const { findings } = await findLabelErrors({ texts, labels: noisy, vectors });
    const named = findings.filter(({ problem }) => problem === "mislabeled").map(({ row }) => row);
    const hits = (/** @type {number[]} */ rows) => rows.filter((r) => flipped.has(r)).length;
    const first = named.slice(0, flipped.size);
    const cells = [hits(named) / named.length, hits(named) / flipped.size, hits(first) / first.length, FLIPPED];
    console.log(`| ${[seed, flipped.size, named.length, ...cells.map(number)].join(" | ")} |`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { values } = parseArgs({ options: { cache: { type: "string", default: join(ROOT, "out/cache") } } });
  ensureInstalled();
  ensureBuilt();
  await benchReliability(values.cache);
}
