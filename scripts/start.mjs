// @ts-check
/**
 * `npm start`: installs and builds where needed, then runs the main job: trains a sentiment head on tweets, says how well it
 * carries to movie reviews, and whether the tweets help beside labeled reviews.
 */

import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "./setup.mjs";

process.env.ORT_DISABLE_TELEMETRY = "1";

const MAX_SOURCE_ROWS = 6000;
const MAX_TARGET_TRAIN_ROWS = 1000;
/** @type {{ adapt: ("center" | "prior")[], suggest: number }} */
const ASKED = { adapt: ["center", "prior"], suggest: 10 };
/** Tweets are neutral too, movie reviews here are not. */
const MAP = "neutral=drop";

/**
 * @typedef {object} Corpora
 * @property {string} name    said to the user
 * @property {string} source  labeled tweets to train on
 * @property {string} [dev]   held-out tweets; by default a part of the source
 * @property {string} target  labeled movie reviews
 * @property {string} targetTrain  others, to train on beside the tweets
 */

/** Real corpora where there are any, else those that come with the project. @returns {Corpora} */
function chooseCorpora() {
  for (const folder of [process.env.HEADSTART_CORPORA, join(ROOT, "data/public")]) {
    if (!folder) continue;
    const source = join(folder, "tweets/semeval-2013-2016.train.csv");
    const dev = join(folder, "tweets/tweeteval-sentiment.val.csv");
    const target = join(folder, "movies/sst2.test.csv");
    const targetTrain = join(folder, "movies/sst2.train.csv");
    if ([source, dev, target, targetTrain].every((file) => existsSync(file)))
      return {
        name:
          `real corpora: the first ${MAX_SOURCE_ROWS} rows of ${source}, evaluated on ${dev} and ${target}, ` +
          `beside the first ${MAX_TARGET_TRAIN_ROWS} of ${targetTrain}`,
        source,
        dev,
        target,
        targetTrain,
      };
  }
  const data = join(ROOT, "data");
  return {
    name: "the small corpora that come with the project (npm run fetch-corpora gets real ones)",
    source: join(data, "tweets.csv"),
    ...halvesOf(join(data, "movies.csv")),
  };
}

/** Two halves of a corpus, drawn by a seed, as files of their own. @param {string} file */
function halvesOf(file) {
  const [target, targetTrain] = ["test", "train"].map((half) => join(ROOT, `out/movies-${half}.csv`));
  const folder = join(ROOT, "out/movies");
  const command = [join(ROOT, "dist/cli/main.js"), "split", file, "-o", folder, "--test", "0.5", "--force", "--quiet"];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  renameSync(join(folder, "test.csv"), target);
  renameSync(join(folder, "train.csv"), targetTrain);
  rmSync(folder, { recursive: true });
  return { target, targetTrain };
}

ensureInstalled();
ensureBuilt();
const { parseLabelMap, readLabeled } = await import("../dist/api/corpus.js");
const { BUILT_IN_ENCODER, embedTexts, loadEncoder } = await import("../dist/api/encoders.js");
const { runTransfer, saveReport } = await import("../dist/api/transfer.js");

const corpora = chooseCorpora();
const output = "out/tweets-to-movies";
const number = (/** @type {number} */ x) => x.toFixed(3);
console.log(`Tweets to movie reviews, on ${corpora.name}`);

const map = parseLabelMap(MAP);
const encoder = await loadEncoder(BUILT_IN_ENCODER, { offline: true });
console.log(`Encoder: ${encoder.name}, ${encoder.width} wide, ${encoder.precision}`);
/** Files inside the checkout are named from there, in the report too. */
const read = async (/** @type {string} */ file, /** @type {number} */ limit) =>
  readLabeled([file.startsWith(ROOT) ? relative(process.cwd(), file) : file], { map, limit });
const record = await runTransfer(
  encoder,
  {
    source: await read(corpora.source, MAX_SOURCE_ROWS),
    target: await read(corpora.target, Infinity),
    targetTrain: await read(corpora.targetTrain, MAX_TARGET_TRAIN_ROWS),
    ...(corpora.dev === undefined ? {} : { sourceDev: await read(corpora.dev, Infinity) }),
  },
  {
    map,
    ...ASKED,
    asked: ASKED,
    createdAt: new Date().toISOString(),
    clock: () => performance.now(),
    report: `${output}/report.html`,
    vectorsOf: async (texts, what) => {
      const began = performance.now();
      const { vectors } = await embedTexts(encoder, texts);
      const seconds = (performance.now() - began) / 1000;
      console.log(
        `Embedded ${texts.length} ${what} in ${seconds.toFixed(1)} s (${Math.round(texts.length / seconds)} a second)`,
      );
      return vectors;
    },
    onStep: (step) => {
      if (step === "train") console.log("Training a logistic head on the tweets");
      if (step === "target") console.log("Training on labeled movie reviews, without the tweets and with them");
    },
  },
);
await saveReport(join(ROOT, output), record, { force: true });
await encoder.close();

const { source, target, drop, verdict, forecast } = record;
if (target === null || drop === null) throw new Error(`${corpora.target} has no labels`);
const helps = verdict.says || verdict.because;
console.log(`
macro-F1 on held-out tweets        ${number(source.macroF1)}   (${source.n} rows, 95 % ${source.interval95.map(number).join(" to ")})
macro-F1 on movie reviews          ${number(target.macroF1)}   (${target.n} rows, 95 % ${target.interval95.map(number).join(" to ")})
drop                               ${number(drop)}
majority on movie reviews          ${number(target.majority.macroF1)}
bag of words on movie reviews      ${number(target.bagOfWords?.macroF1 ?? NaN)}
accuracy on movie reviews          ${number(target.accuracy)}   (forecast without labels ${number(forecast.accuracy)}, 95 % ${forecast.interval95.map(number).join(" to ")})

Do the tweets help beside labeled reviews? ${helps[0].toUpperCase()}${helps.slice(1)}.

Report: ${join(ROOT, output, "report.html")}`);
