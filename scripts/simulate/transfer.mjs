/**
 * How often the verdict of `transfer` is right: source, target-train and target are drawn anew many times, and the call and the
 * interval are compared with the truth, which is the mean difference of the same heads on many more rows.
 *
 *     node scripts/simulate/transfer.mjs [--draws 200] [--seed 1] [--only "flat curve"] [--corpus texts.csv]
 *
 * With --corpus the rows are those of a labeled corpus, embedded by the built-in encoder: all three sides are drawn from it.
 */
import { parseArgs } from "node:util";
import { evaluateHead } from "../../dist/classification/evaluate.js";
import { trainClassifier } from "../../dist/classification/train.js";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";
import { joinRows, pickRows } from "../../dist/dataset/labeledVectors.js";
import { duplicateGroups } from "../../dist/dataset/duplicates.js";
import { vectorsOf } from "../../dist/embedding/cachedEmbed.js";
import { BUILT_IN_ENCODER } from "../../dist/encoder/locate.js";
import { loadEncoder } from "../../dist/encoder/load.js";
import { matrix } from "../../dist/math/matrix.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { halfDifferences } from "../../dist/transfer/experiment/halves.js";
import { judge } from "../../dist/transfer/experiment/verdict.js";

const { values: flags } = parseArgs({
  options: {
    draws: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    corpus: { type: "string" },
    sizes: { type: "string", default: "1000,150,1000" },
  },
});
const [draws, firstSeed] = [Number(flags.draws), Number(flags.seed)];
const MANY = 4000; // target rows that stand for all

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const LABELS = ["no", "yes"];

/** Rows of two classes whose means lie apart along `direction`, normally distributed around them. */
function cloud(n, random, { width, apart, turned = 0 }) {
  const labels = Array.from({ length: n }, () => LABELS[random() < 0.5 ? 0 : 1]);
  const data = new Float32Array(n * width);
  for (let r = 0; r < n; r++) {
    const side = (labels[r] === "yes" ? apart : -apart) / 2;
    for (let c = 0; c < width; c++) data[r * width + c] = normal(random);
    data[r * width] += side * Math.cos(turned);
    data[r * width + 1] += side * Math.sin(turned);
  }
  return { texts: labels.map(() => `w${Math.floor(random() * 1e9)}`), labels, vectors: matrix(n, width, data) };
}

/** What is drawn: source, the target's training rows, its test rows and many more of these. */
const gaussian =
  (sizes, { width, apart, turned }) =>
  (random) => {
    const own = { width, apart };
    return {
      source: cloud(sizes[0], random, { ...own, turned }),
      targetTrain: cloud(sizes[1], random, own),
      target: cloud(sizes[2], random, own),
      many: cloud(MANY, random, own),
    };
  };

const SYNTHETIC = {
  "flat curve": gaussian([600, 600, 600], { width: 4, apart: 2, turned: 0 }),
  "one distribution, few own rows": gaussian([600, 80, 600], { width: 32, apart: 2, turned: 0 }),
  "one distribution, small test": gaussian([300, 100, 150], { width: 16, apart: 2, turned: 0 }),
  "somewhat other source": gaussian([600, 80, 600], { width: 32, apart: 2, turned: Math.PI / 4 }),
  "contrary source": gaussian([600, 150, 600], { width: 16, apart: 2, turned: (3 * Math.PI) / 4 }),
};

async function fromCorpus(file) {
  const { texts, labels } = await readLabeled([file]);
  const encoder = await loadEncoder(BUILT_IN_ENCODER);
  const { vectors } = await vectorsOf(encoder, texts, {});
  await encoder.close();
  const pool = { texts, labels, vectors };
  const sizes = flags.sizes.split(",").map(Number);
  const groups = duplicateGroups(texts);
  const first = texts.map((_, r) => r).filter((r) => groups.indexOf(groups[r]) === r);
  return (random) => {
    const order = shuffled(first.length, random).map((i) => first[i]);
    let at = 0;
    const take = (n) => pickRows(pool, order.subarray(at, (at += n)));
    return { source: take(sizes[0]), targetTrain: take(sizes[1]), target: take(sizes[2]), many: take(MANY) };
  };
}

async function once(draw, seed) {
  const { many, ...sides } = draw(seeded(seed));
  const how = { seed, threads: 1, Cs: [1e-3, 1e-2, 0.1, 1] };
  const own = await trainClassifier(sides.targetTrain, how);
  const both = await trainClassifier(joinRows(sides.source, sides.targetTrain), how);
  const on = (rows) => [own, both].map((head) => evaluateHead(head, rows));
  const [ceiling, joint] = on(sides.target);
  const [widely, jointly] = on(many);
  const C = { ceiling: own.C, joint: both.C };
  const halves = await halfDifferences(sides, { ...how, labels: both.head.labels, C });
  const verdict = judge({ ceiling, joint, texts: sides.target.texts, halves });
  return { verdict, truth: jointly.evaluation.macroF1 - widely.evaluation.macroF1 };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** One line of the table. */
async function simulated(name, draw) {
  const runs = [];
  for (let i = 0; i < draws; i++) runs.push(await once(draw, firstSeed + i));
  const truth = mean(runs.map((run) => run.truth));
  const holds = runs.filter(
    ({
      verdict: {
        interval95: [low, high],
      },
    }) => low <= truth && truth <= high,
  ).length;
  const called = (call) =>
    `${((100 * runs.filter(({ verdict }) => verdict.call === call).length) / draws).toFixed(1)} %`;
  const width = mean(
    runs.map(
      ({
        verdict: {
          interval95: [low, high],
        },
      }) => high - low,
    ),
  );
  const [test, training] = ["test", "training"].map((part) =>
    Math.sqrt(mean(runs.map((r) => r.verdict.standardErrors[part] ** 2))),
  );
  const spread = deviation(runs.map(({ verdict }) => verdict.difference));
  const cells = [
    name,
    truth.toFixed(4),
    (holds / draws).toFixed(3),
    called("negative"),
    called("positive"),
    called("neutral"),
  ];
  const se = `${spread.toFixed(4)} / ${test.toFixed(4)} + ${training.toFixed(4)}`;
  return `| ${[...cells, width.toFixed(3), se].join(" | ")} |`;
}

console.log(
  "| rows | true difference | interval holds it | negative | positive | neutral | mean width | deviation / standard errors of test + training |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
const all =
  flags.corpus === undefined ? SYNTHETIC : { [flags.corpus.split("/").at(-1)]: await fromCorpus(flags.corpus) };
for (const [name, draw] of Object.entries(all)) {
  if (flags.only === undefined || flags.only === name) console.log(await simulated(name, draw));
}
