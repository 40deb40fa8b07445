// @ts-check
/**
 * How well the accuracy on a target is forecast without its labels: a head is trained on each of twelve domains, and the
 * forecast for every other one is compared with the truth. Also fits the constants of src/transfer/forecast/knownPairs.ts:
 * those for a pair are fitted without its two domains, those that are printed last on all pairs.
 *
 *     node scripts/simulate/forecast.mjs [--seed 1] [--cache folder] [--test]
 *
 * The domains are those of HEADSTART_CORPORA (or data/public): the training files. With --test the constants that ship are
 * applied to the test files of the ten domains instead, and nothing is fitted.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { trainClassifier } from "../../dist/classification/train.js";
import { parseLabelMap } from "../../dist/dataset/labelMap.js";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";
import { holdOut, pickRows } from "../../dist/dataset/labeledVectors.js";
import { vectorsOf } from "../../dist/embedding/cachedEmbed.js";
import { loadEncoder } from "../../dist/encoder/load.js";
import { BUILT_IN_ENCODER } from "../../dist/encoder/locate.js";
import { argmax, predictProbabilities } from "../../dist/head/head.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { openVectorCache } from "../../dist/store/cache/vectorCache.js";
import { forecastAccuracy, unevenness, varianceParts } from "../../dist/transfer/forecast/forecast.js";
import { forecastData } from "../../dist/transfer/forecast/forecastHead.js";
import { accuracyOf } from "../../dist/transfer/forecast/confidence.js";
import { KNOWN_PAIRS } from "../../dist/transfer/forecast/knownPairs.js";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    cache: { type: "string" },
    test: { type: "boolean", default: false },
  },
});
const seed = Number(flags.seed);
const folder = process.env.HEADSTART_CORPORA ?? "data/public";
const MOST = 3000; // rows of a domain
const FEW = 300;
const REVIEWS = "books electronics kitchen-housewares camera-photo music sports-outdoors magazines software".split(" ");
const TEN = [...REVIEWS, "airline-tweets", "finance-tweets"];
const EXTRA = { tweets: "tweets/semeval-2013-2016.train.csv", movies: "movies/sst2.train.csv" };
const NEUTRAL = parseLabelMap("neutral=drop");

/** @typedef {import("../../dist/dataset/labeledVectors.js").LabeledVectors} Rows */
/** @typedef {import("../../dist/transfer/forecast/forecast.js").ForecastData} Data */
/** @typedef {import("../../dist/transfer/forecast/forecast.js").ForecastConstants} Constants */
/** @typedef {{ source: string, target: string, rows: number, data: Data, truth: number, cot: number, em: number }} Pair */

const encoder = await loadEncoder(BUILT_IN_ENCODER, { offline: true });
const cache =
  flags.cache &&
  (await openVectorCache(flags.cache, {
    fingerprint: encoder.fingerprint,
    width: encoder.width,
    encoder: encoder.name,
  }));

/** At most so many rows of a domain, drawn by seed. @returns {Promise<Rows>} */
async function load(/** @type {string} */ file, /** @type {import("../../dist/dataset/labelMap.js").LabelMap} */ map) {
  const { texts, labels } = await readLabeled([path.join(folder, file)], { map });
  const at = Array.from(shuffled(texts.length, seeded(seed)).subarray(0, MOST));
  const drawn = at.map((r) => texts[r]);
  const { vectors } = await vectorsOf(encoder, drawn, { cache: cache || undefined });
  return { texts: drawn, labels: at.map((r) => labels[r]), vectors };
}

