// @ts-check
/**
 * Whether calibration makes probabilities better, with plain and with balanced class weights: heads are trained on rows drawn
 * from public corpora and measured on others of the same corpus, with and without what training found. No test split is read.
 *
 *     node scripts/simulate/probabilities.mjs [--sizes 200,1000] [--draws 5] [--cache out/cache]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public).
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { withVectors } from "../bench/labeled.mjs";

const CORPORA = [
  "tweets/semeval-2013-2016.train.csv",
  "movies/sst2.train.csv",
  "spam/sms-spam.csv",
  "domains/airline-tweets.train.csv",
  "domains/finance-tweets.train.csv",
];
const MOST_MEASURED = 3000; // rows

const mean = (/** @type {ArrayLike<number>} */ values) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

/** @param {number[]} sizes @param {number} draws @param {string} folder */
async function measure(sizes, draws, folder) {
  const { trainClassifier } = await import("../../dist/classification/train.js");
  const { duplicateGroups } = await import("../../dist/dataset/duplicates.js");
  const { pickRows } = await import("../../dist/dataset/labeledVectors.js");
  const { argmax, decisionScores, predictProbabilities } = await import("../../dist/head/head.js");
  const { seeded, shuffled } = await import("../../dist/math/random.js");
  const { logLosses } = await import("../../dist/metrics/logLoss.js");

  console.log(
    "| corpus | rows | class weights | log loss as fitted | calibrated | worse in | said (mean probability of the label) as fitted | calibrated | right |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  await withVectors({ folder }, async (load) => {
    for (const corpus of CORPORA) {
      const pool = await load(corpus);
      const groups = duplicateGroups(pool.texts);
      for (const n of sizes) {
        for (const classWeights of /** @type {const} */ (["none", "balanced"])) {
          const found = [];
          for (let seed = 1; seed <= draws; seed++) {
            const order = shuffled(pool.texts.length, seeded(seed * 7919 + n));
            const drawn = new Set(Array.from(order.subarray(0, n), (r) => groups[r]));
            const others = order.subarray(n).filter((r) => !drawn.has(groups[r]));
            const test = pickRows(pool, others.subarray(0, MOST_MEASURED));
            const { head } = await trainClassifier(pickRows(pool, order.subarray(0, n)), { seed, classWeights });
            const k = head.labels.length;
            const y = Int32Array.from(test.labels, (label) => head.labels.indexOf(label));
            const calibrated = predictProbabilities(head, test.vectors);
            const plain = predictProbabilities({ ...head, temperature: 1, priorShift: undefined }, test.vectors);
            const labels = argmax(decisionScores(head, calibrated), k);
            const said = (/** @type {Float64Array} */ p) => mean(Array.from(labels, (label, r) => p[r * k + label]));
            const loss = (/** @type {Float64Array} */ p) => mean(logLosses(p, y, k));
            found.push({
              losses: [loss(plain), loss(calibrated)],
              said: [said(plain), said(calibrated)],
              right: mean(Array.from(labels, (label, r) => Number(label === y[r]))),
            });
          }
          const number = (/** @type {(one: typeof found[number]) => number} */ of) => mean(found.map(of)).toFixed(3);
          const worse = found.filter(({ losses: [before, after] }) => after > before).length;
          const cells = [
            number(({ losses }) => losses[0]),
            number(({ losses }) => losses[1]),
            `${worse} of ${draws}`,
            number(({ said }) => said[0]),
            number(({ said }) => said[1]),
            number(({ right }) => right),
          ];
          console.log(`| ${[corpus.split("/")[1].split(".")[0], n, classWeights, ...cells].join(" | ")} |`);
        }
      }
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "200,1000" },
      draws: { type: "string", default: "5" },
      cache: { type: "string", default: join(ROOT, "out/cache") },
    },
  });
  ensureInstalled();
  ensureBuilt();
  await measure(values.sizes.split(",").map(Number), Number(values.draws), values.cache);
}
