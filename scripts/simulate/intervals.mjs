/**
 * How often the 95 % intervals contain the truth: node scripts/simulate/intervals.mjs [--seed 1] [--draws 400].
 * Prints Markdown tables, which docs/numbers/intervals.md shows.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { seeded } from "../../dist/math/random.js";
import { confusionIntervals } from "../../dist/metrics/confusionIntervals.js";
import { addEntityCounts, entityScore } from "../../dist/metrics/entities.js";
import { entityInterval } from "../../dist/metrics/entityIntervals.js";
import { markIntervals } from "../../dist/metrics/marks.js";
import { pairedBootstrap } from "../../dist/metrics/paired.js";
import { copied, drawCells, population } from "./populations.mjs";

/** @typedef {{ draws: number, seed: number, resamples: number }} Effort */

export const SIZES = [10, 20, 50, 100, 500];

export const POPULATIONS = {
  "2 labels, 0.55": { classes: 2, accuracy: 0.55 },
  "2 labels, 0.90": { classes: 2, accuracy: 0.9 },
  "2 labels, 0.97": { classes: 2, accuracy: 0.97 },
  "2 labels, one of 5 %, 0.95, it 0.60": { classes: 2, rare: 0.05, accuracy: 0.95, ofRare: 0.6 },
  "3 labels, 0.75": { classes: 3, accuracy: 0.75 },
  "3 labels, one of 2 %, 0.90, it 0.50": { classes: 3, rare: 0.02, accuracy: 0.9, ofRare: 0.5 },
  "3 labels, one of 1 %, 0.97": { classes: 3, rare: 0.01, accuracy: 0.97 },
  "3 labels, 1.00": { classes: 3, accuracy: 1 },
  "5 labels, 0.80": { classes: 5, accuracy: 0.8 },
  "5 labels, one of 3 %, 0.80, it 0.40": { classes: 5, rare: 0.03, accuracy: 0.8, ofRare: 0.4 },
  "20 labels, 0.60": { classes: 20, accuracy: 0.6 },
  "20 labels, 0.90": { classes: 20, accuracy: 0.9 },
};

/** @param {readonly number[]} interval @param {number} truth */
const contains = ([low, high], truth) => low - 1e-9 <= truth && truth <= high + 1e-9;

/**
 * Coverage of the intervals of one population.
 *
 * @param {import("./populations.mjs").Kind} kind
 * @param {Effort & { n: number, copies?: number }} options
 */
export function coverage(kind, { n, draws, seed, resamples, copies = 1 }) {
  const truth = population(kind);
  const random = seeded(seed);
  const sums = { accuracy: 0, macroF1: 0, macroRecall: 0, width: 0, narrowest: 1 };
  for (let d = 0; d < draws; d++) {
    const { cells, groups } = copied(drawCells(truth.joint, n, random), copies);
    const [rows, columns] = [
      (/** @type {number} */ c) => Math.floor(c / kind.classes),
      (/** @type {number} */ c) => c % kind.classes,
    ];
    const options = { classes: kind.classes, resamples, seed: d, ...(copies === 1 ? {} : { groups }) };
    const intervals = confusionIntervals(cells.map(rows), cells.map(columns), options);
    for (const name of /** @type {const} */ (["accuracy", "macroF1", "macroRecall"])) {
      if (contains(intervals[name], truth[name])) sums[name] += 1 / draws;
    }
    const width = intervals.macroF1[1] - intervals.macroF1[0];
    sums.width += width / draws;
    sums.narrowest = Math.min(sums.narrowest, width);
  }
  return sums;
}

/**
 * Two predictors that are wrong independently, equally often: coverage of the interval of their difference in macro-F1, and
 * how often the p-value is at most 0.05.
 *
 * @param {import("./populations.mjs").Kind} kind @param {Effort & { n: number, copies?: number, better?: number }} options
 */
export function paired(kind, { n, draws, seed, resamples, copies = 1, better = kind.accuracy }) {
  const { classes } = kind;
  const [one, other] = [population(kind), population({ ...kind, accuracy: better, ofRare: kind.ofRare ?? better })];
  const random = seeded(seed);
  const sums = { covered: 0, rejected: 0, width: 0, narrowest: 2 };
  for (let d = 0; d < draws; d++) {
    const first = drawCells(one.joint, n, random);
    const second = first.map((cell) => predictedFor(other.joint, Math.floor(cell / classes), { classes, random }));
    const all = copied(first, copies);
    const truth = all.cells.map((cell) => Math.floor(cell / classes));
    const predictions = /** @type {const} */ ([all.cells.map((cell) => cell % classes), copied(second, copies).cells]);
    const options = { classes, resamples, seed: d, ...(copies === 1 ? {} : { groups: all.groups }) };
    const { interval95, p } = pairedBootstrap(truth, predictions, options);
    if (contains(interval95, one.macroF1 - other.macroF1)) sums.covered += 1 / draws;
    if (p <= 0.05) sums.rejected += 1 / draws;
    sums.width += (interval95[1] - interval95[0]) / draws;
    sums.narrowest = Math.min(sums.narrowest, interval95[1] - interval95[0]);
  }
  return sums;
}

