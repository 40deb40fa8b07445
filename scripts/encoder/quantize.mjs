// Step 4: fp32 ONNX -> the encoder folder as it ships, in int8.
//
//   node scripts/encoder/quantize.mjs --model build/fp32.onnx --teacher <folder> --texts corpus.txt.gz \
//     --out data/encoders/headstart-mini
//
// Needs `npm run build` before. The tokenizer and its settings are the teacher's; the card is written by hand.

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { readModel, writeModel } from "../../dist/onnx/model/model.js";
import { quantizeInt8 } from "../../dist/onnx/quantize/quantize.js";
import { observeActivations } from "../../dist/encoder/model/observe.js";
import { loadTokenizer } from "../../dist/encoder/tokenizer/tokenizer.js";
import { openCorpus } from "../../dist/corpus/corpus.js";
import { ROOT } from "../setup.mjs";

/** Of the texts that the encoder was trained on, spread evenly over them. */
const MORE_TEXTS = 3000;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    teacher: { type: "string" },
    texts: { type: "string" },
    out: { type: "string" },
  },
});
if (!values.model || !values.teacher || !values.out) throw new Error("give --model, --teacher and --out");

const model = readModel(await readFile(values.model), values.model);
const json = async (name) => JSON.parse(await readFile(path.join(values.teacher, name), "utf8"));
const tokenizer = loadTokenizer(await json("tokenizer.json"), await json("tokenizer_config.json"), {
  file: "tokenizer.json",
  maxTokens: 128,
});
// The texts that ship with the project, a thousand of three kinds, show what the activations are like; `--texts` adds
// kinds that are rarer.
const texts = [];
const corpus = await openCorpus(
  ["tweets.csv", "movies.csv", "sms.csv"].map((name) => path.join(ROOT, "data", name)),
  {},
);
for await (const row of corpus.rows()) texts.push(row.text);
if (values.texts) {
  const bytes = await readFile(values.texts);
  const lines = (values.texts.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trimEnd().split("\n");
  for (let i = 0; i < MORE_TEXTS; i++) texts.push(lines[Math.floor((i * lines.length) / MORE_TEXTS)]);
}
const bytes = writeModel(quantizeInt8(model, await observeActivations(model, texts, { tokenizer })));
const layers = new Set(model.graph.node.flatMap((n) => /layer\.(\d+)\//.exec(n.name)?.[1] ?? [])).size;
const teacher = await json("config.json");

const files = {
  "config.json": { ...teacher, num_hidden_layers: layers },
  "modules.json": [
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
  ],
  "1_Pooling/config.json": {
    word_embedding_dimension: teacher.hidden_size,
    pooling_mode_cls_token: true,
    pooling_mode_mean_tokens: false,
  },
  "sentence_bert_config.json": { max_seq_length: teacher.max_position_embeddings, do_lower_case: false },
};
for (const [name, value] of Object.entries(files)) {
  await mkdir(path.dirname(path.join(values.out, name)), { recursive: true });
  await writeFile(path.join(values.out, name), `${JSON.stringify(value, null, 2)}\n`);
}
for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
  await copyFile(path.join(values.teacher, name), path.join(values.out, name));
}
await mkdir(path.join(values.out, "onnx"), { recursive: true });
await writeFile(path.join(values.out, "onnx", "model.onnx"), bytes);
console.log(`${layers} layers, ${(bytes.length / 1e6).toFixed(1)} MB`);
