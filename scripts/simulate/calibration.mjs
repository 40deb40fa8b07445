/**
 * Whether calibration errors are unbiased, tests hold their level and intervals contain the truth:
 * node scripts/simulate/calibration.mjs [--seed 1] [--draws 300]. Prints a Markdown table, which
 * docs/numbers/calibration.md shows.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { seeded } from "../../dist/math/random.js";
import { scoreCalibration } from "../../dist/metrics/calibrationScore.js";
import { drawNormal } from "../../dist/math/gamma.js";

export const SIZES = [20, 58, 200, 1000, 2000];

/**
 * Heads: number of labels, spread of the logits, and what the logits of the truth are divided by: 1 is calibrated, above 1 the
 * head is overconfident.
 *
 * @typedef {{ classes: number, spread: number, over: number }} Head
 * @type {Record<string, Head>}
 */
export const HEADS = {
  "2 labels, calibrated": { classes: 2, spread: 2, over: 1 },
  "3 labels, calibrated": { classes: 3, spread: 2, over: 1 },
  "3 labels, calibrated, certain": { classes: 3, spread: 6, over: 1 },
  "20 labels, calibrated": { classes: 20, spread: 2, over: 1 },
  "3 labels, overconfident (1.3)": { classes: 3, spread: 2, over: 1.3 },
  "3 labels, overconfident (2)": { classes: 3, spread: 3, over: 2 },
  "3 labels, underconfident (0.5)": { classes: 3, spread: 1, over: 0.5 },
  "20 labels, overconfident (2)": { classes: 20, spread: 3, over: 2 },
};

/** @param {Float64Array} logits */
function softmax(logits) {
  const most = Math.max(...logits);
  const exps = logits.map((z) => Math.exp(z - most));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}

/** One row: the head's probabilities and the true ones. @param {Head} head @param {() => number} random */
function row({ classes, spread, over }, random) {
  const logits = Float64Array.from({ length: classes }, () => spread * drawNormal(random));
  return { said: softmax(logits), truth: softmax(logits.map((z) => z / over)) };
}

const FINE = 400;

/** The true calibration error, log loss and Brier score. @param {Head} head */
export function truthOf(head, n = 100_000) {
  const random = seeded(99);
  const rows = Array.from({ length: n }, () => row(head, random));
  const top = rows.map(({ said, truth }) => {
    const c = said.indexOf(Math.max(...said));
    return { said: said[c], gap: said[c] - truth[c] };
  });
  top.sort((a, b) => a.said - b.said);
  let ece = 0;
  for (let b = 0; b < FINE; b++) {
    const own = top.slice(Math.round((b * n) / FINE), Math.round(((b + 1) * n) / FINE));
    ece += Math.abs(own.reduce((sum, { gap }) => sum + gap, 0)) / n;
  }
  const expected = (/** @type {(said: Float64Array, c: number) => number} */ loss) =>
    rows.reduce((sum, { said, truth }) => sum + truth.reduce((own, q, c) => own + q * loss(said, c), 0), 0) / n;
  return {
    ece,
    logLoss: expected((said, c) => -Math.log(said[c])),
    brier: expected((said, c) => said.reduce((sum, p, k) => sum + (p - (k === c ? 1 : 0)) ** 2, 0)),
  };
}

/** @param {Head} head @param {{ n: number, draws: number, seed: number, truth: ReturnType<typeof truthOf> }} options */
export function calibrationOf(head, { n, draws, seed, truth }) {
  const random = seeded(seed);
  const { classes } = head;
  const sums = { raw: 0, ece: 0, rejected: 0, ofLabel: 0, coverage: { ece: 0, brier: 0, logLoss: 0 } };
  for (let d = 0; d < draws; d++) {
    const probabilities = new Float64Array(n * classes);
    const y = Int32Array.from({ length: n }, (_, r) => {
      const { said, truth: q } = row(head, random);
      probabilities.set(said, r * classes);
      let left = random();
      return Math.max(
        0,
        q.findIndex((share) => (left -= share) < 0),
      );
    });
    const score = scoreCalibration(probabilities, y, { classes, seed: d, resamples: 300 });
    sums.raw += score.eceRaw / draws;
    sums.ece += score.ece / draws;
    sums.ofLabel += score.perLabel[0].p <= 0.05 ? 1 / draws : 0;
    if (score.p <= 0.05) sums.rejected += 1 / draws;
    for (const name of /** @type {const} */ (["ece", "brier", "logLoss"])) {
      const [low, high] = score.intervals95[name];
      if (low <= truth[name] + 1e-4 && truth[name] <= high) sums.coverage[name] += 1 / draws;
    }
  }
  return sums;
}

/** @param {{ draws: number, seed: number }} effort */
function main(effort) {
  const head = [
    "head",
    "n",
    "true error",
    "raw",
    "without bias",
    "p <= 0.05",
    "of a label",
    "error",
    "Brier",
    "log loss",
  ];
  console.log(`| ${head.join(" | ")} |\n| ${head.map(() => "---").join(" | ")} |`);
  for (const [name, one] of Object.entries(HEADS)) {
    const truth = truthOf(one);
    for (const n of SIZES) {
      const { raw, ece, rejected, ofLabel, coverage } = calibrationOf(one, { ...effort, n, truth });
      const numbers = [truth.ece, raw, ece, rejected, ofLabel, coverage.ece, coverage.brier, coverage.logLoss];
      console.log(`| ${name} | ${n} | ${numbers.map((x) => x.toFixed(3)).join(" | ")} |`);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { seed: { type: "string", default: "1" }, draws: { type: "string", default: "300" } },
  });
  main({ draws: Number(values.draws), seed: Number(values.seed) });
}