/** @param {Float64Array} joint @param {number} truth @param {{ classes: number, random: () => number }} options */
function predictedFor(joint, truth, { classes, random }) {
  const row = joint.subarray(truth * classes, (truth + 1) * classes);
  const share = row.reduce((sum, x) => sum + x, 0);
  return drawCells(
    row.map((x) => x / share),
    1,
    random,
  )[0];
}

/**
 * Sentences with 0 to 4 entities, of which a share is found; some are invented.
 *
 * @param {{ recall: number, invented: number, mean?: number, spread?: number }} kind
 * @param {Effort & { n: number, copies?: number }} options
 */
export function entities({ recall, invented, mean = 1.5, spread = 0 }, { n, draws, seed, resamples, copies = 1 }) {
  const random = seeded(seed);
  const f1 = (2 * recall) / (1 + recall + invented);
  const sums = { covered: 0, width: 0, narrowest: 1 };
  for (let d = 0; d < draws; d++) {
    const own = Array.from({ length: n }, () => sentence({ recall, invented, mean, spread }, random));
    const groups = Int32Array.from({ length: n * copies }, (_, s) => Math.floor(s / copies));
    const counts = Array.from(groups, (g) => own[g]);
    const options = { resamples, seed: d, ...(copies === 1 ? {} : { groups }) };
    const interval = entityInterval([counts], ([all]) => entityScore(all).f1, options);
    if (contains(interval, f1)) sums.covered += 1 / draws;
    sums.width += (interval[1] - interval[0]) / draws;
    sums.narrowest = Math.min(sums.narrowest, interval[1] - interval[0]);
  }
  return sums;
}

/** @param {{ recall: number, invented: number, mean: number, spread: number }} kind @param {() => number} random */
function sentence({ recall, invented, mean, spread }, random) {
  // Hard and easy sentences: the share found is moved by up to `spread`, equally often up and down.
  const share = recall + (random() < 0.5 ? spread : -spread);
  const gold = Math.floor(random() * (2 * mean + 1));
  const counts = Array.from({ length: gold }, () => {
    const correct = random() < share ? 1 : 0;
    return { gold: 1, predicted: correct + (random() < invented ? 1 : 0), correct };
  });
  return addEntityCounts(counts);
}

/**
 * Rows of several labels, each marked with the chance `share` and found with the chance `recall`; false alarms such that
 * precision equals recall.
 *
 * @param {{ classes: number, share: number, recall: number }} kind @param {Effort & { n: number, copies?: number }} options
 */
export function marks({ classes, share, recall }, { n, draws, seed, resamples, copies = 1 }) {
  const random = seeded(seed);
  const alarm = (share * (1 - recall)) / (1 - share);
  const truth = {
    microF1: recall,
    macroF1: recall,
    exactMatch: (share * recall + (1 - share) * (1 - alarm)) ** classes,
  };
  const sums = { microF1: 0, macroF1: 0, exactMatch: 0, narrowest: 1 };
  for (let d = 0; d < draws; d++) {
    const own = Uint8Array.from({ length: n * classes }, () => (random() < share ? 1 : 0));
    const found = own.map((mark) => (random() < (mark === 1 ? recall : alarm) ? 1 : 0));
    const groups = Int32Array.from({ length: n * copies }, (_, r) => Math.floor(r / copies));
    const spread = (/** @type {Uint8Array} */ all) =>
      Uint8Array.from([...groups].flatMap((g) => [...all.subarray(g * classes, (g + 1) * classes)]));
    let exact = 0;
    for (let r = 0; r < n; r++) {
      const same = (/** @type {number} */ c) => own[r * classes + c] === found[r * classes + c];
      if (Array.from({ length: classes }, (_, c) => c).every(same)) exact++;
    }
    const options = { classes, resamples, seed: d, exactMatch: exact / n, ...(copies === 1 ? {} : { groups }) };
    const intervals = markIntervals(spread(own), spread(found), options);
    for (const name of /** @type {const} */ (["microF1", "macroF1", "exactMatch"])) {
      if (contains(intervals[name], truth[name])) sums[name] += 1 / draws;
      sums.narrowest = Math.min(sums.narrowest, intervals[name][1] - intervals[name][0]);
    }
  }
  return sums;
}

