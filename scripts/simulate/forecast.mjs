/**
 * How well the accuracy on a target is forecast without its labels: a head is trained on each of twelve domains, and the
 * forecast for every other one is compared with the truth. Also fits the spread of src/transfer/forecast/knownPairs.ts: that
 * for a pair without its two domains, the one that is printed last on all pairs.
 *
 *     node scripts/simulate/forecast.mjs [--seed 1] [--seeds 2] [--cache folder] [--test]
 *
 * The domains are those of HEADSTART_CORPORA (or data/public): the training files. With --test the spread that ships is applied
 * to the test files of the ten domains instead, and nothing is fitted.
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
import { stackRows } from "../../dist/math/matrix.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { openVectorCache } from "../../dist/store/cache/vectorCache.js";
import { proxyADistance } from "../../dist/transfer/divergence/proxyA.js";
import { accuracyOf } from "../../dist/transfer/forecast/confidence.js";
import { forecastAccuracy, varianceOf, varianceParts } from "../../dist/transfer/forecast/forecast.js";
import { forecastData } from "../../dist/transfer/forecast/forecastHead.js";
import { KNOWN_PAIRS } from "../../dist/transfer/forecast/knownPairs.js";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string", default: "2" },
    cache: { type: "string" },
    test: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: flags.test ? 1 : Number(flags.seeds) }, (_, i) => Number(flags.seed) + i);
const folder = process.env.HEADSTART_CORPORA ?? "data/public";
const SIZES = [3000, 900, 300]; // rows of a source; of a target the first
const A_SIDE = 500; // rows that tell two domains apart
const REVIEWS = "books electronics kitchen-housewares camera-photo music sports-outdoors magazines software".split(" ");
const TEN = [...REVIEWS, "airline-tweets", "finance-tweets"];
const EXTRA = { tweets: "tweets/semeval-2013-2016.train.csv", movies: "movies/sst2.train.csv" };
const TWO_LABELS = parseLabelMap("neutral=drop");

const encoder = await loadEncoder(BUILT_IN_ENCODER, { offline: true });
const { fingerprint, width, name: encoderName } = encoder;
const cache = flags.cache && (await openVectorCache(flags.cache, { fingerprint, width, encoder: encoderName }));

/** At most so many rows of a file, drawn by seed. */
async function load(file, { map = TWO_LABELS, seed }) {
  const { texts, labels } = await readLabeled([path.join(folder, file)], { map });
  const at = Array.from(shuffled(texts.length, seeded(seed)).subarray(0, SIZES[0]));
  const drawn = at.map((r) => texts[r]);
  const { vectors } = await vectorsOf(encoder, drawn, { cache: cache || undefined });
  return { texts: drawn, labels: at.map((r) => labels[r]), vectors };
}

async function loadDomains(part, { extra, ...how }) {
  const domains = {};
  for (const name of TEN) domains[name] = await load(`domains/${name}.${part}.csv`, how);
  for (const [name, file] of Object.entries(extra ? EXTRA : {})) domains[name] = await load(file, how);
  return domains;
}

/** A forecast and the truth for every source and every target of another name, or with `own` of its own. */
async function pairsOf({ sources, targets, most, seed, own = false }) {
  const pairs = [];
  for (const [source, all] of Object.entries(sources)) {
    const some = pickRows(all, [...all.texts.keys()].slice(0, most));
    const { train, dev } = holdOut(some, { devFraction: 0.2, maxDev: 5000, keepInTrain: true, seed });
    const trained = await trainClassifier(train, { seed });
    const { head } = trained;
    for (const [target, rows] of Object.entries(targets)) {
      if ((source === target) !== own) continue;
      const data = forecastData(trained, { sourceDev: dev, target: rows });
      const probabilities = predictProbabilities(head, rows.vectors);
      const truth = Int32Array.from(rows.labels, (label) => head.labels.indexOf(label));
      const predicted = argmax(probabilities, head.labels.length);
      const others = head.labels.length === 2 ? labelShiftMethods(probabilities, trained) : [];
      pairs.push({ source, target, most, seed, data, truth: accuracyOf({ predicted, truth }), others });
    }
  }
  return pairs;
}

