// @ts-check
/** The ways to embed a corpus that are measured side by side. */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

export const MINILM = "Xenova/all-MiniLM-L6-v2";
const TEACHER = "Xenova/bge-small-en-v1.5"; // of the built-in encoder
const BUILT_IN = "headstart-mini";

/**
 * @typedef {object} Way
 * @property {string} name
 * @property {readonly [script: string, ...args: string[]]} command
 * @property {number} texts   it is given
 * @property {number} rounds  it takes part in
 * @property {string} [beside]  the way of headstart's that it is compared with
 * @property {"peer" | "limit"} [as]  another program; or the engine alone, with batches that are ready
 */

/**
 * @param {{
 *   readonly corpus: string, readonly encoders: string, readonly peers: string, readonly scratch: string,
 *   readonly limit: number, readonly rounds: number,
 * }} options
 * @returns {Way[]}
 */
export function waysOf({ corpus, encoders, peers, scratch, limit, rounds }) {
  const minilm = join(encoders, MINILM);
  const teacher = join(encoders, TEACHER);
  const cores = availableParallelism();
  const poolWorkers = Math.min(cores, 4);
  const threads = Math.floor(cores / poolWorkers);
  const [most, some, few] = [limit, Math.min(limit, 2048), Math.min(limit, 256)];

  /** @type {(name: string, encoder: string, flags?: string[]) => Way} */
  const ours = (name, encoder, flags = []) => {
    const output = join(scratch, `${name.replaceAll(/\W+/g, "-")}.npy`);
    return { name, command: ["ours.mjs", corpus, encoder, String(most), output, ...flags], texts: most, rounds };
  };
  /** @type {(name: string, encoder: string, beside: string, sessions: number) => Way} */
  const bare = (name, encoder, beside, sessions) => {
    const each = sessions === 1 ? cores : threads;
    const how = `${name}, ${sessions === 1 ? "1 session" : `${sessions} sessions`} of ${each === 1 ? "1 thread" : `${each} threads`}`;
    const command = /** @type {const} */ (["bare.mjs", corpus, encoder, String(most), String(sessions), String(each)]);
    return { name: how, command, texts: most, rounds, beside, as: "limit" };
  };
  /** @type {(name: string, size: number, options?: { texts?: number, rounds?: number }) => Way} */
  const transformers = (name, size, { texts = most, rounds: own = rounds } = {}) => ({
    name: `transformers.js, ${name}`,
    command: ["transformers.mjs", corpus, minilm, String(texts), String(size), peers],
    texts,
    rounds: own,
    beside: OURS,
    as: "peer",
  });
  const cached = ours(CACHED, BUILT_IN, ["--cache", join(scratch, "cache")]);
  return [
    ours(OURS, minilm),
    bare("onnxruntime-node alone", minilm, OURS, poolWorkers),
    ...(poolWorkers === 1 ? [] : [bare("onnxruntime-node alone", minilm, OURS, 1)]),
    transformers("one text at a time", 1),
    transformers("batches of 32", 32),
    // Twelve thousand at once take more than 8 GB.
    transformers("all at once", some, { texts: some, rounds: 1 }),
    {
      name: "fastembed",
      command: ["fastembed.mjs", corpus, minilm, String(few), peers],
      texts: few,
      rounds: 1,
      beside: OURS,
      as: "peer",
    },
    ours("headstart embed, --precision int8", minilm, ["--precision", "int8"]),
    ours(OURS_BUILT_IN, BUILT_IN),
    bare("onnxruntime-node alone, built-in encoder", BUILT_IN, OURS_BUILT_IN, poolWorkers),
    cached,
    ...(existsSync(join(teacher, "onnx/model.onnx"))
      ? [
          /** @type {Way} */ ({
            name: "transformers.js, the built-in encoder's teacher, batches of 32",
            command: ["transformers.mjs", corpus, teacher, String(some), "32", peers, "cls"],
            texts: some,
            rounds: 1,
            beside: OURS_BUILT_IN,
          }),
        ]
      : []),
  ];
}

export const OURS = "headstart embed";
export const OURS_BUILT_IN = "headstart embed, built-in encoder";
/** The cache is filled before it counts. */
export const CACHED = "headstart embed, built-in encoder, again over --cache";
