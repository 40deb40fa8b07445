/**
 * Which measure ranks sources for a target best: a head is trained on each of ten domains and scored on every other, and the
 * measures of each source are compared with these scores.
 *
 *     node scripts/simulate/ranking.mjs [--seed 1] [--rows 1000] [--cache folder] [--test]
 *
 * The domains are those of HEADSTART_CORPORA (or data/public): the training files, neutral dropped.
 * With --test the targets are the test files, and only what a choice without labels goes by is measured.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { chooseLogistic } from "../../dist/classification/choice/chooseLogistic.js";
import { trainClassifier } from "../../dist/classification/train.js";
import { parseLabelMap } from "../../dist/dataset/labelMap.js";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";
import { holdOut, joinRows, pickRows } from "../../dist/dataset/labeledVectors.js";
import { newRows } from "../../dist/dataset/seenRows.js";
import { vectorsOf } from "../../dist/embedding/cachedEmbed.js";
import { loadEncoder } from "../../dist/encoder/load.js";
import { BUILT_IN_ENCODER } from "../../dist/encoder/locate.js";
import { argmax, predictProbabilities } from "../../dist/head/head.js";
import { studentT975 } from "../../dist/math/studentT.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { scorePredictions } from "../../dist/metrics/classification.js";
import { openVectorCache } from "../../dist/store/cache/vectorCache.js";
import { divergenceOf } from "../../dist/transfer/divergence/divergence.js";
import { agreementWithOthers } from "../../dist/transfer/ranking/agreement.js";
import { forecastHead } from "../../dist/transfer/forecast/forecastHead.js";
import { nearestSourceLabel, sourceMeasures } from "../../dist/transfer/ranking/sourceMeasures.js";
import { rankCorrelation } from "../../dist/transfer/ranking/rankCorrelation.js";

const LOWER_END = "forecast (ATC), lower end of its interval";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rows: { type: "string", default: "1000" },
    cache: { type: "string" },
    test: { type: "boolean", default: false },
  },
});
const [seed, most] = [Number(flags.seed), Number(flags.rows)];
const folder = process.env.HEADSTART_CORPORA ?? "data/public";
const TEN =
  "books electronics kitchen-housewares camera-photo music sports-outdoors magazines software airline-tweets finance-tweets".split(
    " ",
  );
const TWEETS = ["airline-tweets", "finance-tweets"];
/** Target rows with labels, as --target-train would have them. */
const OWN = flags.test ? [] : [25, 100, 300];
const LABELS = ["negative", "positive"];

const encoder = await loadEncoder(BUILT_IN_ENCODER, { offline: true });
const { fingerprint, width, name: encoderName } = encoder;
const cache = flags.cache && (await openVectorCache(flags.cache, { fingerprint, width, encoder: encoderName }));

/** At most so many rows of a domain, drawn by seed. */
async function load(name, part) {
  const file = path.join(folder, `domains/${name}.${part}.csv`);
  const { texts, labels } = await readLabeled([file], { map: parseLabelMap("neutral=drop") });
  const at = Array.from(shuffled(texts.length, seeded(seed)).subarray(0, most));
  const drawn = at.map((r) => texts[r]);
  const { vectors } = await vectorsOf(encoder, drawn, { cache: cache || undefined });
  return { texts: drawn, labels: at.map((r) => labels[r]), vectors };
}

const indices = (labels) => Int32Array.from(labels, (label) => LABELS.indexOf(label));
const all = Object.fromEntries(await Promise.all(TEN.map(async (name) => [name, await load(name, "train")])));
const targets = flags.test
  ? Object.fromEntries(await Promise.all(TEN.map(async (name) => [name, await load(name, "test")])))
  : all;
const trained = {};
for (const name of TEN) {
  const { train, dev } = holdOut(all[name], { devFraction: 0.2, maxDev: 5000, keepInTrain: true, seed });
  trained[name] = { train, dev, head: await trainClassifier(train, { seed }) };
}

