import { evaluateClassification, type Evaluation, type Score } from "../../../../../src/metrics/classification.js";
import { dropOf } from "../../../../../src/transfer/experiment/drop.js";
import type { ScoredRecord } from "../../../../../src/report/html/transfer/sections/scored.js";
import type { CorpusSummary } from "../../../../../src/transfer/experiment/record.js";

const LABELS = ["negative", "neutral", "positive"];

/** The evaluation of a head with that confusion matrix (rows true, columns predicted). */
export function evaluationOf(
  counts: readonly (readonly number[])[],
  labels: readonly string[] = LABELS,
  bagOfWords: Score | null = null,
): Evaluation {
  const pairs = counts.flatMap((cells, t) => cells.flatMap((n, p) => Array.from({ length: n }, () => [t, p] as const)));
  const [truth, predicted] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
  return { ...evaluateClassification(truth, predicted, labels, { resamples: 200 }), bagOfWords };
}

function corpus(file: string, perLabel: readonly number[], more: Partial<CorpusSummary> = {}): CorpusSummary {
  const labels = Object.fromEntries(LABELS.map((label, c) => [label, perLabel[c]]));
  return { files: [file], rows: perLabel.reduce((sum, n) => sum + n), rejected: 0, dropped: 0, labels, ...more };
}

/** A record as a run on two corpora of short texts would leave it; every number follows from its confusion matrices. */
export function sampleRecord(changes: Partial<ScoredRecord> = {}): ScoredRecord {
  const source = evaluationOf(
    [
      [214, 66, 22],
      [88, 655, 127],
      [21, 124, 683],
    ],
    LABELS,
    { accuracy: 0.701, macroF1: 0.664 },
  );
  const target = evaluationOf(
    [
      [182, 71, 29],
      [33, 104, 41],
      [20, 58, 262],
    ],
    LABELS,
    { accuracy: 0.628, macroF1: 0.594 },
  );
  return {
    format: "headstart-transfer",
    version: 1,
    createdAt: "2025-03-14T09:26:53.000Z",
    seed: 1,
    headstart: "0.1.0",
    curves: [],
    shape: null,
    worth: null,
    next: null,
    encoder: {
      name: "headstart-base",
      fingerprint: "sha256:6b1f0c5d9a3e47728c1de0b4f5a2937de81c6a04",
      width: 384,
      decisions: ["mean of the last layer’s token vectors", "texts are cut after 128 tokens", "computed in int8"],
    },
    corpora: {
      source: corpus("data/tweets.csv", [3_420, 8_010, 7_570], { rejected: 3, dropped: 118 }),
      sourceDev: { ...corpus("data/tweets.csv", [302, 870, 828]), how: "a tenth of the source, set aside with seed 1" },
      target: corpus("data/app-reviews.csv", [282, 178, 340], { dropped: 41 }),
      targetTrain: corpus("data/app-reviews-train.csv", [210, 130, 260]),
    },
    map: { "1 star": "negative", "3 stars": "neutral", "5 stars": "positive", spam: "drop" },
    options: { seed: 1, classWeights: "none" },
    labels: LABELS,
    advice: {
      strategy: "source as it is",
      because: "on the target the head has 0.700 macro-F1",
    },
    moreAdvice: [],
    sourceHead: {
      kind: "logistic",
      C: 0.01,
      chosenBy: "the highest macro-F1 on the source test rows of 5 values of C",
      n: 19_000,
    },
    source,
    target,
    ceiling: evaluationOf([
      [201, 55, 26],
      [41, 98, 39],
      [22, 44, 274],
    ]),
    joint: evaluationOf([
      [208, 51, 23],
      [30, 112, 36],
      [15, 42, 283],
    ]),
    ...dropOf(
      { score: source.macroF1, interval95: source.interval95 },
      { score: target.macroF1, interval95: target.interval95 },
    ),
    verdict: {
      call: "positive",
      difference: 0.036,
      interval95: [0.011, 0.06],
      because: "adding the source raises macro-F1 on the target: +0.036 (95 % interval +0.011 to +0.060)",
      n: 797,
      standardErrors: { test: 0.009, training: 0.008 },
    },
    forecast: {
      accuracy: 0.702,
      interval95: [0.63, 0.774],
      doubt: null,
      method: "average thresholded confidence",
      measuredOn: { pairs: 90, meanAbsoluteError: 0.03, coverage: 0.94 },
      truth: 0.685,
      methods: [{ name: "average confidence", accuracy: 0.71 }],
    },
    leakage: {
      exact: 9,
      normalised: 14,
      near: 14,
      share: 0.02,
      pairs: [],
      targetWithout: target,
      targetWith: evaluationOf([
        [188, 71, 29],
        [33, 107, 41],
        [20, 58, 267],
      ]),
      examples: [
        { source: "Worst update EVER!!! http://t.co/xyz", target: "worst update ever" },
        { source: "love it", target: "Love it!" },
      ],
      trainAndTarget: 3,
    },
    labelShift: {
      source: { negative: 0.3, neutral: 0.3, positive: 0.4 },
      bbse: { negative: 0.5, neutral: 0, positive: 0.5 },
      em: { negative: 0.48, neutral: 0.04, positive: 0.48 },
      truth: null,
    },
    divergence: {
      proxyA: 1.71,
      proxyACentred: 0.62,
      mmd: 0.084,
      frechet: 0.31,
      frechetMean: 0.22,
      frechetCovariance: 0.09,
      words: [
        { word: "film", source: 40, target: 310 },
        { word: "today", source: 700, target: 2 },
      ],
      jensenShannon: 0.412,
      vocabularySeen: 0.83,
      n: { source: 19_000, target: 800, perSideOfProxyA: 800 },
      underNull: {
        proxyA: { mean: -0.004, p: 0.025 },
        proxyACentred: { mean: -0.01, p: 0.005 },
        mmd: { mean: 0, p: 0.005 },
        jensenShannon: { mean: 0.118, p: 0.025 },
        vocabularySeen: { mean: 0.91, p: 0.025 },
      },
    },
    mistakes: [
      {
        text: "Great, it crashes every single time I open it. Five stars for effort.",
        truth: "negative",
        predicted: "positive",
        probability: 0.981,
      },
      {
        text: "not bad at all, wish I had found this app years ago",
        truth: "positive",
        predicted: "negative",
        probability: 0.957,
      },
      { text: "Update 3.2\ninstalled, sync works again", truth: "positive", predicted: "neutral", probability: 0.934 },
      { text: "كنت أتوقع أفضل من هذا 😕", truth: "negative", predicted: "neutral", probability: 0.912 },
      { text: "ok", truth: "neutral", predicted: "positive", probability: 0.874 },
    ],
    warnings: ["3 rows of data/tweets.csv could not be read and were skipped; see report.rejects.jsonl."],
    seconds: { "load encoder": 0.82, embed: 41.3, fit: 2.41, evaluate: 0.37 },
    head: null,
    report: "out/report.html",
    ...changes,
  };
}

/** Like the sample, but without any training rows of the target. */
export function withoutTargetTrain(): ScoredRecord {
  const { corpora } = sampleRecord();
  return sampleRecord({
    corpora: { ...corpora, targetTrain: null },
    ceiling: null,
    joint: null,
    leakage: {
      exact: 0,
      normalised: 0,
      near: 0,
      share: 0,
      pairs: [],
      targetWithout: null,
      targetWith: null,
      examples: [],
      trainAndTarget: 0,
    },
    verdict: {
      call: "unknown",
      difference: null,
      interval95: null,
      because: "No training rows of the target were given.",
    },
    warnings: [],
  });
}
