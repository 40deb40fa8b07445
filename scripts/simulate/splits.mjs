// @ts-check
/**
 * Whether a score on dev rows is that on new rows: node scripts/simulate/splits.mjs [--seed 1] [--draws 40] [--dist <folder>].
 * Prints Markdown tables, which docs/numbers/splits.md shows. `--dist` measures another build.
 */

import { pathToFileURL, fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    draws: { type: "string", default: "40" },
    dist: { type: "string", default: fileURLToPath(new URL("../../dist", import.meta.url)) },
  },
});
const [SEED, DRAWS] = [Number(values.seed), Number(values.draws)];

/** @param {string} path @returns {Promise<any>} */
const load = (path) => import(pathToFileURL(join(resolve(values.dist), path)).href);
const { seeded } = await load("math/random.js");
const { matrix, takeRows } = await load("math/matrix.js");
const { foldCorpus, splitCorpus } = await load("dataset/split.js");
const { fitLogistic } = await load("head/linear/logistic.js");
const { argmax, predictProbabilities } = await load("head/head.js");
const heads = await load("api/heads.js");

/** @typedef {() => number} Random */
/** @typedef {{ x: any, y: Int32Array }} Rows */

/** @param {Random} random */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Mean and its standard error, as in a table. @param {readonly number[]} numbers */
function estimate(numbers) {
  const center = mean(numbers);
  const variance = mean(numbers.map((one) => (one - center) ** 2));
  return `${center.toFixed(3)} ± ${Math.sqrt(variance / Math.max(1, numbers.length - 1)).toFixed(3)}`;
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function print(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  console.log([line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n"));
}

/** How many rows of labels of so many rows are in dev, of a tenth that is asked for. */
function shares() {
  const sizes = [1, 2, 3, 5, 10, 30];
  const y = sizes.flatMap((size, i) => Array.from({ length: 12 * size }, (_, r) => 100 * i + Math.floor(r / size)));
  const groups = y.map((_, r) => r);
  const counts = sizes.map(() => 0);
  const repeats = 50 * DRAWS;
  for (let seed = 0; seed < repeats; seed++) {
    for (const row of splitCorpus(y, groups, { seed: SEED * repeats + seed }).dev) counts[Math.floor(y[row] / 100)]++;
  }
  print(
    ["rows of the label", ...sizes.map(String)],
    [["share in dev", ...sizes.map((size, i) => (counts[i] / (repeats * 12 * size)).toFixed(3))]],
  );
}

const WIDTH = 48;
const CLASSES = 77;

/** Rows of 77 classes, the k-th with probability in proportion to 1/k, around centers. @param {number} n @param {Random} random @param {Float64Array} centers @returns {Rows} */
function manyClasses(n, random, centers) {
  const weights = Array.from({ length: CLASSES }, (_, c) => 1 / (c + 1));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const y = Int32Array.from({ length: n }, () => {
    let left = random() * total;
    const found = weights.findIndex((weight) => (left -= weight) < 0);
    return found < 0 ? CLASSES - 1 : found;
  });
  const data = Float32Array.from(
    { length: n * WIDTH },
    (_, i) => centers[y[Math.floor(i / WIDTH)] * WIDTH + (i % WIDTH)] + normal(random),
  );
  return { x: matrix(n, WIDTH, data), y };
}

/** What gives the accuracy on rows of a head that is fitted on others and does not know the classes which these lack. */
async function headOf(/** @type {Rows} */ { x, y }, /** @type {ArrayLike<number>} */ rows) {
  const own = [...new Set(Array.from(rows, (r) => y[r]))].sort((a, b) => a - b);
  const { head } = await fitLogistic(
    takeRows(x, rows),
    Int32Array.from(rows, (r) => own.indexOf(y[r])),
    { labels: own.map(String), C: 0.03, tolerance: 1e-3, threads: 1 },
  );
  return (/** @type {Rows} */ of, /** @type {ArrayLike<number>} */ at) => {
    const predicted = argmax(predictProbabilities(head, takeRows(of.x, at)), own.length);
    return mean(Array.from(at, (r, i) => (own[predicted[i]] === of.y[r] ? 1 : 0)));
  };
}

async function classifier() {
  const rows = [];
  for (const n of [500, 1500]) {
    /** @type {Record<"tenth" | "folds", [dev: number, own: number, all: number][]>} */
    const found = { tenth: [], folds: [] };
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = seeded(SEED * 1000 + draw);
      const centers = Float64Array.from({ length: CLASSES * WIDTH }, () => 0.55 * normal(random));
      const [data, fresh] = [manyClasses(n, random, centers), manyClasses(3000, random, centers)];
      const groups = Array.from(data.y.keys());
      const onFresh = (/** @type {(of: Rows, at: ArrayLike<number>) => number} */ accuracy) =>
        accuracy(fresh, Array.from(fresh.y.keys()));
      const all = onFresh(await headOf(data, groups));
      const { train, dev } = splitCorpus(data.y, groups, { seed: draw });
      const accuracy = await headOf(data, train);
      found.tenth.push([accuracy(data, dev), onFresh(accuracy), all]);
      const fold = foldCorpus(data.y, groups, { folds: 5, seed: draw });
      let right = 0;
      for (let f = 0; f < 5; f++) {
        const [inside, outside] = [true, false].map((own) => groups.filter((r) => (fold[r] === f) === own));
        right += (await headOf(data, outside))(data, inside) * inside.length;
      }
      found.folds.push([right / n, NaN, all]);
    }
    for (const [name, list] of /** @type {const} */ ([
      ["a tenth", found.tenth],
      ["5 folds", found.folds],
    ])) {
      const difference = (/** @type {1 | 2} */ to) => estimate(list.map((one) => one[0] - one[to]));
      const own = name === "a tenth" ? difference(1) : "";
      rows.push([String(n), name, mean(list.map(([onDev]) => onDev)).toFixed(3), own, difference(2)]);
    }
  }
  print(
    ["rows", "dev", "accuracy on dev", "above that head on new rows", "above the head of all rows on new rows"],
    rows,
  );
}

/** Rows with each of `k` labels by chance, the first in 40 % of them, the l-th in 40/l %. @param {number} n @param {Random} random @param {readonly Float64Array[]} directions */
function severalLabels(n, random, directions) {
  const data = Float32Array.from({ length: n * WIDTH }, () => normal(random));
  const labels = Array.from({ length: n }, (_, r) => {
    const own = directions.flatMap((__, l) => (random() < 0.4 / (l + 1) ? [l] : []));
    for (const l of own) directions[l].forEach((step, c) => (data[r * WIDTH + c] += step));
    return JSON.stringify(own.map((l) => `label ${l}`));
  });
  return { texts: labels.map((_, r) => `text ${r}`), labels, vectors: matrix(n, WIDTH, data) };
}

async function multiLabel() {
  const rows = [];
  for (const [n, k] of [
    [300, 20],
    [1000, 30],
  ]) {
    const found = Array.from({ length: 6 }, () => /** @type {number[]} */ ([]));
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = seeded(SEED * 1000 + draw);
      const directions = Array.from({ length: k }, () => {
        const steps = Float64Array.from({ length: WIDTH }, () => normal(random));
        return steps.map((step) => (1.6 * step) / Math.hypot(...steps));
      });
      const { head, dev } = await heads.trainMultiLabel(severalLabels(n, random, directions), {
        seed: draw,
        threads: 1,
      });
      // A label that no row has is unknown to the head.
      const fresh = severalLabels(3000, random, directions);
      const known = fresh.labels.map((cell) =>
        JSON.stringify(JSON.parse(cell).filter((/** @type {string} */ own) => head.labels.includes(own))),
      );
      const truth = heads.evaluateMultiLabelHead(head, { ...fresh, labels: known }, {});
      [dev.macroF1, truth.macroF1, dev.macroF1 - truth.macroF1].forEach((one, i) => found[i].push(one));
      [dev.microF1, truth.microF1, dev.microF1 - truth.microF1].forEach((one, i) => found[3 + i].push(one));
    }
    for (const [name, at] of /** @type {const} */ ([
      ["macro-F1", 0],
      ["micro-F1", 3],
    ])) {
      rows.push([
        String(n),
        String(k),
        name,
        mean(found[at]).toFixed(3),
        mean(found[at + 1]).toFixed(3),
        estimate(found[at + 2]),
      ]);
    }
  }
  print(["rows", "labels", "score", "as reported", "on 3,000 new rows", "difference"], rows);
}

shares();
await classifier();
await multiLabel();
