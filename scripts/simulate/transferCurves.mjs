/**
 * Whether what the learning curves of `transfer` say holds: source, target-train and target are drawn anew many times, and the
 * calls and intervals at each size are compared with the truth.
 *
 *     node scripts/simulate/transferCurves.mjs [--part statistics|heads] [--runs 200] [--seed 1] [--only "no effect"] [--new-sources]
 *
 * `statistics` takes heads that are quick to train (the nearest mean), so that with no effect both sides are heads of rows of
 * one distribution, as many, and the true difference is 0 at every size. `heads` takes the logistic heads of `transfer`, and the
 * same source in all runs, or with --new-sources another one in each; the truth is the mean over the runs. With heads, the bands
 * of the fitted curves and the worth in labels are compared with the truth as well.
 */
import { parseArgs } from "node:util";
import { trainClassifier } from "../../dist/classification/train.js";
import { joinRows } from "../../dist/dataset/labeledVectors.js";
import { matrix } from "../../dist/math/matrix.js";
import { seeded, shuffled } from "../../dist/math/random.js";
import { curveShape, differenceAt, verdictsBySize } from "../../dist/transfer/curves/bySize.js";
import { curveSizes, DRAWS, scoresOf } from "../../dist/transfer/curves/measure.js";
import { transferCurves } from "../../dist/transfer/curves/transferCurves.js";
import { variance, varianceOfSum } from "../../dist/transfer/curves/uncertainty.js";
import { halfDifferences } from "../../dist/transfer/experiment/halves.js";
import { evaluateHead } from "../../dist/classification/evaluate.js";
import { pairedDifference } from "../../dist/transfer/experiment/verdict.js";

const { values: flags } = parseArgs({
  options: {
    part: { type: "string", default: "statistics" },
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    "new-sources": { type: "boolean", default: false },
  },
});
const [runs, firstSeed] = [Number(flags.runs), Number(flags.seed)];
const LABELS = ["no", "yes"];
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Rows of two labels; the first column tells them apart, or the last one. `flips` have the other label. */
function cloud(n, random, { width = 8, apart = 1.6, flips = 0, last = false } = {}) {
  const data = Float32Array.from({ length: n * width }, () => normal(random));
  const labels = Array.from({ length: n }, (_, r) => {
    const isYes = r % 2 === 0;
    data[r * width + (last ? width - 1 : 0)] += isYes ? apart / 2 : -apart / 2;
    return LABELS[Number(isYes !== random() < flips)];
  });
  return { texts: labels.map((_, r) => `${r} ${random()}`), labels, vectors: matrix(n, width, data) };
}

/** Predictions for the target by which of two means is nearer. */
function nearestMean({ labels, vectors }, rows, target) {
  const { cols } = vectors;
  const means = LABELS.map(() => new Float64Array(cols));
  const counts = [0, 0];
  for (const r of rows) {
    const k = LABELS.indexOf(labels[r]);
    counts[k]++;
    for (let c = 0; c < cols; c++) means[k][c] += vectors.data[r * cols + c];
  }
  means.forEach((mean, k) => mean.forEach((sum, c) => (mean[c] = sum / Math.max(1, counts[k]))));
  return Int32Array.from({ length: target.labels.length }, (_, r) => {
    const distance = (mean) => mean.reduce((sum, m, c) => sum + (target.vectors.data[r * cols + c] - m) ** 2, 0);
    return distance(means[1]) < distance(means[0]) ? 1 : 0;
  });
}

/** Both sides by nearest means: of `both` the rows are those of another pool. */
function statistics(seed, { flips = 0, rows = 320, test = 400 }) {
  const random = seeded(seed);
  const [pool, other] = [cloud(rows, random), cloud(rows, random, { flips })];
  const target = cloud(test, random);
  const truth = Int32Array.from(target.labels, (label) => LABELS.indexOf(label));
  const groups = Int32Array.from(truth.keys());
  const some = (n) => shuffled(rows, random).subarray(0, n);
  const scores = (of, draws) =>
    scoresOf(
      truth,
      draws.map((drawn) => nearestMean(of, drawn, target)),
      2,
    );
  const at = (n, draws) => {
    const own = Array.from({ length: draws }, () => some(n));
    return { target: scores(pool, own), both: scores(other, own) };
  };
  const sizes = curveSizes(rows, 2).map((n) => differenceAt({ n, share: n / rows, of: at(n, DRAWS) }, groups));
  const all = at(rows, 1);
  const halves = Array.from({ length: 16 }, () => at(rows / 2, 1)).map((h) => h.both.macroF1[0] - h.target.macroF1[0]);
  const parts = all.both.parts.map((part, r) => part - all.target.parts[r]);
  const last = {
    n: rows,
    difference: all.both.macroF1[0] - all.target.macroF1[0],
    training: { variance: variance(Float64Array.from(halves)), freedom: 7 },
    test: varianceOfSum(parts, groups),
    parts,
  };
  const differences = [...sizes, last];
  return { byLabels: verdictsBySize(differences), shape: curveShape(differences, groups) };
}