/** What is known of a source for a target, and what it scores. */
async function pairOf(source, rows) {
  const { train, dev, head } = trained[source];
  const y = indices(rows.labels);
  const outputs = predictProbabilities(head.head, rows.vectors);
  const predicted = argmax(outputs, 2);
  // The rows that would be labeled come first; the others are what is scored.
  const on = (at) =>
    scorePredictions(
      at.map((r) => y[r]),
      at.map((r) => predicted[r]),
      2,
    );
  const every = Int32Array.from(y.keys());
  const rest = every.slice(Math.max(0, ...OWN));
  const forecast = forecastHead(head, { sourceDev: dev, target: rows });
  const scored = { predicted: Int32Array.from(predicted), macroF1: on(rest).macroF1 };
  if (flags.test)
    return {
      ...scored,
      unlabeled: { "forecast (ATC)": forecast.accuracy, [LOWER_END]: forecast.interval95[0] },
      labeled: {},
    };
  const divergence = await divergenceOf(train, rows, { seed, deals: 0 });
  const few = every.slice(0, OWN[1]);
  const some = pickRows(rows, few);
  const measures = sourceMeasures(
    outputs.slice(0, 2 * few.length),
    few.map((r) => y[r]),
    2,
  );
  return {
    ...scored,
    unlabeled: {
      "forecast (ATC)": forecast.accuracy,
      [LOWER_END]: forecast.interval95[0],
      "average confidence": forecast.methods[1].accuracy,
      "difference of confidences (DoC)": forecast.methods[2].accuracy,
      "accuracy in-domain": forecast.methods[0].accuracy,
      "proxy A-distance": -divergence.proxyA,
      "the same, centered": -divergence.proxyACentred,
      MMD: -divergence.mmd,
      "Frechet distance": -divergence.frechet,
      "Jensen-Shannon divergence of words": -divergence.jensenShannon,
      "target words seen in the source": divergence.vocabularySeen,
      "rows of the source": train.texts.length,
    },
    labeled: {
      ...Object.fromEntries(OWN.map((n) => [`macro-F1 on ${n} labeled rows`, on(every.slice(0, n)).macroF1])),
      [`LEEP on ${OWN[1]}`]: measures.leep,
      [`LogME of the outputs on ${OWN[1]}`]: measures.logMe,
      [`H-score of the outputs on ${OWN[1]}`]: measures.hScore,
      [`nearest source row on ${OWN[1]}`]: nearestSourceLabel(
        { vectors: train.vectors, y: indices(train.labels) },
        { vectors: some.vectors, y: indices(some.labels) },
      ),
    },
  };
}

const AGREEMENT = "agreement with the others";

/** Share of the rows on which each head gives the label that more than half of the others give. */
function votesOf(predictions) {
  const others = predictions.length - 1;
  return predictions.map((own, h) => {
    const isWith = (r) => predictions.filter((other, o) => o !== h && other[r] === own[r]).length > others / 2;
    return own.filter((_, r) => isWith(r)).length / own.length;
  });
}

/** Of each target the sources in their order, with their measures and scores. */
async function rankingOf(target) {
  const sources = TEN.filter((name) => name !== target);
  const pairs = [];
  const together = sources.map((name) => trained[name].train).reduce(joinRows);
  // Rows that no source has, the same for all of them.
  const rows = pickRows(targets[target], newRows(together.texts, targets[target].texts));
  for (const source of sources) pairs.push(await pairOf(source, rows));
  const predictions = pairs.map(({ predicted }) => predicted);
  agreementWithOthers(predictions).forEach((share, i) => (pairs[i].unlabeled[AGREEMENT] = share));
  votesOf(predictions).forEach((share, i) => (pairs[i].unlabeled["agreement with most of the others"] = share));
  return { target, sources, pairs, together, rows };
}