/** @param {Record<string, Rows>} sources @param {Record<string, Rows>} targets @returns {Promise<Pair[]>} */
async function pairsOf(sources, targets, /** @type {number} */ most, own = false) {
  const pairs = [];
  for (const [source, all] of Object.entries(sources)) {
    const some = pickRows(all, [...all.texts.keys()].slice(0, most));
    const { train, dev } = holdOut(some, { devFraction: 0.2, maxDev: 5000, keepInTrain: true, seed });
    const trained = await trainClassifier(train, { seed });
    for (const [target, rows] of Object.entries(targets)) {
      if ((source === target) !== own) continue;
      const data = forecastData(trained, { sourceDev: dev, target: rows });
      const probabilities = predictProbabilities(trained.head, rows.vectors);
      const truth = Int32Array.from(rows.labels, (label) => trained.head.labels.indexOf(label));
      const classes = trained.head.labels.length;
      pairs.push({
        source,
        target,
        rows: most,
        data,
        truth: accuracyOf({ predicted: argmax(probabilities, classes), truth }),
        ...others(probabilities, train.labels, trained.head.labels),
      });
    }
  }
  return pairs;
}

/** Two more methods, of two labels: optimal transport to the source's labels, and confidence after the label shift by EM. */
function others(
  /** @type {Float64Array} */ probabilities,
  /** @type {readonly string[]} */ train,
  /** @type {readonly string[]} */ labels,
) {
  const prior = train.filter((label) => label === labels[1]).length / train.length;
  const p = probabilities.filter((_, at) => at % labels.length === 1);
  const sorted = p.toSorted().reverse();
  const cot = sorted.reduce((sum, q, i) => sum + (i < prior * p.length ? q : 1 - q), 0) / p.length;
  let q = prior;
  const shifted = (/** @type {number} */ x) => {
    const [a, b] = [(x * q) / prior, ((1 - x) * (1 - q)) / (1 - prior)];
    return a / (a + b);
  };
  for (let i = 0; i < 100; i++) q = Math.min(0.999, Math.max(0.001, mean(Array.from(p, shifted))));
  return { cot, em: mean(Array.from(p, (x) => (x > 0.5 ? shifted(x) : 1 - shifted(x)))) };
}

