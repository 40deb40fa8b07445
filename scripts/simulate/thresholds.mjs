/*
 * How often the intervals of average precision and AUC, and the bound on false alarms, contain the true value:
 * node scripts/simulate/thresholds.mjs [seed] [draws]
 *
 * Scores of both kinds of rows are normal with one variance, so that the true values are known.
 */

import { seeded } from "../../dist/math/random.js";
import { thresholdsOfLabels } from "../../dist/metrics/labelThresholds.js";

const [seed = 1, draws = 2000] = process.argv.slice(2).map(Number);

/** Chance that a standard normal number is above x (Abramowitz & Stegun 7.1.26 is too coarse; by integration once). */
const STEP = 1e-3;
const TAIL = (() => {
  const tail = new Float64Array(Math.round(20 / STEP) + 1);
  for (let i = tail.length - 2; i >= 0; i--) tail[i] = tail[i + 1] + STEP * density(-10 + (i + 0.5) * STEP);
  return tail;
})();
function density(x) {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}
function above(x) {
  return TAIL[Math.min(TAIL.length - 1, Math.max(0, Math.round((x + 10) / STEP)))];
}

/** Average precision and AUC of all rows, positives shifted by `distance`. */
function truthOf(distance, prior) {
  let [averagePrecision, auc] = [0, 0];
  for (let t = -9; t < 9; t += STEP) {
    const weight = density(t - distance) * STEP;
    const [hits, alarms] = [prior * above(t - distance), (1 - prior) * above(t)];
    averagePrecision += (weight * hits) / (hits + alarms);
    auc += weight * (1 - above(t));
  }
  return { averagePrecision, auc };
}

function simulate({ n, distance, prior }, random) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const truth = truthOf(distance, prior);
  let counted = 0;
  const missed = { averagePrecision: 0, auc: 0, falseAlarms: 0 };
  for (let d = 0; d < draws; d++) {
    const y = Int32Array.from({ length: n }, () => (random() < prior ? 1 : 0));
    const scores = Array.from(y, (own) => own * distance + normal());
    const probabilities = Float64Array.from(scores.flatMap((s) => [1 / (1 + Math.exp(s)), 1 / (1 + Math.exp(-s))]));
    const found = thresholdsOfLabels({ labels: ["no", "yes"], probabilities, truth: y }).yes;
    if (found.auc === null) continue;
    counted++;
    for (const name of ["averagePrecision", "auc"]) {
      const [low, high] = found[name].interval95;
      if (truth[name] < low || truth[name] > high) missed[name]++;
    }
    const { threshold, falseAlarmsBelow } = found.withoutFalseAlarm;
    if (threshold !== null && above(Math.log(threshold / (1 - threshold))) > falseAlarmsBelow) missed.falseAlarms++;
  }
  return { ...truth, missed, counted };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const print = (cells) => console.log(`| ${cells.join(" | ")} |`);
console.log(`Seed ${seed}, ${draws} draws a line; those without rows of both kinds are left out.\n`);
print([
  "rows",
  "share of the label",
  "AUC",
  "average precision",
  "AUC outside",
  "average precision outside",
  "bound broken",
]);
print(["--:", "--:", "--:", "--:", "--:", "--:", "--:"]);
const random = seeded(seed);
for (const n of [50, 200, 1000]) {
  for (const prior of [0.5, 0.13]) {
    for (const distance of [0.8, 1.8, 3.5]) {
      const { auc, averagePrecision, missed, counted } = simulate({ n, distance, prior }, random);
      const rates = [missed.auc, missed.averagePrecision, missed.falseAlarms].map((m) => percent(m / counted));
      print([n, percent(prior), auc.toFixed(3), averagePrecision.toFixed(3), ...rates]);
    }
  }
}