/** Macro-F1 of a head trained on all sources, on the rows that sources are scored on. */
async function togetherScore({ rows, together }) {
  const { head } = await chooseLogistic(
    { train: together, dev: undefined },
    { labels: LABELS, classWeights: "none", seed },
    {},
  );
  const rest = pickRows(rows, [...rows.texts.keys()].slice(Math.max(0, ...OWN)));
  const predicted = argmax(predictProbabilities(head, rest.vectors), 2);
  return scorePredictions(indices(rest.labels), predicted, 2).macroF1;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Mean over the targets with a 95 % interval by Student's t. */
function meanText(values, digits = 2) {
  const m = mean(values);
  const sd = Math.sqrt(mean(values.map((v) => (v - m) ** 2)) * (values.length / (values.length - 1)));
  const reach = (studentT975(values.length - 1) * sd) / Math.sqrt(values.length);
  return `${m.toFixed(digits)} (${(m - reach).toFixed(digits)} to ${(m + reach).toFixed(digits)})`;
}

const rankings = [];
for (const target of TEN) {
  rankings.push(await rankingOf(target));
  process.stderr.write(`${target} `);
}
for (const kind of flags.test ? ["unlabeled"] : ["unlabeled", "labeled"]) {
  console.log(
    `\n| measure, ${kind === "labeled" ? "with labels of the target" : "without labels"} | tau-b, mean | reviews only | lost macro-F1 |`,
  );
  console.log("| --- | --- | --- | --- |");
  for (const name of Object.keys(rankings[0].pairs[0][kind])) {
    const taus = (among) =>
      rankings
        .filter(({ target }) => among(target))
        .map(({ sources, pairs }) => {
          const own = pairs.filter((_, i) => among(sources[i]));
          return (
            rankCorrelation(
              own.map((pair) => pair[kind][name]),
              own.map((pair) => pair.macroF1),
            ).tau ?? 0
          );
        });
    const lost = rankings.map(({ pairs }) => {
      const best = Math.max(...pairs.map((pair) => pair.macroF1));
      const chosen = pairs.reduce((a, b) => (b[kind][name] > a[kind][name] ? b : a));
      return best - chosen.macroF1;
    });
    console.log(
      `| ${name} | ${meanText(taus(() => true))} | ${meanText(taus((one) => !TWEETS.includes(one)))} | ${meanText(lost, 3)} |`,
    );
  }
}

/** All choices of `k` numbers below `n`. */
function* choices(n, k, first = 0) {
  if (k === 0) return yield [];
  for (let i = first; i <= n - k; i++) for (const rest of choices(n, k - 1, i + 1)) yield [i, ...rest];
}

const DISTANCES = flags.test ? [] : ["proxy A-distance", "MMD", "Jensen-Shannon divergence of words"];
const BY_FEW = ["forecast (ATC)", LOWER_END, ...DISTANCES, AGREEMENT];
const BY_LABELS = OWN.map((n) => `macro-F1 on ${n} labeled rows`);
/** Macro-F1 that is lost where the source with the highest value of a measure is chosen, for each target the mean over all choices of k. */
function lostOfFew(k, valueOf) {
  return rankings.map(({ pairs }) => {
    const lost = [];
    for (const some of choices(pairs.length, k)) {
      const own = some.map((i) => pairs[i]);
      const shares = agreementWithOthers(own.map(({ predicted }) => predicted));
      const values = own.map((pair, i) => valueOf(pair, shares[i]));
      const best = Math.max(...own.map((pair) => pair.macroF1));
      const highest = Math.max(...values);
      const chosen = own.filter((_, i) => values[i] === highest);
      lost.push(best - mean(chosen.map((pair) => pair.macroF1)));
    }
    return mean(lost);
  });
}
const FEW = [2, 3, 4, 6];
console.log(`\n| chosen by | ${FEW.map((k) => `${k} sources`).join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(FEW.length)}`);
const few = {
  "at random": () => 0,
  ...Object.fromEntries(
    BY_FEW.map((name) => [name, (pair, share) => (name === AGREEMENT ? share : pair.unlabeled[name])]),
  ),
  ...Object.fromEntries(BY_LABELS.map((name) => [name, (pair) => pair.labeled[name]])),
};
for (const [name, valueOf] of Object.entries(few))
  console.log(`| ${name} | ${FEW.map((k) => meanText(lostOfFew(k, valueOf), 3)).join(" | ")} |`);
const lostAtRandom = rankings.map(
  ({ pairs }) => Math.max(...pairs.map((p) => p.macroF1)) - mean(pairs.map((p) => p.macroF1)),
);
console.log(`\nA source at random loses ${meanText(lostAtRandom, 3)}.`);
if (flags.test) process.exit(0);
const gains = [];
for (const one of rankings) gains.push((await togetherScore(one)) - Math.max(...one.pairs.map((p) => p.macroF1)));
console.log(
  `All sources together minus the best one by its score: ${meanText(gains, 3)}; above zero for ${gains.filter((g) => g > 0).length} of ${gains.length} targets.`,
);
await encoder.close();
if (cache) await cache.close();
