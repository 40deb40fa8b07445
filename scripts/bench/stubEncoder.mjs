// @ts-check
/** An encoder without a model, to measure what is around one. */

import { unframed } from "../../dist/encoder/tokenizer/tokenizer.js";
import { seeded } from "../../dist/math/random.js";

const MAX_TOKENS = 64;

/**
 * A token for each character of a text, and for each token `width` numbers that depend on it.
 *
 * @param {number} width
 * @returns {import("../../dist/encoder/encoder.js").Encoder}
 */
export function stubEncoder(width) {
  const random = seeded(1);
  const table = Array.from({ length: 256 }, () => Float32Array.from({ length: width }, () => random() - 0.5));
  const tokenizer = {
    padId: 0,
    tokenize: (/** @type {string} */ text) => ({
      ids: [2, ...Buffer.from(text).subarray(0, MAX_TOKENS - 1)],
      truncated: text.length >= MAX_TOKENS,
      empty: text === "",
      unknown: 0,
    }),
  };
  return {
    name: "stub",
    kind: "local",
    path: "stub",
    width,
    pooling: "mean",
    normalize: true,
    dependsOnBatch: false,
    isStatic: true,
    fingerprint: "0".repeat(64),
    maxTokens: MAX_TOKENS,
    prompt: "",
    layer: undefined,
    layers: undefined,
    precision: "fp32",
    decisions: [],
    tokenizer: unframed(tokenizer, MAX_TOKENS),
    ports: { ids: "ids", mask: "mask", segments: undefined, hidden: "hidden", states: [], width, tokens: Infinity },
    session: {
      poolWorkers: 1,
      threads: 1,
      run: async (inputs) => {
        const { data: ids, dims } = /** @type {{ data: BigInt64Array, dims: number[] }} */ (inputs.get("ids"));
        const data = new Float32Array(ids.length * width);
        for (let t = 0; t < ids.length; t++) data.set(table[Number(ids[t])], t * width);
        return new Map([["hidden", { data, dims: [...dims, width] }]]);
      },
      close: async () => {},
    },
    close: async () => {},
  };
}
