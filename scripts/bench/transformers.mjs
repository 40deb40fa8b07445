// @ts-check
/** One run of transformers.js: transformers.mjs <corpus> <model folder> <limit> <batch> <folder of the peers> [pooling] */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";

const [corpus, model, limit, batch, peers, pooling = "mean"] = process.argv.slice(2);
const require = createRequire(join(peers, "package.json"));
const entry = join(dirname(require.resolve("@huggingface/transformers")), "transformers.node.mjs");
const { env, pipeline } = await import(pathToFileURL(entry).href);
env.allowRemoteModels = false;
env.localModelPath = "";

const { texts } = await readLabeled([corpus], { limit: Number(limit) });
const extract = await pipeline("feature-extraction", model, { dtype: "fp32" });
const size = Number(batch);
const began = performance.now();
let rows = 0;
for (let start = 0; start < texts.length; start += size) {
  const part = texts.slice(start, start + size);
  const { dims } = await extract(size === 1 ? part[0] : part, {
    pooling: /** @type {"mean"} */ (pooling),
    normalize: true,
  });
  rows += dims[0];
}
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ rows, textsPerSecond: rows / seconds, peakMB: process.resourceUsage().maxRSS / 1024 }));
