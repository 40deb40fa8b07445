import type { Encoder } from "../../../src/encoder/encoder.js";
import { unframed, type Tokenizer } from "../../../src/encoder/tokenizer/tokenizer.js";

const WIDTH = 4;

const TOKENIZER: Tokenizer = {
  tokenize: (text) => ({
    ids: [1, ...Buffer.from(text).subarray(0, 62)],
    truncated: false,
    empty: text === "",
    unknown: 0,
  }),
  padId: 0,
};

/** An encoder without a model: each letter is a token, and its vector depends on the letter and its place. */
export function letterEncoder(): { readonly encoder: Encoder; readonly texts: () => number } {
  let texts = 0;
  const encoder: Encoder = {
    name: "letters",
    kind: "local",
    path: "letters",
    width: WIDTH,
    fingerprint: "letters",
    pooling: "mean",
    normalize: true,
    maxTokens: 64,
    prompt: "",
    layer: undefined,
    lastLayer: undefined,
    precision: "fp32",
    dependsOnBatch: false,
    decisions: [],
    layers: undefined,
    isStatic: false,
    tokenizer: unframed(TOKENIZER, 64),
    ports: { ids: "ids", mask: "mask", segments: undefined, hidden: "hidden", states: [], width: WIDTH, tokens: 64 },
    session: {
      poolWorkers: 1,
      threads: 1,
      run: async (inputs) => {
        const { data, dims } = inputs.get("ids")!;
        texts += dims[0];
        const hidden = Float32Array.from({ length: data.length * WIDTH }, (_, i) =>
          Math.sin(Number(data[Math.floor(i / WIDTH)]) * (1 + (i % WIDTH)) + (Math.floor(i / WIDTH) % dims[1])),
        );
        return new Map([["hidden", { data: hidden, dims: [...dims, WIDTH] }]]);
      },
      close: async () => {},
    },
    close: async () => {},
  };
  return { encoder, texts: () => texts };
}
