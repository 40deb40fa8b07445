// @ts-check
/**
 * Step 5: what an encoder is worth, frozen, with a logistic head.
 *
 *   npm run encoder:evaluate -- [--encoder headstart-mini] [--precision int8] [--cache out/cache] [--dev]
 *
 * With --dev: only the dev splits, the tweets' head from the first 12,000 rows, entities from 1,500 sentences by a
 * MLP of four epochs, one line of JSON; for choosing.
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public). Regularization is chosen on dev splits, for spam by
 * cross-validation; test splits are read last, and only to be scored.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";

process.env.ORT_DISABLE_TELEMETRY = "1";
const { values } = parseArgs({
  options: {
    encoder: { type: "string", default: "headstart-mini" },
    precision: { type: "string" },
    cache: { type: "string", default: join(ROOT, "out/cache") },
    dev: { type: "boolean", default: false },
  },
});
ensureInstalled();
ensureBuilt();
const { duplicateGroups, foldCorpus, parseLabelMap, readLabeled, readTagged } =
  await import("../../dist/api/corpus.js");
const { loadEncoder } = await import("../../dist/api/encoders.js");
const { evaluateHead, pickRows, searchHead, trainClassifier } = await import("../../dist/api/heads.js");
const { contextualVectors, trainTagger } = await import("../../dist/api/tagging.js");
const { openVectorCache, vectorsOf } = await import("../../dist/api/vectors.js");

const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
if (!existsSync(corpora)) {
  console.error("Cannot find the corpora: set HEADSTART_CORPORA, or npm run fetch-corpora");
  process.exit(2);
}
const precision = /** @type {"fp32" | "int8" | undefined} */ (values.precision);
const encoder = await loadEncoder(values.encoder, precision === undefined ? {} : { precision });
const cache = await openVectorCache(values.cache, { fingerprint: encoder.fingerprint, width: encoder.width });
const map = parseLabelMap("neutral=drop");
const SIDES = 5; // folds

/** @param {string} file @param {import("../../dist/api/corpus.js").LabeledOptions} [options] */
async function load(file, options = {}) {
  const { texts, labels } = await readLabeled([join(corpora, file)], options);
  const began = performance.now();
  const { vectors, cached } = await vectorsOf(encoder, texts, { cache });
  const rate = (texts.length - cached) / ((performance.now() - began) / 1000);
  console.error(
    `${file}: ${texts.length} texts, ${cached} cached${cached < texts.length ? `, ${rate.toFixed(0)}/s` : ""}`,
  );
  return { texts, labels, vectors };
}

/** @typedef {Awaited<ReturnType<typeof load>>} Data */

/** @param {{ train: Data, dev: Data }} rows @param {"none" | "balanced"} [classWeights] */
const train = ({ train, dev }, classWeights = "none") => trainClassifier(train, { dev, classWeights });
const percent = (/** @type {number} */ x) => x.toFixed(4);
/** @type {string[][]} */
const rows = [];

if (values.dev) {
  await chooseBy();
  process.exit();
}

const tweets = {
  train: await load("tweets/semeval-2013-2016.train.csv"),
  dev: await load("tweets/tweeteval-sentiment.val.csv"),
};
const polar = {
  train: await load("tweets/semeval-2013-2016.train.csv", { map }),
  dev: await load("tweets/tweeteval-sentiment.val.csv", { map }),
};
const films = { train: await load("movies/sst2.train.csv"), dev: await load("movies/sst2.val.csv") };
const sms = await load("spam/sms-spam.csv");
const heads = {
  tweets: await train(tweets),
  balanced: await train(tweets, "balanced"),
  polar: await train(polar),
  films: await train(films),
};

rows.push([
  "SST-2 val",
  "accuracy",
  percent(heads.films.dev.accuracy),
  percent(heads.films.dev.bagOfWords?.accuracy ?? NaN),
]);
rows.push(["TweetEval val", "macro-recall", percent(heads.tweets.dev.macroRecall), ""]);
rows.push(["TweetEval val, balanced", "macro-recall", percent(heads.balanced.dev.macroRecall), ""]);
rows.push(["sms-spam, 5 folds", "F1 of spam", percent(await folds(sms)), ""]);

const tests = {
  tweets: await load("tweets/tweeteval-sentiment.test.csv"),
  films: await load("movies/sst2.test.csv"),
  reviews: await load("movies/rt-polarity.csv"),
};
const score = (/** @type {keyof typeof heads} */ head, /** @type {keyof typeof tests} */ test) =>
  evaluateHead(heads[head], tests[test]).evaluation;
