import type { StrategyCurve, StrategyPoint } from "../../../../../src/transfer/curves/record.js";
import type { LeakageSide } from "../../../../../src/transfer/experiment/record.js";
import type { ScoredRecord } from "../../../../../src/report/html/transfer/sections/scored.js";
import { evaluationOf, sampleRecord } from "./sampleRecord.js";

const SIZES = [16, 64, 256, 600];

const point = (n: number, macroF1: number, half = 0.03): StrategyPoint => ({
  n,
  macroF1,
  interval95: [macroF1 - half, macroF1 + half],
  draws: 5,
});

/** A curve through these scores, with a law that goes on to twice the rows. */
function curve(strategy: StrategyCurve["strategy"], scores: readonly number[]): StrategyCurve {
  const points = scores.map((score, i) => point(SIZES[i], score, 0.08 / (i + 1)));
  const last = scores[scores.length - 1];
  const beyond = [900, 1200].map((n) => ({
    n,
    macroF1: last + 0.005,
    interval95: [last - 0.02, last + 0.03] as const,
  }));
  const band = points.map(({ n, macroF1 }) => ({ n, macroF1, interval95: [macroF1 - 0.02, macroF1 + 0.02] as const }));
  return { strategy, points, fit: { a: 0.2, b: 0.5, c: 0.5, band: [...band, ...beyond] } };
}

const CURVES: readonly StrategyCurve[] = [
  { strategy: "source", points: [point(0, 0.66)], fit: null },
  curve("target", [0.52, 0.61, 0.68, 0.71]),
  curve("both", [0.67, 0.69, 0.72, 0.74]),
  curve("weighted", [0.66, 0.69, 0.71]),
  curve("started", [0.65, 0.68, 0.71]),
];

const SIDES: readonly LeakageSide[] = ["source", "targetTrain", "target"];

/** A record with all that an experiment can find. */
export function richRecord(changes: Partial<ScoredRecord> = {}): ScoredRecord {
  const { verdict, leakage } = sampleRecord();
  return sampleRecord({
    curves: CURVES,
    verdict: {
      ...verdict,
      says: "with 16 target labels the source adds 15.0 (9.0 to 21.0) points of macro-F1; from 600 on no effect is shown",
      byLabels: SIZES.map((n, i) => ({
        n,
        call: i < 2 ? "positive" : i === 2 ? "neutral" : "negative",
        difference: 0.15 - 0.06 * i,
        interval95: [0.1 - 0.06 * i, 0.2 - 0.06 * i],
        p: 0.001 * 10 ** i,
      })),
    },
    shape: {
      start: { difference: 0.15, interval95: [0.1, 0.2] },
      slope: { difference: -0.02, interval95: [-0.03, -0.01] },
      asymptote: { difference: 0.03, interval95: [-0.01, 0.06] },
    },
    worth: { at: 16, targetLabels: 140, interval95: [70, 320] },
    next: { added: 200, gain: 0.012, interval95: [0.004, 0.02] },
    adaptation: [
      { name: "none", macroF1: 0.66, difference: null, interval95: null, chosen: true },
      { name: "center", macroF1: 0.64, difference: -0.02, interval95: [-0.05, 0.01], chosen: false },
      { name: "prior", macroF1: 0.69, difference: 0.03, interval95: [0.004, 0.056], chosen: false },
    ],
    adaptationChoice: { name: "shift", rule: "shift where it gains", because: "expected +0.040" },
    maps: [
      { map: "neutral=drop", macroF1: 0.71, interval95: [0.68, 0.74], how: "drop" },
      { map: "neutral=positive", macroF1: 0.68, interval95: [0.65, 0.71], how: "merge" },
    ],
    suggestions: {
      textColumn: "text",
      labelColumn: "label",
      rows: [
        { file: "data/app-reviews.csv", line: 12, text: "it opens", predicted: "neutral", probability: 0.51 },
        { file: "data/app-reviews.csv", line: 40, text: "why", predicted: "negative", probability: 0.62 },
      ],
    },
    calibration: {
      n: 800,
      ece: 0.11,
      interval95: [0.08, 0.15],
      p: 0.001,
      bins: [
        { low: 0.34, high: 0.6, count: 200, confidence: 0.5, accuracy: 0.45 },
        { low: 0.6, high: 0.8, count: 250, confidence: 0.7, accuracy: 0.6 },
        { low: 0.8, high: 0.999, count: 350, confidence: 0.92, accuracy: 0.78 },
      ],
    },
    labelShift: { ...sampleRecord().labelShift!, truth: { negative: 0.35, neutral: 0.22, positive: 0.43 } },
    leakage: {
      ...leakage,
      pairs: SIDES.map((to) => ({ from: "source", to, exact: 1, normalised: 2, near: 5, share: 0.01 })),
    },
    advice: { strategy: "add the source", because: "with 16 target labels the source adds 15 points" },
    moreAdvice: [{ strategy: "label rows", because: "200 more labels would bring +0.012" }],
    head: "out/head",
    ...changes,
  });
}