const mean = (/** @type {readonly number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {readonly Pair[]} pairs @returns {Constants} */
function fit(pairs) {
  const none = { unevenness: 0, spread: KNOWN_PAIRS.spread };
  const byLabel = pairs.map(({ data }) => forecastAccuracy(data, none).accuracy);
  const x = pairs.map(({ data }) => unevenness(data));
  const product = pairs.reduce((sum, { truth }, i) => sum + x[i] * (truth - byLabel[i]), 0);
  const slope = Math.max(0, product / x.reduce((sum, value) => sum + value ** 2, 0));
  return { unevenness: slope, spread: fitSpread(pairs, slope) };
}

/** The most likely spread of normally distributed errors, on a grid. @param {readonly Pair[]} pairs */
function fitSpread(pairs, /** @type {number} */ slope) {
  const rows = pairs.map(({ data, truth }) => {
    const { accuracy } = forecastAccuracy(data, { unevenness: slope, spread: KNOWN_PAIRS.spread });
    return { ...varianceParts(data, accuracy), error: accuracy - truth };
  });
  const found = { likelihood: -Infinity, always: 0, byLoss: 0, bySource: 0 };
  for (const always of [0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03])
    for (const byLoss of [0, 0.02, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1])
      for (const bySource of [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12]) {
        const likelihood = rows.reduce((sum, { loss, source, target, error }) => {
          const variance = always ** 2 + byLoss ** 2 * loss + bySource * source + target;
          return sum - Math.log(variance) - error ** 2 / variance;
        }, 0);
        if (likelihood > found.likelihood) Object.assign(found, { likelihood, always, byLoss, bySource });
      }
  const { always, byLoss, bySource } = found;
  return { always, byLoss, bySource };
}

/** @typedef {{ name: string, of: (pair: Pair) => boolean }} Group */
const isReview = (/** @type {string} */ name) => REVIEWS.includes(name);
const isTen = (/** @type {string} */ name) => TEN.includes(name);
/** @type {readonly Group[]} */
const GROUPS = [
  { name: "reviews to reviews", of: ({ source, target }) => isReview(source) && isReview(target) },
  { name: "the ten domains", of: ({ source, target }) => isTen(source) && isTen(target) },
  { name: "all twelve", of: () => true },
];

/** @typedef {Pair & { constants: Constants }} Judged */

/** Error and coverage of each group. @param {readonly Judged[]} pairs */
function printForecasts(pairs, /** @type {string} */ title) {
  console.log(`\n## ${title}\n`);
  console.log(
    "| pairs | number | mean absolute error | mean error | 95 % of the errors below | interval contains the truth | mean half width |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const { name, of } of GROUPS) {
    const own = pairs.filter(of).map(({ data, truth, constants }) => ({ truth, ...pick(data, constants) }));
    if (own.length === 0) continue;
    const errors = own.map(({ accuracy, truth }) => accuracy - truth);
    const inside = own.filter(({ interval95: [low, high], truth }) => low <= truth && truth <= high).length;
    const half = mean(own.map(({ interval95: [low, high] }) => (high - low) / 2));
    const sizes = errors.map(Math.abs).sort((a, b) => a - b);
    const cells = [mean(sizes), mean(errors), sizes[Math.ceil(0.95 * sizes.length) - 1]].map((x) => x.toFixed(3));
    console.log(`| ${[name, own.length, ...cells, (inside / own.length).toFixed(3), half.toFixed(3)].join(" | ")} |`);
  }
}

const pick = (/** @type {Data} */ data, /** @type {Constants} */ constants) => {
  const { accuracy, interval95 } = forecastAccuracy(data, constants);
  return { accuracy, interval95 };
};

/** Mean absolute error of each single method. @param {readonly Pair[]} pairs */
function printMethods(pairs) {
  console.log(`\n| method | ${GROUPS.map(({ name }) => name).join(" | ")} |\n| --- | --- | --- | --- |`);
  const all = pairs.map((pair) => [
    ...forecastAccuracy(pair.data).methods,
    { name: "confidence after the label shift by EM", accuracy: pair.em },
    { name: "optimal transport to the source's labels (COT)", accuracy: pair.cot },
  ]);
  all[0].forEach(({ name }, m) => {
    const errors = GROUPS.map(({ of }) =>
      mean(pairs.flatMap((pair, i) => (of(pair) ? [Math.abs(all[i][m].accuracy - pair.truth)] : []))),
    );
    console.log(`| ${name} | ${errors.map((error) => error.toFixed(3)).join(" | ")} |`);
  });
}

const both = async (/** @type {string} */ part, /** @type {boolean} */ hasExtra) => {
  /** @type {Record<string, Rows>} */
  const domains = {};
  for (const name of TEN) domains[name] = await load(`domains/${name}.${part}.csv`, NEUTRAL);
  if (hasExtra) for (const [name, file] of Object.entries(EXTRA)) domains[name] = await load(file, NEUTRAL);
  return domains;
};
const train = await both("train", !flags.test);
if (flags.test) {
  const test = await both("test", false);
  const shipped = (/** @type {readonly Pair[]} */ pairs) => pairs.map((pair) => ({ ...pair, constants: KNOWN_PAIRS }));
  printForecasts(shipped(await pairsOf(train, test, MOST)), "Test files of other domains");
  printForecasts(shipped(await pairsOf(train, test, MOST, true)), "Test file of the source's own domain");
  const three = Object.fromEntries(
    await Promise.all(TEN.slice(-2).map(async (name) => [name, await load(`domains/${name}.train.csv`, new Map())])),
  );
  three.tweets = await load(EXTRA.tweets, new Map());
  printForecasts(shipped(await pairsOf(three, three, MOST)), "Three labels");
} else {
  const large = await pairsOf(train, train, MOST);
  const small = await pairsOf(train, train, FEW);
  const leftOut = ({ source, target }, list) =>
    list.filter((other) => ![other.source, other.target].some((name) => name === source || name === target));
  const known = [...large, ...small];
  const judged = known.map((pair) => ({ ...pair, constants: fit(leftOut(pair, known)) }));
  printForecasts(
    judged.filter(({ rows }) => rows === MOST),
    `Sources of up to ${MOST} rows`,
  );
  printMethods(large);
  printForecasts(
    judged.filter(({ rows }) => rows === FEW),
    `Sources of ${FEW} rows`,
  );
  printMethods(small);
  console.log("\nConstants of all pairs:", JSON.stringify(fit(known)));
}
await (cache || undefined)?.close();
await encoder.close();
