// @ts-check
/**
 * Which rule for choosing C serves best on few rows: rows of public corpora are drawn many times, each rule chooses, and what
 * it has chosen is fitted on all rows drawn and scored on others of the same corpus. No test split is read.
 *
 *     node scripts/simulate/choiceOfC.mjs [--sizes 30,100,500] [--draws 6] [--cache out/cache]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public).
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { withVectors } from "../bench/labeled.mjs";

/** @typedef {import("../../dist/api/heads.js").LabeledVectors} LabeledVectors */
/** @typedef {{ logLoss: number, macroF1: number, losses: Float64Array }} Scored  of one C on held-out rows */

const PRODUCTS = [
  "books",
  "electronics",
  "kitchen-housewares",
  "camera-photo",
  "music",
  "sports-outdoors",
  "magazines",
  "software",
];
const CORPORA = [
  "tweets/semeval-2013-2016.train.csv",
  "movies/sst2.train.csv",
  "movies/rt-polarity.csv",
  "spam/sms-spam.csv",
  ...["airline-tweets", "finance-tweets", ...PRODUCTS].map((name) => `domains/${name}.train.csv`),
];
const MOST_TESTED = 3000; // rows
const mean = (/** @type {ArrayLike<number>} */ values) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

/** Indices of the candidates within one standard error of the least log loss, paired by row. @param {Scored[]} scored */
function withinError(scored) {
  const best = scored.reduce((a, b) => (b.logLoss < a.logLoss ? b : a));
  return [...scored.keys()].filter((c) => {
    const differences = scored[c].losses.map((loss, r) => loss - best.losses[r]);
    const middle = mean(differences);
    const variance = differences.reduce((sum, d) => sum + (d - middle) ** 2, 0) / Math.max(1, differences.length - 1);
    return scored[c] === best || middle <= Math.sqrt(variance / differences.length);
  });
}

const least = (/** @type {Scored[]} */ scored) =>
  scored.reduce((a, { logLoss }, c) => (logLoss < scored[a].logLoss ? c : a), 0);
const highest = (/** @type {Scored[]} */ scored) =>
  scored.reduce((a, { macroF1 }, c) => (macroF1 > scored[a].macroF1 ? c : a), 0);