/** What the record of an experiment with several sources has beside. */
export function severalSources(change: (text: string) => string) {
  const measured = { logMe: 0.1, leep: -0.2, hScore: 0.3, neighbors: 0.6, proxyA: 1.5, onTargetTrain: 0.7, rows: 90 };
  const unlabeled = { agreement: 0.8, forecast: 0.77, forecastInterval95: [0.7, 0.84] as const };
  const behind = { difference: 0.04, interval95: [0.01, 0.07] as const, p: 0.012 };
  const one = { ...measured, ...unlabeled };
  const [first, second] = [[change("a.csv")], [change("b.csv"), change("c.csv")]];
  const interval95 = [0.68, 0.74] as const;
  return {
    sources: [
      { ...one, files: first, chosen: true, macroF1: 0.72, interval95, behind: null },
      { ...one, files: second, chosen: false, macroF1: 0.69, interval95, behind },
    ],
    sourceChoice: {
      by: "agreement" as const,
      because: change("it agrees most"),
      together: { rows: 180, macroF1: 0.73, interval95, overChosen: behind },
      agreements: [],
    },
  };
}

/** The record with every text of the user's, and what quotes one, replaced by what `change` makes of it. */
export function withTexts<R extends ScoredRecord>(record: R, change: (text: string) => string): R {
  const labels = record.labels.map(change);
  const counts = [
    [9, 1, 2],
    [3, 9, 1],
    [0, 2, 9],
  ];
  const evaluation = evaluationOf(counts, labels);
  const shares = Object.fromEntries(labels.map((label, c) => [label, (c + 1) / 6]));
  const rows = Object.fromEntries(labels.map((label, c) => [label, c + 5]));
  const corpus = { files: [change("a.csv")], rows: 18, rejected: 0, dropped: 0, labels: rows };
  const { suggestions, maps, verdict, adaptationChoice } = record;
  return {
    ...record,
    labels,
    corpora: { source: corpus, sourceDev: { ...corpus, how: change("how") }, target: corpus, targetTrain: corpus },
    encoder: { ...record.encoder, name: change("name"), fingerprint: change("print"), decisions: [change("decision")] },
    sourceHead: { ...record.sourceHead, chosenBy: change("chosen") },
    map: Object.fromEntries([[change("from"), change("to")]]),
    options: { ...record.options, textColumn: change("column"), prompt: change("prompt") },
    source: evaluation,
    target: evaluation,
    ceiling: evaluation,
    joint: evaluation,
    verdict: { ...verdict, because: change("because"), says: change("says") },
    forecast: { ...record.forecast, doubt: change("doubt") },
    labelShift: { source: shares, bbse: shares, em: shares, truth: shares },
    leakage: {
      ...record.leakage,
      targetWithout: evaluation,
      examples: [{ source: change("source"), target: change("target") }],
    },
    maps: (maps ?? []).map((one) => ({ ...one, map: change(one.map) })),
    ...(suggestions === undefined
      ? {}
      : {
          suggestions: {
            textColumn: change("text column"),
            labelColumn: change("label column"),
            rows: suggestions.rows.map((row) => ({
              ...row,
              file: change(row.file),
              text: change(row.text),
              predicted: labels[0],
            })),
          },
        }),
    ...(adaptationChoice === undefined
      ? {}
      : { adaptationChoice: { ...adaptationChoice, because: change("because") } }),
    divergence: { ...record.divergence, words: [{ word: change("word"), source: 4, target: 2 }] },
    mistakes: [{ text: change("text"), truth: labels[0], predicted: labels[1], probability: 0.9 }],
    warnings: [change("warning")],
    advice: { ...record.advice, because: change("because") },
    moreAdvice: record.moreAdvice.map((one) => ({ ...one, because: change(one.because) })),
    seconds: Object.fromEntries([[change("step"), 1]]),
    headstart: change("version"),
    createdAt: change("time"),
    head: record.head === null ? null : change(record.head),
    report: change("out/report.html"),
  };
}