/** @param {readonly (string | number)[]} cells */
const line = (...cells) =>
  console.log(`| ${cells.map((x) => (typeof x === "number" ? x.toFixed(3) : x)).join(" | ")} |`);
/** @param {readonly string[]} names */
function head(...names) {
  console.log("");
  line(...names);
  line(...names.map(() => "---"));
}

/** @param {Effort} effort */
function main(effort) {
  head("population: labels, accuracy", ...SIZES.map((n) => `n = ${n}`));
  const all = [];
  for (const [name, kind] of Object.entries(POPULATIONS)) {
    const found = SIZES.map((n) => coverage(kind, { ...effort, n }));
    all.push(...found);
    line(name, ...found.map(({ macroF1, width }) => `${macroF1.toFixed(3)} (${width.toFixed(2)})`));
  }
  head("score", "least coverage", "mean", "most");
  for (const name of /** @type {const} */ (["accuracy", "macroF1", "macroRecall"])) {
    const values = all.map((one) => one[name]);
    line(name, Math.min(...values), values.reduce((a, b) => a + b) / values.length, Math.max(...values));
  }
  head("five copies of every row", ...SIZES.map((n) => `${n} texts`));
  for (const name of /** @type {const} */ (["2 labels, 0.90", "3 labels, 0.75"])) {
    line(name, ...SIZES.map((n) => coverage(POPULATIONS[name], { ...effort, n, copies: 5 }).macroF1));
  }
  head("paired, equally good", ...SIZES.map((n) => `n = ${n}`));
  for (const name of /** @type {const} */ ([
    "2 labels, 0.90",
    "3 labels, 0.75",
    "3 labels, one of 2 %, 0.90, it 0.50",
    "20 labels, 0.60",
  ])) {
    const found = SIZES.map((n) => paired(POPULATIONS[name], { ...effort, n }));
    line(
      `${name}: coverage, p <= 0.05`,
      ...found.map(({ covered, rejected }) => `${covered.toFixed(3)}, ${rejected.toFixed(3)}`),
    );
  }
  const better = SIZES.map((n) => paired(POPULATIONS["3 labels, 0.75"], { ...effort, n, better: 0.85 }));
  line(
    "3 labels, 0.75 and 0.85: coverage, p <= 0.05",
    ...better.map(({ covered, rejected }) => `${covered.toFixed(3)}, ${rejected.toFixed(3)}`),
  );
  const five = SIZES.map((n) => paired(POPULATIONS["3 labels, 0.75"], { ...effort, n, copies: 5 }));
  line(
    "3 labels, 0.75, five copies",
    ...five.map(({ covered, rejected }) => `${covered.toFixed(3)}, ${rejected.toFixed(3)}`),
  );
  head("entities", ...SIZES.map((n) => `${n} sentences`));
  for (const kind of [
    { recall: 0.5, invented: 0.3 },
    { recall: 0.8, invented: 0.1 },
    { recall: 0.8, invented: 0.1, spread: 0.2 },
    { recall: 0.97, invented: 0.02 },
    { recall: 1, invented: 0 },
    { recall: 0.9, invented: 0.1, mean: 0.5 },
  ]) {
    line(
      Object.entries(kind)
        .map(([name, x]) => `${name} ${x}`)
        .join(", "),
      ...SIZES.map((n) => entities(kind, { ...effort, n }).covered),
    );
  }
  head("rows of several labels: micro-F1, macro-F1, exact match", ...SIZES.map((n) => `n = ${n}`));
  for (const kind of [
    { classes: 4, share: 0.3, recall: 0.7 },
    { classes: 10, share: 0.1, recall: 0.9 },
    { classes: 5, share: 0.2, recall: 1 },
  ]) {
    const found = SIZES.map((n) => marks(kind, { ...effort, n }));
    line(
      `${kind.classes} labels of ${kind.share}, F1 ${kind.recall}`,
      ...found.map((s) => [s.microF1, s.macroF1, s.exactMatch].map((x) => x.toFixed(3)).join(", ")),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      draws: { type: "string", default: "400" },
      resamples: { type: "string", default: "400" },
    },
  });
  main({ draws: Number(values.draws), seed: Number(values.seed), resamples: Number(values.resamples) });
}
