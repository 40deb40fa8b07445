/*
 * How often claims about predictions are broken, over draws of the dev rows: node scripts/simulate/promises.mjs [seed] [draws]
 *
 * A population of texts with known chances of every label stands for all texts, so that the true precision of any rule is
 * known. Each draw takes dev rows from it, fits a temperature and a rule on them as headstart does, and looks up in the
 * population what the rule comes to.
 */

import { applyDecisionRule } from "../../dist/classification/decision/decisionRule.js";
import { fitDecisionRule } from "../../dist/classification/decision/fitRule.js";
import { applyTemperature, fitTemperature } from "../../dist/head/temperature.js";
import { seeded } from "../../dist/math/random.js";
import {
  conformalThreshold,
  missesCoverage,
  predictionSets,
  scorePredictionSets,
} from "../../dist/metrics/conformal.js";

const [seed = 1, draws = 2000] = process.argv.slice(2).map(Number);
const TEXTS = 4000;
const TARGETS = [0.8, 0.9, 0.95];

/** Chances of the labels of every text, and what an overconfident head makes of them. */
function populationOf({ priors, distance, sharpness }, random) {
  const classes = priors.length;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [chances, said] = [new Float64Array(TEXTS * classes), new Float64Array(TEXTS * classes)];
  for (let r = 0; r < TEXTS; r++) {
    const own = drawn(priors, random);
    const evidence = priors.map((prior, k) => Math.log(prior) + distance * normal() + (k === own ? distance ** 2 : 0));
    chances.set(softmax(evidence), r * classes);
    said.set(softmax(evidence.map((e) => sharpness * e + 0.4 * normal())), r * classes);
  }
  return { classes, labels: priors.map((_, k) => `label ${k}`), chances, said };
}

const softmax = (logits) => {
  const top = Math.max(...logits);
  const sum = logits.reduce((total, x) => total + Math.exp(x - top), 0);
  return logits.map((x) => Math.exp(x - top) / sum);
};

function drawn(chances, random) {
  let left = random();
  for (let k = 0; k < chances.length - 1; k++) if ((left -= chances[k]) < 0) return k;
  return chances.length - 1;
}

/** Rows with labels drawn by their chances. */
function rowsOf({ classes, chances, said }, n, random) {
  const probabilities = new Float64Array(n * classes);
  const truth = new Int32Array(n);
  for (let r = 0; r < n; r++) {
    const text = Math.floor(random() * TEXTS);
    probabilities.set(said.subarray(text * classes, (text + 1) * classes), r * classes);
    truth[r] = drawn([...chances.subarray(text * classes, (text + 1) * classes)], random);
  }
  return { probabilities, truth };
}

/** What a rule comes to in the whole population, by the claim. */
function trueShare(predicted, { classes, chances, labels }, { measure, label }) {
  const k = labels.indexOf(label);
  let [part, whole] = [0, 0];
  predicted.forEach((own, r) => {
    const is = (c) => chances[r * classes + c];
    if (measure === "falseAlarms") {
      whole += 1 - is(k);
      if (own === k) part += 1 - is(k);
    } else if (own >= 0 && (k < 0 || own === k)) {
      whole++;
      part += is(own);
    }
  });
  return whole === 0 ? undefined : part / whole;
}

function isBroken(claim, share) {
  if (!claim.isGranted || share === undefined) return false;
  if (claim.measure === "precision") return share < claim.bound;
  return (claim.measure === "risk" ? 1 - share : share) > claim.bound;
}