/** Methods that begin with the labels' frequency on the target: optimal transport (COT), and expectation maximization. */
function labelShiftMethods(probabilities, { labelCounts, head: { labels } }) {
  const prior = labelCounts[labels[1]] / (labelCounts[labels[0]] + labelCounts[labels[1]]);
  const p = probabilities.filter((_, at) => at % 2 === 1);
  const sorted = p.toSorted().reverse();
  const transported = sorted.reduce((sum, x, i) => sum + (i < prior * p.length ? x : 1 - x), 0) / p.length;
  let share = prior;
  const shifted = (x) => {
    const [yes, no] = [(x * share) / prior, ((1 - x) * (1 - share)) / (1 - prior)];
    return yes / (yes + no);
  };
  for (let i = 0; i < 100; i++) share = Math.min(0.999, Math.max(0.001, mean(Array.from(p, shifted))));
  return [
    { name: "optimal transport to the source's label frequencies (COT)", accuracy: transported },
    {
      name: "confidence after label shift by expectation maximization",
      accuracy: mean(Array.from(p, (x) => (x > 0.5 ? shifted(x) : 1 - shifted(x)))),
    },
  ];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pairs that have neither domain of this one. */
const without = ({ source, target }, pairs) =>
  pairs.filter((other) => ![source, target].some((name) => name === other.source || name === other.target));

/** The most likely spread of normally distributed errors, on a grid. */
function fitSpread(pairs) {
  const rows = pairs.map(({ data, truth }) => {
    const { accuracy } = forecastAccuracy(data);
    return { parts: varianceParts(data, accuracy), error: accuracy - truth };
  });
  let best = { likelihood: -Infinity };
  for (const always of [0, 0.01, 0.015, 0.02, 0.03])
    for (const byLoss of [0, 0.03, 0.05, 0.06, 0.07, 0.08, 0.1])
      for (const byGap of [0, 0.25, 0.5, 0.75, 1])
        for (const bySource of [1, 2, 3, 4, 6, 8, 12]) {
          const spread = { always, byLoss, byGap, bySource };
          const likelihood = rows.reduce((sum, { parts, error }) => {
            const variance = varianceOf(parts, spread);
            return sum - Math.log(variance) - error ** 2 / variance;
          }, 0);
          if (likelihood > best.likelihood) best = { likelihood, spread };
        }
  return best.spread;
}

/** Each pair with the spread of those that have neither of its domains. */
function judgedByOthers(pairs) {
  const spreads = new Map();
  return pairs.map((pair) => {
    const key = [pair.source, pair.target].sort().join();
    if (!spreads.has(key)) spreads.set(key, fitSpread(without(pair, pairs)));
    return { ...pair, spread: spreads.get(key) };
  });
}

/** Accuracy in-domain minus what a line through the other pairs says of the proxy A-distance. */
async function withDistance(pairs, domains) {
  const distances = new Map();
  for (const { source, target } of pairs) {
    const key = [source, target].sort().join();
    if (distances.has(key)) continue;
    const sides = [source, target].map((name) => pickRows(domains[name], [...Array(A_SIDE).keys()]));
    const rows = {
      texts: sides.flatMap(({ texts }) => texts),
      vectors: stackRows(
        width,
        sides.map(({ vectors }) => vectors),
      ),
    };
    const side = Int32Array.from(rows.texts, (_, r) => Number(r >= A_SIDE));
    distances.set(key, await proxyADistance(rows, side, { seed: 1 }));
  }
  const points = pairs.map((pair) => {
    const at = accuracyOf(pair.data.held);
    return { ...pair, at, x: distances.get([pair.source, pair.target].sort().join()), y: at - pair.truth };
  });
  return points.map(({ at, x, ...pair }) => {
    const others = without(pair, points);
    const [mx, my] = [mean(others.map((o) => o.x)), mean(others.map((o) => o.y))];
    const slope = mean(others.map((o) => (o.x - mx) * (o.y - my))) / mean(others.map((o) => (o.x - mx) ** 2));
    const accuracy = at - (my + slope * (x - mx));
    return { ...pair, others: [...pair.others, { name: "regression on the proxy A-distance", accuracy }] };
  });
}

const isReview = (name) => REVIEWS.includes(name);
const isTen = (name) => TEN.includes(name);
const GROUPS = [
  { name: "reviews to reviews", of: ({ source, target }) => isReview(source) && isReview(target) },
  { name: "the ten domains", of: ({ source, target }) => isTen(source) && isTen(target) },
  { name: "all", of: () => true },
];
const HEADER = `| pairs | number | mean absolute error | mean error | 95 % of the errors below | interval contains the truth | mean half width |
| --- | --- | --- | --- | --- | --- | --- |`;

/** Error and coverage of each group. */
function printForecasts(pairs, title) {
  console.log(`\n${title}\n\n${HEADER}`);
  for (const { name, of } of GROUPS) {
    const own = pairs.filter(of).map(({ data, truth, spread }) => ({ ...forecastAccuracy(data, spread), truth }));
    if (own.length === 0) continue;
    const errors = own.map(({ accuracy, truth }) => accuracy - truth);
    const sizes = errors.map(Math.abs).sort((a, b) => a - b);
    const inside = own.map(({ interval95: [low, high], truth }) => Number(low <= truth && truth <= high));
    const halves = own.map(({ interval95: [low, high] }) => (high - low) / 2);
    const cells = [mean(sizes), mean(errors), sizes[Math.ceil(0.95 * sizes.length) - 1], mean(inside), mean(halves)];
    console.log(`| ${[name, own.length, ...cells.map((x) => x.toFixed(3))].join(" | ")} |`);
  }
}

/** Mean absolute error of each method. */
function printMethods(pairs) {
  console.log(`\n| method | ${GROUPS.map(({ name }) => name).join(" | ")} |\n| --- | --- | --- | --- |`);
  const all = pairs.map(({ data, others }) => [...forecastAccuracy(data).methods, ...others]);
  all[0].forEach(({ name }, m) => {
    const errors = GROUPS.map(({ of }) =>
      mean(pairs.flatMap((pair, i) => (of(pair) ? [Math.abs(all[i][m].accuracy - pair.truth)] : []))),
    );
    console.log(`| ${[name, ...errors.map((error) => error.toFixed(3))].join(" | ")} |`);
  });
}

async function measureOnTest(seed) {
  const [sources, targets] = [
    await loadDomains("train", { extra: false, seed }),
    await loadDomains("test", { extra: false, seed }),
  ];
  const how = { most: SIZES[0], seed };
  printForecasts(await pairsOf({ ...how, sources, targets }), "Test files of other domains");
  printForecasts(await pairsOf({ ...how, sources, targets, own: true }), "Test file of the source's own domain");
  const all = { map: new Map(), seed };
  const three = { tweets: await load(EXTRA.tweets, all) };
  for (const name of TEN.slice(-2)) three[name] = await load(`domains/${name}.train.csv`, all);
  printForecasts(await pairsOf({ ...how, sources: three, targets: three }), "Three labels, training files");
}

async function fitOnTrain() {
  const known = [];
  for (const seed of seeds) {
    const domains = await loadDomains("train", { extra: true, seed });
    for (const most of SIZES) {
      const pairs = await pairsOf({ sources: domains, targets: domains, most, seed });
      known.push(...(await withDistance(pairs, domains)));
    }
  }
  const judged = judgedByOthers(known);
  for (const size of SIZES) {
    const own = judged.filter(({ most }) => most === size);
    printForecasts(own, `Sources of up to ${size} rows`);
    printMethods(own);
  }
  console.log("\nSpread of all pairs:", JSON.stringify(fitSpread(known)), "ships:", JSON.stringify(KNOWN_PAIRS.spread));
}

await (flags.test ? measureOnTest(seeds[0]) : fitOnTrain());
await (cache || undefined)?.close();
await encoder.close();
