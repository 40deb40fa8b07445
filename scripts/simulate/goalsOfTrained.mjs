// @ts-check
/**
 * Whether the claims of `--min-precision`, `--max-risk`, `--max-false-alarms` and prediction sets hold for heads as `train` makes
 * them: thresholds come from predictions of heads in folds, and are used by a head that is fitted on all rows. Rows are drawn
 * from public corpora many times, and each claim is looked up on other rows of the same corpus. No test split is read.
 *
 *     node scripts/simulate/goalsOfTrained.mjs [--draws 100] [--cache out/cache]
 *
 * Needs the corpora (HEADSTART_CORPORA or data/public).
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { withVectors } from "../bench/labeled.mjs";

const CASES = /** @type {const} */ ([
  { corpus: "movies/sst2.train.csv", n: 300, label: "positive", risk: 0.1, precision: 0.9 },
  { corpus: "spam/sms-spam.csv", n: 500, label: "spam", risk: 0.03, precision: 0.95 },
  { corpus: "tweets/semeval-2013-2016.train.csv", n: 500, label: "positive", risk: 0.25, precision: 0.8 },
]);
const MOST_ROWS = 5000; // to look claims up on
const COVERAGE = 0.9;

/** @param {number} draws @param {string} folder */
async function simulate(draws, folder) {
  const { trainClassifier } = await import("../../dist/classification/train.js");
  const { calibrationSetOf, predictionSetThreshold } = await import("../../dist/classification/reliability.js");
  const { applyDecisionRule } = await import("../../dist/classification/decision/decisionRule.js");
  const { fitDecisionRule } = await import("../../dist/classification/decision/fitRule.js");
  const { duplicateGroups } = await import("../../dist/dataset/duplicates.js");
  const { pickRows } = await import("../../dist/dataset/labeledVectors.js");
  const { predictProbabilities } = await import("../../dist/head/head.js");
  const { seeded, shuffled } = await import("../../dist/math/random.js");

  console.log("| rows drawn | goal | claimed in | broken in | mean of what was claimed |");
  console.log("| --- | --- | --: | --: | --: |");
  await withVectors({ folder }, async (load) => {
    for (const { corpus, n, label, risk, precision } of CASES) {
      const pool = await load(corpus);
      const groups = duplicateGroups(pool.texts);
      // Each text once, so that rows are drawn one by one.
      const first = new Map([...groups.keys()].reverse().map((r) => [groups[r], r]));
      const distinct = pickRows(pool, [...first.values()]);
      /** @type {Map<string, { claimed: number, broken: number, sum: number }>} */
      const found = new Map();
      for (let seed = 1; seed <= draws; seed++) {
        const order = shuffled(distinct.texts.length, seeded(seed * 7919 + n));
        const trained = await trainClassifier(pickRows(distinct, order.subarray(0, n)), { seed });
        const others = pickRows(distinct, order.subarray(n, n + MOST_ROWS));
        const { labels } = trained.head;
        const k = labels.length;
        const truth = others.labels.map((own) => labels.indexOf(own));
        const probabilities = predictProbabilities(trained.head, others.vectors);
        const calibrationSet = calibrationSetOf(trained);
        if (calibrationSet === undefined) continue;
        const at = labels.indexOf(label);
        const share = (/** @type {number[]} */ rows, /** @type {(r: number) => boolean} */ is) =>
          rows.length === 0 ? undefined : rows.filter(is).length / rows.length;
        /** @type {[name: string, goal: import("../../dist/classification/decision/goal.js").SelectiveGoal, actual: (p: Int32Array) => number | undefined, isKept: (x: number) => boolean][]} */
        const goals = [
          [
            `--max-risk ${risk}`,
            { kind: "risk", most: risk },
            (p) =>
              share(
                [...p.keys()].filter((r) => p[r] >= 0),
                (r) => p[r] !== truth[r],
              ),
            (x) => x <= risk,
          ],
          [
            `--min-precision ${label}=${precision}`,
            { kind: "precision", least: precision, label },
            (p) =>
              share(
                [...p.keys()].filter((r) => p[r] === at),
                (r) => truth[r] === at,
              ),
            (x) => x >= precision,
          ],
          [
            `--max-false-alarms ${label}=0.02`,
            { kind: "falseAlarms", most: 0.02, label },
            (p) =>
              share(
                [...p.keys()].filter((r) => truth[r] !== at),
                (r) => p[r] === at,
              ),
            (x) => x <= 0.02,
          ],
        ];
        for (const [name, goal, actual, isKept] of goals) {
          const rule = fitDecisionRule(goal, calibrationSet);
          const isClaimed = rule.claims.some(({ isGranted }) => isGranted);
          const value = isClaimed ? actual(applyDecisionRule(probabilities, rule)) : undefined;
          const own = found.get(name) ?? { claimed: 0, broken: 0, sum: 0 };
          if (value !== undefined) {
            own.claimed++;
            own.sum += value;
            if (!isKept(value)) own.broken++;
          }
          found.set(name, own);
        }
        const threshold = predictionSetThreshold(calibrationSet, COVERAGE);
        const covered = truth.filter((t, r) => probabilities[r * k + t] >= threshold).length / truth.length;
        const sets = found.get(`sets for ${COVERAGE}`) ?? { claimed: 0, broken: 0, sum: 0 };
        found.set(`sets for ${COVERAGE}`, {
          claimed: sets.claimed + 1,
          broken: sets.broken + Number(covered < COVERAGE),
          sum: sets.sum + covered,
        });
      }
      for (const [name, { claimed, broken, sum }] of found) {
        const cells = [`${claimed} of ${draws}`, broken, claimed === 0 ? "-" : (sum / claimed).toFixed(3)];
        console.log(`| ${n} of ${corpus.split("/")[1]} | \`${name}\` | ${cells.join(" | ")} |`);
      }
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { values } = parseArgs({
    options: {
      draws: { type: "string", default: "100" },
      cache: { type: "string", default: join(ROOT, "out/cache") },
    },
  });
  ensureInstalled();
  ensureBuilt();
  await simulate(Number(values.draws), values.cache);
}