function simulateGoal(goal, population, n, random) {
  let [granted, broken, coverage] = [0, 0, 0];
  for (let d = 0; d < draws; d++) {
    const dev = rowsOf(population, n, random);
    const temperature = fitTemperature(dev.probabilities, dev.truth, population.classes);
    const scaled = (p) => applyTemperature(p, population.classes, temperature);
    const rule = fitDecisionRule(goal, { ...dev, labels: population.labels, probabilities: scaled(dev.probabilities) });
    const isGranted = rule.claims.some((claim) => claim.isGranted);
    if (!isGranted) continue;
    granted++;
    const predicted = applyDecisionRule(scaled(population.said), rule);
    const counted = goal.label === undefined ? (k) => k >= 0 : (k) => population.labels[k] === goal.label;
    coverage += predicted.filter(counted).length / predicted.length;
    if (rule.claims.some((claim) => isBroken(claim, trueShare(predicted, population, claim)))) broken++;
  }
  return { granted: granted / draws, broken: broken / draws, coverage: granted === 0 ? undefined : coverage / granted };
}

function simulateSets(population, { n, m }, random) {
  let [warned, before] = [0, 0];
  for (let d = 0; d < draws; d++) {
    const [dev, rows] = [rowsOf(population, n, random), rowsOf(population, m, random)];
    const temperature = fitTemperature(dev.probabilities, dev.truth, population.classes);
    const scaled = (p) => applyTemperature(p, population.classes, temperature);
    const [own, others] = [scaled(dev.probabilities), scaled(rows.probabilities)];
    const ofTruth = Float64Array.from(dev.truth, (k, r) => own[r * population.classes + k]);
    const scores = TARGETS.map((target) => {
      const threshold = conformalThreshold(ofTruth, target);
      const sets = predictionSets(others, population.classes, threshold);
      return scorePredictionSets(sets, rows.truth, { target, threshold, calibrationRows: n });
    });
    if (missesCoverage(scores)) warned++;
    if (scores.some(({ target, interval95 }) => interval95[1] < target)) before++;
  }
  return { warned: warned / draws, before: before / draws };
}

const POPULATIONS = {
  "2 labels, even": { priors: [0.5, 0.5], distance: 1.6, sharpness: 2 },
  "2 labels, 13 % of one": { priors: [0.87, 0.13], distance: 2, sharpness: 2 },
  "5 labels": { priors: [0.4, 0.25, 0.15, 0.12, 0.08], distance: 1.8, sharpness: 2 },
};

const GOALS = {
  "--min-precision 0.9": { kind: "precision", least: 0.9 },
  '--min-precision "label 1=0.9"': { kind: "precision", least: 0.9, label: "label 1" },
  '--min-precision "label 1=0.98"': { kind: "precision", least: 0.98, label: "label 1" },
  "--max-risk 0.05": { kind: "risk", most: 0.05 },
  '--max-false-alarms "label 1=0.01"': { kind: "falseAlarms", most: 0.01, label: "label 1" },
};

const percent = (share) => (share === undefined ? "-" : `${(100 * share).toFixed(1)} %`);
const print = (cells) => console.log(`| ${cells.join(" | ")} |`);

console.log(`Seed ${seed}, ${draws} draws a line.\n`);
print(["texts", "goal", "dev rows", "claimed in", "broken in", "texts predicted, where claimed"]);
print(["---", "---", "--:", "--:", "--:", "--:"]);
const random = seeded(seed);
const populations = Object.entries(POPULATIONS).map(([name, shape]) => [name, populationOf(shape, random)]);
for (const [name, population] of populations) {
  for (const [written, goal] of Object.entries(GOALS)) {
    for (const n of [100, 400, 2000]) {
      const { granted, broken, coverage } = simulateGoal(goal, population, n, random);
      print([name, `\`${written}\``, n, percent(granted), percent(broken), percent(coverage)]);
    }
  }
}
console.log();
print(["texts", "dev rows", "rows", "warned", "where a coverage lies outside Wilson's interval"]);
print(["---", "--:", "--:", "--:", "--:"]);
for (const [name, population] of populations) {
  for (const [n, m] of [
    [100, 100],
    [100, 2000],
    [400, 400],
    [400, 4000],
  ]) {
    const { warned, before } = simulateSets(population, { n, m }, random);
    print([name, n, m, percent(warned), percent(before)]);
  }
}