const accuracy = (/** @type {import("../../dist/api/metrics.js").Evaluation} */ e) => [
  percent(e.accuracy),
  percent(e.bagOfWords?.accuracy ?? NaN),
];
rows.push(["SST-2 -> SST-2 test", "accuracy", ...accuracy(score("films", "films"))]);
rows.push(["tweets -> TweetEval test", "macro-recall", percent(score("tweets", "tweets").macroRecall), ""]);
rows.push(["tweets, balanced -> TweetEval test", "macro-recall", percent(score("balanced", "tweets").macroRecall), ""]);
rows.push(["tweets without neutral -> SST-2 test", "accuracy", ...accuracy(score("polar", "films"))]);
rows.push(["tweets without neutral -> rt-polarity", "accuracy", ...accuracy(score("polar", "reviews"))]);
await cache.close();
await encoder.close();

console.log(
  `\n${encoder.name}, ${encoder.precision}: frozen, logistic head\n\n| rows | metric | head | bag of words |\n| --- | --- | --- | --- |`,
);
for (const row of rows) console.log(`| ${row.join(" | ")} |`);

/** Prints what may be chosen by. */
async function chooseBy() {
  const films = { train: await load("movies/sst2.train.csv"), dev: await load("movies/sst2.val.csv") };
  const tweets = {
    train: await load("tweets/semeval-2013-2016.train.csv", { limit: 12_000 }),
    dev: await load("tweets/tweeteval-sentiment.val.csv"),
  };
  const scores = {
    "SST-2 val": (await train(films)).dev.accuracy,
    "TweetEval val": (await train(tweets)).dev.macroRecall,
    "TweetEval val, balanced": (await train(tweets, "balanced")).dev.macroRecall,
  };
  await cache.close();
  await encoder.close();
  const entities = { "WNUT dev": await entityF1() };
  console.log(JSON.stringify({ ...scores, ...entities }));
}

/** Strict F1 on WNUT's dev split. */
async function entityF1() {
  const deep = await loadEncoder(values.encoder, {
    layers: "spread",
    ...(precision === undefined ? {} : { precision }),
  });
  /** @param {string} file @param {number} most */
  const embedded = async (file, most) => {
    const { sentences } = await readTagged([join(corpora, "ner", file)]);
    const first = sentences.slice(0, most);
    return { sentences: first, ...(await contextualVectors(deep, first)) };
  };
  const data = await embedded("wnut17.train.conll", 1500);
  const dev = await embedded("wnut17.dev.conll", Infinity);
  await deep.close();
  const trained = await trainTagger(data, { dev, epochs: 4, kind: "mlp" });
  return trained.dev.entityF1;
}

/**
 * F1 of spam over all folds together, equal texts in one fold. C is chosen by cross-validation within the
 * other folds, and the head fitted on all of their rows.
 *
 * @param {Data} data
 */
async function folds(data) {
  const names = [...new Set(data.labels)].sort();
  const y = data.labels.map((label) => names.indexOf(label));
  const fold = foldCorpus(y, duplicateGroups(data.texts), { folds: SIDES, seed: 1 });
  const counts = { hit: 0, invented: 0, missed: 0 };
  for (let f = 0; f < SIDES; f++) {
    const pick = (/** @type {boolean} */ inside) => {
      return pickRows(
        data,
        y.flatMap((_, i) => ((fold[i] === f) === inside ? [i] : [])),
      );
    };
    const others = pick(false);
    const view = { layer: null, pooling: encoder.pooling, load: () => Promise.resolve(others) };
    const searchResult = await searchHead([view], {
      labels: names,
      classWeights: "none",
      seed: 1,
      kinds: ["logistic"],
    });
    // As dev rows they set the temperature alone, which changes no prediction between two labels.
    const trained = await trainClassifier(others, { searchResult, dev: others });
    const { evaluation } = evaluateHead(trained, pick(true));
    const spam = evaluation.confusion.labels.indexOf("spam");
    evaluation.confusion.counts.forEach((row, t) =>
      row.forEach((n, p) => {
        if (t === spam && p === spam) counts.hit += n;
        else if (p === spam) counts.invented += n;
        else if (t === spam) counts.missed += n;
      }),
    );
  }
  return (2 * counts.hit) / (2 * counts.hit + counts.invented + counts.missed);
}
