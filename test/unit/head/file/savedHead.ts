import type { Sealed } from "../../../../src/head/file/artifact.js";
import type { BagOfWords } from "../../../../src/head/linear/bagOfWords.js";
import type { Head } from "../../../../src/head/head.js";
import type { HeadFile } from "../../../../src/head/file/schema.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";

/** A head of made-up weights, and what its folder says of it. */
export function madeUpHead(
  labels: readonly string[],
  { width = 4, words = 3 }: { readonly width?: number; readonly words?: number } = {},
): { head: Head; bagOfWords: BagOfWords; file: Omit<HeadFile, Sealed> } {
  const random = seeded(labels.length);
  const drawn = (n: number): Float32Array => Float32Array.from({ length: n }, () => random() * 2 - 1);
  const k = labels.length === 2 ? 1 : labels.length;
  const score = { accuracy: 0.5, macroF1: 0.4 };
  return {
    head: {
      kind: "logistic",
      labels,
      standardizer: { mean: drawn(width), factor: drawn(width) },
      weights: matrix(k, width, drawn(k * width)),
      bias: drawn(k),
    },
    bagOfWords: {
      features: "words",
      C: null,
      labels,
      hashes: Int32Array.from({ length: words }, (_, i) => (i - 1) * 1_000_000_007),
      idf: drawn(words),
      weights: matrix(k, words, drawn(k * words)),
      bias: drawn(k),
    },
    file: {
      format: "headstart-head",
      headstart: "0.1.0",
      createdAt: "2026-01-02T03:04:05.000Z",
      task: "classification",
      kind: "logistic",
      labels: [...labels],
      encoder: {
        name: "tiny",
        fingerprint: "ab".repeat(32),
        width,
        pooling: "mean",
        normalize: true,
        maxTokens: 64,
        prompt: "",
        precision: "fp32",
        layer: null,
      },
      training: {
        files: ["train.csv"],
        n: 10,
        rejected: 0,
        dropped: 0,
        labelCounts: Object.fromEntries(labels.map((label, i) => [label, i + 1])),
        bagOfWords: { features: "words", C: null },
        classWeights: "none",
        C: 0.1,
        trials: [{ C: 0.1, iterations: 7, converged: true, devLogLoss: 0.5, devMacroF1: 0.8 }],
        seed: 1,
        devFrom: "2 rows given for it",
        dev: { n: 2, ...score, macroRecall: 0.5, interval95: [0.1, 0.9], majority: score, bagOfWords: null },
        warnings: [],
      },
    },
  };
}
