/**
 * What adapting a head to another domain brings: a head is trained on each domain and adapted to every other one, and scored
 * there beside the head as it is. Then the same with targets whose labels are drawn in other shares.
 *
 *     node scripts/simulate/adaptation.mjs [--seed 1] [--cache folder] [--targets test] [--names auto,center]
 *
 * The domains are those of HEADSTART_CORPORA (or data/public): targets are the training files of the other domains, with
 * --targets test the test files of the ten domains, with --targets validation the validation files of tweets and SST-2.
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
import { scorePredictions } from "../../dist/metrics/classification.js";
import { forecastHead } from "../../dist/transfer/forecast/forecastHead.js";
import { openVectorCache } from "../../dist/store/cache/vectorCache.js";
import { adaptHead, UNLABELED_ADAPTATIONS } from "../../dist/transfer/adaptation/adapt.js";
import { chooseAdaptation } from "../../dist/transfer/adaptation/chooseAdaptation.js";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    cache: { type: "string" },
    targets: { type: "string", default: "train" },
    names: { type: "string", default: ["auto", ...UNLABELED_ADAPTATIONS.slice(1)].join(",") },
  },
});
const seed = Number(flags.seed);
const names = flags.names.split(",");
const folder = process.env.HEADSTART_CORPORA ?? "data/public";
const MOST_ROWS = 2000; // of a source, and of a target
const SHARES = [0.1, 0.2, 0.35, 0.65, 0.8, 0.9]; // of the second label, where they are drawn
const DRAWN = 500; // rows of such a target
const DRAWS = 2000; // of domains, for the interval
const TEN =
  "books electronics kitchen-housewares camera-photo music sports-outdoors magazines software airline-tweets finance-tweets".split(
    " ",
  );
const EXTRA = {
  tweets: "tweets/semeval-2013-2016.train.csv",
  "SST-2": "movies/sst2.train.csv",
  "rt-polarity": "movies/rt-polarity.csv",
};
const VALIDATION = {
  "tweets validation": "tweets/tweeteval-sentiment.val.csv",
  "SST-2 validation": "movies/sst2.val.csv",
};
/** Most of the sentences of one are in the other. */
const SAME = [["SST-2", "rt-polarity"]];

const encoder = await loadEncoder(BUILT_IN_ENCODER, { offline: true });
const { fingerprint, width, name: encoderName } = encoder;
const cache = flags.cache && (await openVectorCache(flags.cache, { fingerprint, width, encoder: encoderName }));

async function load(file) {
  const { texts, labels } = await readLabeled([path.join(folder, file)], { map: parseLabelMap("neutral=drop") });
  const at = Array.from(shuffled(texts.length, seeded(seed)).subarray(0, MOST_ROWS));
  const drawn = at.map((r) => texts[r]);
  const { vectors } = await vectorsOf(encoder, drawn, { cache: cache || undefined });
  return { texts: drawn, labels: at.map((r) => labels[r]), vectors };
}

const loadAll = async (files) =>
  Object.fromEntries(await Promise.all(Object.entries(files).map(async ([name, file]) => [name, await load(file)])));
const filesOf = (part) => Object.fromEntries(TEN.map((name) => [name, `domains/${name}.${part}.csv`]));
const sources = await loadAll({ ...filesOf("train"), ...(flags.targets === "test" ? {} : EXTRA) });
const targets =
  flags.targets === "test"
    ? await loadAll(filesOf("test"))
    : flags.targets === "validation"
      ? await loadAll(VALIDATION)
      : sources;
const domains = [...new Set([...Object.keys(sources), ...Object.keys(targets)])];
/** Rows of one are also in the other, or they are splits of one corpus. */
const isOne = (a, b) => a === b || a.startsWith(b) || b.startsWith(a);
const isPair = (a, b) => !isOne(a, b) && !SAME.some((pair) => pair.every((one) => isOne(a, one) || isOne(b, one)));

const macroF1 = (head, rows) => {
  const truth = Int32Array.from(rows.labels, (label) => head.labels.indexOf(label));
  return scorePredictions(
    truth,
    argmax(predictProbabilities(head, rows.vectors), head.labels.length),
    head.labels.length,
  ).macroF1;
};

