// @ts-check
/**
 * One run of onnxruntime-node alone, the limit of what is built on it: bare.mjs <corpus> <encoder> <limit> <sessions> <threads>
 *
 * The batches are the very ones of `headstart embed`, tokenized, sorted, laid out and handed to every session's thread
 * before the clock starts; what comes out of the model is dropped.
 */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { readLabeled } from "../../dist/dataset/labeledCorpus.js";
import { encoderInputs, planBatches } from "../../dist/encoder/embed/batches.js";
import { EMBED_DEFAULTS } from "../../dist/encoder/embed/embed.js";
import { inWindows } from "../../dist/encoder/embed/windows.js";
import { loadEncoder } from "../../dist/encoder/load.js";
import { readyModel } from "../../dist/encoder/model/optimize.js";
import { prepareWindow, TOKENS_A_THREAD } from "../../dist/encoder/embed/window.js";
import { encoderPorts } from "../../dist/onnx/model/encoderGraph.js";
import { readModel } from "../../dist/onnx/model/model.js";

const [corpus, name, limit, sessions, threads] = process.argv.slice(2);
const { texts } = await readLabeled([corpus], { limit: Number(limit) });
const { model, batches } = await prepared();

const next = new Int32Array(new SharedArrayBuffer(4));
const setup = { model, threads: Number(threads), batches, next };
const workers = Array.from(
  { length: Number(sessions) },
  () => new Worker(new URL("bareSession.mjs", import.meta.url), { workerData: setup }),
);
await Promise.all(workers.map((worker) => once(worker, "message")));
const began = performance.now();
for (const worker of workers) worker.postMessage("go");
await Promise.all(workers.map((worker) => once(worker, "message")));
const seconds = (performance.now() - began) / 1000;
await Promise.all(workers.map((worker) => worker.terminate()));
const peakMB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ rows: texts.length, textsPerSecond: texts.length / seconds, peakMB }));

/** The model as it goes to the runtime, and the batches of all texts. */
async function prepared() {
  const encoder = await loadEncoder(name, { threads: 1 });
  const { ports, tokenizer } = encoder;
  const made = [];
  for await (const own of inWindows(texts, { most: EMBED_DEFAULTS.window })) {
    const { tokens } = await prepareWindow(encoder, own, new AbortController().signal);
    const lengths = tokens.map(({ ids }) => ids.length);
    for (const batch of planBatches(lengths, TOKENS_A_THREAD * Number(threads))) {
      const { feeds } = encoderInputs(batch, tokens, { ports, padId: tokenizer.padId });
      made.push({ feeds, output: ports.hidden });
    }
  }
  await encoder.close();
  return { model: await graphOf(encoder), batches: made };
}

/**
 * What `headstart embed` runs: the file itself, or rewritten for the first token alone.
 *
 * @param {import("../../dist/encoder/encoder.js").Encoder} encoder
 */
async function graphOf({ path, pooling }) {
  const file = join(path, "onnx/model.onnx");
  const bytes = await readFile(file);
  const model = readModel(bytes, file);
  const none = { layer: undefined, layers: undefined, precision: undefined, outside: [], store: undefined };
  const ports = encoderPorts(model, file);
  const { source } = await readyModel(model, {
    ...none,
    file,
    bytes,
    hash: "",
    ports,
    pooling,
    compare: async () => ({ mean: 1, min: 1, texts: 0 }),
  });
  return source;
}
