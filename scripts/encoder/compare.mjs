// @ts-check
/**
 * What int8 costs and gains: speed and cosine to fp32 of the same model in several forms, in one run.
 *
 *   node scripts/encoder/compare.mjs --fp32 build/fp32.onnx [--dynamic build/dynamic.onnx] [--rounds 5]
 *
 * The forms: the fp32 file, the usual dynamic int8 (of onnxruntime's quantize_dynamic, where a file is given), the
 * toolkit's int8 with one scale a token, and the one that ships. Texts: the first 2,048 of TweetEval's val split.
 */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readModel, writeModel } from "../../dist/onnx/model/model.js";
import { quantizeInt8 } from "../../dist/onnx/quantize/quantize.js";
import { cosine } from "../../dist/api/vectors.js";
import { row } from "../../dist/math/matrix.js";
import { embedTexts } from "../../dist/api/encoders.js";
import { loadEncoder } from "../../dist/api/encoders.js";
import { readLabeled } from "../../dist/api/corpus.js";
import { ROOT } from "../setup.mjs";

const { values } = parseArgs({
  options: { fp32: { type: "string" }, dynamic: { type: "string" }, rounds: { type: "string", default: "5" } },
});
if (!values.fp32) throw new Error("give --fp32");
const corpora = process.env.HEADSTART_CORPORA || join(ROOT, "data/public");
const { texts } = await readLabeled([join(corpora, "tweets/tweeteval-sentiment.val.csv")], { limit: 2048 });
const shipped = join(ROOT, "data/encoders/headstart-mini");
const scratch = await mkdtemp(join(tmpdir(), "headstart-compare-"));
const fp32 = await readFile(values.fp32);

/** @type {Record<string, Uint8Array>} */
const forms = {
  fp32,
  ...(values.dynamic ? { "dynamic int8": await readFile(values.dynamic) } : {}),
  "int8, one scale a token": writeModel(quantizeInt8(readModel(fp32, values.fp32))),
  "int8 as it ships": await readFile(join(shipped, "onnx/model.onnx")),
};
/** @type {Record<string, { encoder: import("../../dist/api/encoders.js").Encoder, rates: number[], cosines: number[] }>} */
const found = {};
/** @type {import("../../dist/api/vectors.js").Matrix | undefined} */
let original;
for (const [name, bytes] of Object.entries(forms)) {
  const folder = join(scratch, name.replaceAll(" ", "-"));
  await cp(shipped, folder, { recursive: true });
  await writeFile(join(folder, "onnx/model.onnx"), bytes);
  const encoder = await loadEncoder(folder);
  const { vectors } = await embedTexts(encoder, texts, { allowBatchDependence: true });
  original ??= vectors;
  found[name] = { encoder, rates: [], cosines: texts.map((_, i) => cosine(row(vectors, i), row(original, i))) };
}
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { encoder, rates } of Object.values(found)) {
    const began = performance.now();
    await embedTexts(encoder, texts, { allowBatchDependence: true });
    rates.push((texts.length * 1000) / (performance.now() - began));
  }
}
const median = (/** @type {number[]} */ of) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)];
console.log("| form | MB | to fp32's texts a second | cosine to fp32, mean | least |\n| --- | --- | --- | --- | --- |");
for (const [name, { encoder, rates, cosines }] of Object.entries(found)) {
  const mean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length;
  const ratio = median(rates) / median(found["fp32"].rates);
  const size = (forms[name].length / 1e6).toFixed(1);
  console.log(`| ${name} | ${size} | ${ratio.toFixed(2)} | ${mean.toFixed(4)} | ${Math.min(...cosines).toFixed(4)} |`);
  await encoder.close();
}
await rm(scratch, { recursive: true });