async function study(/** @type {number[]} */ sizes, /** @type {number} */ draws, /** @type {string} */ folder) {
  const { fitLogisticPath } = await import("../../dist/head/linear/logistic.js");
  const { argmax, predictProbabilities } = await import("../../dist/head/head.js");
  const { findPlan, predictHeldOut } = await import("../../dist/classification/choice/heldOut.js");
  const { bestCandidate, valuesOfC, C_VALUES } = await import("../../dist/classification/choice/selectC.js");
  const { duplicateGroups } = await import("../../dist/dataset/duplicates.js");
  const { pickRows } = await import("../../dist/dataset/labeledVectors.js");
  const { scorePredictions } = await import("../../dist/metrics/classification.js");
  const { logLosses } = await import("../../dist/metrics/logLoss.js");
  const { seeded, shuffled } = await import("../../dist/math/random.js");

  /** Scores of probabilities of rows. @param {Float64Array} p @param {LabeledVectors} rows @param {string[]} labels @returns {Scored} */
  const scoresOf = (p, rows, labels) => {
    const y = Int32Array.from(rows.labels, (label) => labels.indexOf(label));
    const losses = logLosses(p, y, labels.length);
    const { macroF1 } = scorePredictions(y, argmax(p, labels.length), labels.length);
    return { losses, logLoss: mean(losses), macroF1 };
  };
  /** @param {LabeledVectors} rows @param {readonly string[]} own */
  async function* everyC(rows, own) {
    const y = Int32Array.from(rows.labels, (label) => own.indexOf(label));
    const options = { labels: own, Cs: C_VALUES, tolerance: 1e-4, threads: 1 };
    for await (const { head } of fitLogisticPath(rows.vectors, y, options)) {
      yield { predict: (/** @type {LabeledVectors} */ held) => predictProbabilities(head, held.vectors) };
    }
  }
  /** Scores of every C on the held rows of a plan. @param {LabeledVectors} rows @param {string[]} labels @param {object} options */
  const heldScores = async (rows, labels, options) => {
    const plan = findPlan(rows, /** @type {any} */ (options));
    if (plan === undefined) return undefined;
    const found = await predictHeldOut(rows, plan, { labels, settings: C_VALUES.length, fitPart: everyC });
    const held = pickRows(rows, plan.rows);
    return found.map((repeats) => {
      const own = repeats.map((p) => scoresOf(p, held, labels));
      return {
        logLoss: mean(own.map(({ logLoss }) => logLoss)),
        macroF1: mean(own.map(({ macroF1 }) => macroF1)),
        losses: own[0].losses.map((_, r) => mean(own.map(({ losses }) => losses[r]))),
      };
    });
  };

  /** @param {LabeledVectors} pool @param {number} n @param {number} seed */
  const draw = async (pool, n, seed) => {
    const order = shuffled(pool.texts.length, seeded(seed * 7919 + n));
    const groups = duplicateGroups(pool.texts);
    const drawn = new Set(Array.from(order.subarray(0, n), (r) => groups[r]));
    const others = order.subarray(n).filter((r) => !drawn.has(groups[r]));
    const [rows, test] = [pickRows(pool, order.subarray(0, n)), pickRows(pool, others.subarray(0, MOST_TESTED))];
    const labels = [...new Set(pool.labels)].sort();
    if (new Set(rows.labels).size < 2) return undefined;
    const truth = [];
    const own = labels.filter((label) => rows.labels.includes(label));
    for await (const { predict } of everyC(rows, own)) {
      const p = predict(test);
      const wide = new Float64Array(test.texts.length * labels.length);
      for (let r = 0; r < test.texts.length; r++) {
        own.forEach((label, c) => (wide[r * labels.length + labels.indexOf(label)] = p[r * own.length + c]));
      }
      truth.push(scoresOf(wide, test, labels));
    }
    const tenth = await heldScores(rows, labels, { seed, mostFolded: 0 });
    const once = await heldScores(rows, labels, { seed, mostFolded: Infinity, repeats: 1 });
    const repeated = await heldScores(rows, labels, { seed, mostFolded: Infinity });
    if (tenth === undefined || once === undefined || repeated === undefined) return undefined;
    const allowed = valuesOfC(rows.labels).map((C) => C_VALUES.indexOf(C));
    const among = (/** @type {Scored[]} */ scored) => allowed[bestCandidate(allowed.map((c) => scored[c]))];
    const chosen = {
      "a tenth, strongest within one standard error": withinError(tenth)[0],
      "a tenth, least log loss": least(tenth),
      "5 folds, strongest within one standard error": withinError(once)[0],
      "5 folds, least log loss": least(once),
      "repeated folds, least log loss": least(repeated),
      "repeated folds, highest macro-F1": highest(repeated),
      "repeated folds, least log loss near the highest macro-F1": bestCandidate(repeated),
      "the same among the values for the rarest label (the rule in use)": among(repeated),
      ...Object.fromEntries([0.01, 0.1, 1].map((C) => [`always ${C}`, C_VALUES.indexOf(C)])),
    };
    const used = among(repeated);
    return {
      scores: Object.fromEntries(Object.entries(chosen).map(([rule, c]) => [rule, truth[c].macroF1])),
      best: Math.max(...truth.map(({ macroF1 }) => macroF1)),
      reported: repeated[used].macroF1 - truth[used].macroF1,
    };
  };

  await withVectors({ folder }, async (load) => {
    /** @type {Map<string, { n: number, means: Record<string, number>, best: number, reported: number }>} */
    const cells = new Map();
    for (const corpus of CORPORA) {
      const pool = await load(corpus);
      for (const n of sizes.filter((size) => size <= 0.7 * pool.texts.length)) {
        const found = [];
        for (let seed = 1; seed <= draws; seed++) found.push(await draw(pool, n, seed));
        const drawn = found.filter((one) => one !== undefined);
        if (drawn.length === 0) continue;
        const rules = Object.keys(drawn[0].scores);
        cells.set(`${corpus} ${n}`, {
          n,
          means: Object.fromEntries(rules.map((rule) => [rule, mean(drawn.map(({ scores }) => scores[rule]))])),
          best: mean(drawn.map(({ best }) => best)),
          reported: mean(drawn.map(({ reported }) => reported)),
        });
        console.error(`${corpus}, ${n} rows: ${drawn.length} draws`);
      }
    }
    report([...cells.values()], sizes);
  });
}

/**
 * What each rule loses against the best rule on the same corpus and size: the largest loss over the corpora, and the mean.
 *
 * @param {{ n: number, means: Record<string, number>, best: number, reported: number }[]} cells
 * @param {number[]} sizes
 */
function report(cells, sizes) {
  const shown = sizes.filter((n) => cells.some((cell) => cell.n === n));
  const at = (/** @type {number} */ n) => cells.filter((cell) => cell.n === n);
  const row = (/** @type {string} */ name, /** @type {(cell: typeof cells[number]) => number} */ loss) =>
    `| ${name} | ${shown.map((n) => `${Math.max(...at(n).map(loss)).toFixed(3)} / ${mean(at(n).map(loss)).toFixed(3)}`).join(" | ")} |`;
  const rules = Object.keys(cells[0].means);
  const bestRule = (/** @type {typeof cells[number]} */ { means }) => Math.max(...rules.map((rule) => means[rule]));
  console.log(`| rule | ${shown.map((n) => `${n} rows`).join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(shown.length)}`);
  for (const rule of rules) console.log(row(rule, (cell) => bestRule(cell) - cell.means[rule]));
  console.log(row("the best value of C of each draw, known from the other rows", (cell) => bestRule(cell) - cell.best));
  console.log("\nMacro-F1 reported by the folds minus that on other rows, the rule in use, mean over the corpora:");
  console.log(shown.map((n) => `${n} rows ${mean(at(n).map(({ reported }) => reported)).toFixed(3)}`).join(", "));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "30,50,100,200,500,1000,2000" },
      draws: { type: "string", default: "6" },
      cache: { type: "string", default: join(ROOT, "out/cache") },
    },
  });
  ensureInstalled();
  ensureBuilt();
  await study(values.sizes.split(",").map(Number), Number(values.draws), values.cache);
}
