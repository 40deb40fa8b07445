// @ts-check
/**
 * What `--tune` is worth: heads as they are trained without it beside those of a search over C, kind and pooling,
 * each on its own domain. Both see training and dev rows alone; test rows are read last, and only to be scored.
 *
 *   node scripts/bench/tuned.mjs [--cache out/cache] [--seconds 300]
 */

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, ROOT } from "../setup.mjs";
import { DOMAINS, withVectors } from "./labeled.mjs";

const POOLINGS = /** @type {const} */ (["cls", "mean"]);

/** @param {{ folder: string, seconds?: number }} options  the cache, and how long a search may take */
export async function benchTuned({ folder, seconds = 300 }) {
  console.log("| domain | untuned macro-F1 | tuned macro-F1 | difference (95 %, paired) | p | search | chosen |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [domain, files] of Object.entries(DOMAINS))
    console.log(await compared(domain, files, { folder, seconds }));
  console.log("");
}

/**
 * @param {string} domain
 * @param {{ train: string, dev: string, test: string }} files
 * @param {{ folder: string, seconds: number }} options
 */
async function compared(domain, files, { folder, seconds }) {
  const { trainClassifier, searchHead, evaluateHead } = await import("../../dist/api/heads.js");
  const { pairedBootstrap } = await import("../../dist/metrics/paired.js");
  /** @param {typeof POOLINGS[number]} pooling @param {string} file */
  const load = (pooling, file) => withVectors({ folder, options: { pooling } }, (read) => read(file));
  const untuned = await trainClassifier(await load("cls", files.train), { dev: await load("cls", files.dev) });
  const { labels } = untuned.head;
  const views = POOLINGS.map((pooling) => ({ layer: null, pooling, load: () => load(pooling, files.train) }));
  const began = performance.now();
  const found = await searchHead(views, {
    labels,
    seed: 1,
    classWeights: "none",
    seconds,
    clock: () => performance.now(),
    onCandidate: ({ name, logLoss, macroF1 }) =>
      console.error(`${domain}: ${name}: ${logLoss.mean.toFixed(4)} ${macroF1.mean.toFixed(4)}`),
  });
  const took = (performance.now() - began) / 1000;
  const pooling = POOLINGS.find((one) => one === found.view.pooling) ?? "cls";
  const searchResult = await trainClassifier(found.data, { dev: await load(pooling, files.dev), searchResult: found });
  const before = evaluateHead(untuned, await load("cls", files.test));
  const after = evaluateHead(searchResult, await load(pooling, files.test));
  const { difference, interval95, p } = pairedBootstrap(before.truth, [after.predicted, before.predicted], {
    classes: labels.length,
  });
  const number = (/** @type {number} */ x) => x.toFixed(4);
  const macroF1 = [before, after].map(({ evaluation }) => number(evaluation.macroF1));
  const within = `${number(difference)} (${interval95.map(number).join(" to ")})`;
  const cells = [domain, ...macroF1, within, p.toFixed(3), `${took.toFixed(0)} s`, found.search.chosen];
  return `| ${cells.join(" | ")} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  const { values } = parseArgs({
    options: {
      cache: { type: "string", default: join(ROOT, "out/cache") },
      seconds: { type: "string", default: "300" },
    },
  });
  ensureInstalled();
  ensureBuilt();
  await benchTuned({ folder: values.cache, seconds: Number(values.seconds) });
}