/** The curves as `transfer` draws them. */
async function heads(seed, { source: kind, rows = 160, test = 400, sourceRows = 300 }) {
  const random = seeded(seed);
  const source = cloud(sourceRows, flags["new-sources"] ? random : seeded(0), kind);
  const [targetTrain, target] = [cloud(rows, random), cloud(test, random)];
  const how = { seed, threads: 1, classWeights: "none" };
  const [own, both, ofSource] = [
    await trainClassifier(targetTrain, how),
    await trainClassifier(joinRows(source, targetTrain), how),
    await trainClassifier(source, how),
  ];
  const [ceiling, joint] = [own, both].map((head) => evaluateHead(head, target));
  const sides = { source, targetTrain, target };
  const C = { ceiling: own.C, joint: both.C };
  const halves = await halfDifferences(sides, { ...how, labels: LABELS, C });
  const all = {
    macroF1: { target: ceiling.evaluation.macroF1, both: joint.evaluation.macroF1 },
    parts: pairedDifference({ ceiling, joint }).parts,
    trainingError: Math.sqrt(variance(halves)),
  };
  const options = { ...how, labels: LABELS, C: { source: ofSource.C, target: own.C, both: both.C } };
  return transferCurves({ ...sides, sourceHead: null }, all, options);
}

const KINDS = {
  statistics: {
    "no effect": { flips: 0 },
    "no effect, few rows": { rows: 80, test: 100 },
    "a worse side (3 in 10 labels wrong)": { flips: 0.3 },
    "a contrary side (7 in 10 labels wrong)": { flips: 0.7 },
  },
  heads: {
    "copy: rows of the target's distribution": { source: {} },
    "a small copy: 60 rows": { source: {}, sourceRows: 60 },
    "contrary: 8 in 10 labels flipped": { source: { flips: 0.8 } },
    "shuffled labels": { source: { flips: 0.5 } },
    "labels by another column": { source: { last: true } },
  },
};

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const holds = ([low, high], truth) => low <= truth && truth <= high;

console.log(
  "| rows | runs | mean difference by size | intervals containing it, by size | slope interval contains it | positive at any size | negative at any size |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [name, kind] of Object.entries(KINDS[flags.part])) {
  if (flags.only !== undefined && flags.only !== name) continue;
  const found = [];
  for (let i = 0; i < runs; i++) {
    found.push(await (flags.part === "heads" ? heads : statistics)(firstSeed + i, kind));
  }
  const isNull = name.startsWith("no effect");
  const sizes = found[0].byLabels.map(({ n }) => n);
  const truths = sizes.map((_, s) => (isNull ? 0 : mean(found.map(({ byLabels }) => byLabels[s].difference))));
  const slope = isNull ? 0 : mean(found.map(({ shape }) => shape.slope.difference));
  const covered = sizes.map((_, s) => mean(found.map((run) => holds(run.byLabels[s].interval95, truths[s]))));
  const called = (call) => percent(mean(found.map((run) => run.byLabels.some((at) => at.call === call))));
  const cells = [
    name,
    runs,
    sizes.map((n, s) => `${n}: ${mean(found.map((run) => run.byLabels[s].difference)).toFixed(3)}`).join(", "),
    covered.map((share) => share.toFixed(2)).join(", "),
    mean(found.map(({ shape }) => holds(shape.slope.interval95, slope))).toFixed(2),
    called("positive"),
    called("negative"),
  ];
  console.log(`| ${cells.join(" | ")} |`);
  if (flags.part === "heads") console.log((await fitLines(found, kind)).join("\n"));
}

/** How often the bands of the curves contain the mean score, and the interval of the worth what the mean curves give. */
async function fitLines(found, { rows = 160, test = 400 }) {
  const of = (strategy) => found.map(({ curves }) => curves.find((curve) => curve.strategy === strategy));
  const sizes = of("target")[0].points.map(({ n }) => n);
  const means = (strategy) => sizes.map((_, s) => mean(of(strategy).map(({ points }) => points[s].macroF1)));
  const lines = ["target", "both"].map((strategy) => {
    const truths = means(strategy);
    const inside = sizes.map((_, s) =>
      mean(of(strategy).map(({ fit }) => holds(fit.band[s].interval95, truths[s]))).toFixed(2),
    );
    return `band of ${strategy} contains the mean at ${sizes.join(", ")} rows: ${inside.join(", ")}`;
  });
  const doubled = [];
  for (let i = 0; i < found.length; i++) {
    const random = seeded(10_000 + i);
    const trained = await trainClassifier(cloud(2 * rows, random), { seed: i, threads: 1 });
    doubled.push(evaluateHead(trained, cloud(test, random)).evaluation.macroF1);
  }
  const beyond = of("target").map(({ fit }) => fit.band.at(-1).interval95);
  lines.push(
    `band of target contains the mean at ${2 * rows} rows, which no run has: ${mean(beyond.map((one) => holds(one, mean(doubled)))).toFixed(2)}`,
  );
  const alone = means("target");
  const score = means("both")[0];
  const s = alone.findIndex((one) => one >= score);
  const known = found.flatMap(({ worth }) => (worth?.interval95 ? [worth] : []));
  if (s < 1) return [...lines, `worth: beyond the curve; said in ${known.length} of ${found.length} runs`];
  const [x, y] = [Math.log(sizes[s - 1]), Math.log(sizes[s])];
  const truth = Math.exp(x + ((y - x) * (score - alone[s - 1])) / (alone[s] - alone[s - 1])) - sizes[0];
  const share = mean(known.map((one) => holds(one.interval95, truth)));
  return [
    ...lines,
    `worth about ${truth.toFixed(0)} labels by the mean curves; said in ${known.length} of ${found.length} runs, contained in ${share.toFixed(2)} of these`,
  ];
}