/** Macro-F1 of each adaptation on the target minus that of none; `auto` with what it chose. */
async function gainsOf(trained, { train: source, dev }, target, wanted) {
  const { head, devPredictions, C } = trained;
  const forecast = forecastHead(trained, { sourceDev: dev, target }).accuracy;
  const none = macroF1(head, target);
  const gains = {};
  for (const name of wanted) {
    const chosen = name === "auto" ? chooseAdaptation(forecast).name : name;
    const { head: adapted } = await adaptHead(chosen, head, { source, devPredictions, target: target.vectors, C });
    gains[name] = { gain: macroF1(adapted, target) - none, isUsed: chosen !== "none" };
  }
  return gains;
}

/** Rows with the second label in a given share. */
function inShares(rows, share, random) {
  const labels = [...new Set(rows.labels)].sort();
  const of = labels.map((label) => rows.labels.flatMap((own, r) => (own === label ? [r] : [])));
  const n = Math.floor(Math.min(DRAWN, of[0].length / (1 - share), of[1].length / share));
  const take = (all, count) => Array.from(shuffled(all.length, random).subarray(0, count), (i) => all[i]);
  return pickRows(rows, [...take(of[0], Math.round(n * (1 - share))), ...take(of[1], Math.round(n * share))]);
}

const pairs = [];
const drawn = [];
const random = seeded(seed + 100);
for (const [from, source] of Object.entries(sources)) {
  const sides = holdOut(source, { devFraction: 0.2, maxDev: 5000, keepInTrain: true, seed });
  const trained = await trainClassifier(sides.train, { seed });
  for (const [to, target] of Object.entries(targets)) {
    if (!isPair(from, to)) continue;
    pairs.push({ from, to, gains: await gainsOf(trained, sides, target, names) });
    for (const share of SHARES)
      drawn.push({ share, from, to, gains: await gainsOf(trained, sides, inShares(target, share, random), ["auto"]) });
  }
  process.stderr.write(`${from}\n`);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const signed = (x) => (x >= 0 ? "+" : "-") + Math.abs(x).toFixed(4);

/** 95 % interval of the mean gain over draws of the domains, each of which stands in many pairs. */
function interval(rows, name) {
  const draw = seeded(7);
  const means = Array.from({ length: DRAWS }, () => {
    const times = Object.fromEntries(domains.map((domain) => [domain, 0]));
    for (let i = 0; i < domains.length; i++) times[domains[Math.floor(draw() * domains.length)]]++;
    let [sum, weight] = [0, 0];
    for (const { from, to, gains } of rows) {
      const w = times[from] * times[to];
      sum += w * gains[name].gain;
      weight += w;
    }
    return weight === 0 ? NaN : sum / weight;
  }).filter(Number.isFinite);
  means.sort((a, b) => a - b);
  return [means[Math.floor(0.025 * means.length)], means[Math.floor(0.975 * means.length)]];
}

console.log(`${pairs.length} ordered pairs, seed ${seed}, ${flags.targets} files\n`);
console.log("| adaptation | used on | mean gain in macro-F1 (95 % over domains) | worst | pairs below -0.005 | best |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const name of names) {
  const all = pairs.map(({ gains }) => gains[name]);
  const gains = all.map(({ gain }) => gain);
  const [low, high] = interval(pairs, name);
  console.log(
    `| ${name} | ${all.filter(({ isUsed }) => isUsed).length} | ${signed(mean(gains))} (${signed(low)} to ${signed(high)}) | ` +
      `${signed(Math.min(...gains))} | ${gains.filter((gain) => gain < -0.005).length} | ${signed(Math.max(...gains))} |`,
  );
}
console.log("\n`auto` with labels in other shares\n");
console.log("| share of the second label | used on | mean gain | worst | pairs below -0.005 | best |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const share of SHARES) {
  const all = drawn.filter((one) => one.share === share).map(({ gains }) => gains.auto);
  const gains = all.map(({ gain }) => gain);
  console.log(
    `| ${share} | ${all.filter(({ isUsed }) => isUsed).length} | ${signed(mean(gains))} | ${signed(Math.min(...gains))} | ` +
      `${gains.filter((gain) => gain < -0.005).length} | ${signed(Math.max(...gains))} |`,
  );
}
const worst = pairs.toSorted((a, b) => a.gains.auto?.gain - b.gains.auto?.gain).slice(0, 3);
console.log(
  `\nWorst of auto: ${worst.map(({ from, to, gains }) => `${from} to ${to} ${signed(gains.auto.gain)}`).join("; ")}`,
);
await encoder.close();
