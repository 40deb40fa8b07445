// @ts-check
/** One fit by headstart: fit.mjs logistic <tolerance> | mlp <epochs>, then <vectors.npy> <labels> */

import { readFileSync } from "node:fs";
import { fitLogistic } from "../../dist/head/linear/logistic.js";
import { fitMlp } from "../../dist/head/mlp/mlp.js";
import { matrix } from "../../dist/math/matrix.js";
import { readVectors } from "../../dist/vectors/reader.js";

const [kind, setting, file, labelFile] = process.argv.slice(2);
const { vectors: x } = await readVectors(file);
const bytes = readFileSync(labelFile);
const y = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const labels = ["negative", "neutral", "positive"];
const settings = {
  hidden: [256],
  dropout: 0,
  batchSize: 200,
  weightDecay: 0,
  schedule: /** @type {const} */ ("constant"),
};
/** @type {(rows: number, amount: string) => Promise<number>} */
const fit = async (rows, amount) => {
  const data = matrix(rows, x.cols, x.data.subarray(0, rows * x.cols));
  const options = { labels, standardize: false, threads: 2 };
  if (kind === "logistic") {
    const fitted = await fitLogistic(data, y.subarray(0, rows), { ...options, C: 1, tolerance: Number(amount) });
    return fitted.objective;
  }
  const fitted = await fitMlp(data, y.subarray(0, rows), { ...options, ...settings, epochs: Number(amount) });
  return fitted.epochs.at(-1)?.loss ?? Number.NaN;
};
await fit(1000, kind === "logistic" ? "1e-2" : "1");
const began = performance.now();
const value = await fit(x.rows, setting);
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, value }));
