// @ts-check
/** The thread of one session of bare.mjs: takes the next batch that no other has taken until there is none. */

import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

const { model, threads, batches, next } = workerData;
const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
const settings = { executionProviders: ["cpu"], graphOptimizationLevel: "all", intraOpNumThreads: threads };
const session = await InferenceSession.create(model.bytes, {
  .../** @type {import("onnxruntime-node").InferenceSession.SessionOptions} */ (settings),
  extra: { session: { model_external_initializers_file_folder_path: model.folder } },
});
const ready = batches.map((/** @type {any} */ { feeds, output }) => ({
  feeds: Object.fromEntries([...feeds].map(([name, { data, dims }]) => [name, new Tensor("int64", data, dims)])),
  output,
}));
port.once("message", async () => {
  for (let i = Atomics.add(next, 0, 1); i < ready.length; i = Atomics.add(next, 0, 1)) {
    await session.run(ready[i].feeds, [ready[i].output]);
  }
  port.postMessage("done");
});
port.postMessage("ready");
