// @ts-check
/** One run of fastembed, as its own documentation calls it: fastembed.mjs <corpus> <model folder> <limit> <folder of the peers> */

import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";

const [corpus, model, limit, peers] = process.argv.slice(2);
const require = createRequire(join(peers, "package.json"));
const { EmbeddingModel, FlagEmbedding } = await import(pathToFileURL(require.resolve("fastembed")).href);

const { texts } = await readLabeled([corpus], { limit: Number(limit) });
const embedding = await FlagEmbedding.init({
  model: EmbeddingModel.CUSTOM,
  modelAbsoluteDirPath: laidOut(model),
  modelName: "model.onnx",
});
const began = performance.now();
let rows = 0;
for await (const vectors of embedding.embed(texts)) rows += vectors.length;
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ rows, textsPerSecond: rows / seconds, peakMB: process.resourceUsage().maxRSS / 1024 }));

/** The model's files as fastembed wants them: all in one folder, with a map of special tokens. @param {string} from */
function laidOut(from) {
  const folder = join(peers, `fastembed-${basename(from)}`);
  if (existsSync(join(folder, "special_tokens_map.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    cpSync(join(from, name), join(folder, name));
  }
  if (!existsSync(join(folder, "model.onnx"))) symlinkSync(join(from, "onnx/model.onnx"), join(folder, "model.onnx"));
  const config = JSON.parse(readFileSync(join(from, "tokenizer_config.json"), "utf8"));
  const special = Object.entries(config).filter(([key, value]) => key.endsWith("_token") && typeof value === "string");
  writeFileSync(join(folder, "special_tokens_map.json"), JSON.stringify(Object.fromEntries(special)));
  return folder;
}
