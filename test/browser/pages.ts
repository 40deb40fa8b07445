import { trainClassifier } from "../../src/classification/train.js";
import { evaluateHead } from "../../src/classification/evaluate.js";
import { measureReliability } from "../../src/classification/reliability.js";
import { pickRows } from "../../src/dataset/labeledVectors.js";
import { entitiesPage } from "../../src/report/html/entitiesPage.js";
import { renderEvaluationReport } from "../../src/report/html/evaluationReport.js";
import { renderTrainingReport } from "../../src/report/html/trainingReport.js";
import { layersReport } from "../../src/report/html/transfer/layersReport.js";
import { matrixReport } from "../../src/report/html/transfer/matrixReport.js";
import { taggingReport } from "../../src/report/html/transfer/taggingReport.js";
import { renderTransferReport } from "../../src/report/html/transfer/transferReport.js";
import type { TaggingEvaluation } from "../../src/tagging/evaluate.js";
import type { TaggingTransfer } from "../../src/transfer/entities/record.js";
import type { LayersRecord } from "../../src/transfer/layers/record.js";
import { toyVectors } from "../unit/classification/toyVectors.js";
import { madeUpHead } from "../unit/head/file/savedHead.js";
import { LEARNING_CURVE } from "../unit/report/html/learningCurve.js";
import { matrixRecord } from "../unit/report/html/transfer/matrixRecord.js";
import { richRecord, severalSources, withTexts } from "../unit/report/html/transfer/richRecord.js";
import { sampleRecord, withoutTargetTrain } from "../unit/report/html/transfer/sampleRecord.js";

/** A longer label is not learned. */
const MOST_OF_LABEL = 900;

/** Makes a page in which every text of the user's is what `change` makes of a short one. */
export type PageMaker = (change: (text: string) => string) => string | Promise<string>;

/** Every kind of page there is; a new kind is one more entry. */
export const PAGES: Readonly<Record<string, PageMaker>> = {
  transfer: (change) => renderTransferReport({ ...withTexts(richRecord(), change), ...severalSources(change) }),
  "transfer without training rows": (change) => renderTransferReport(withTexts(withoutTargetTrain(), change)),
  "transfer to a target without labels": (change) =>
    renderTransferReport({
      ...withTexts(richRecord({ advice: { strategy: "label rows", because: "there are none" } }), change),
      target: null,
      drop: null,
      dropInterval95: null,
      ceiling: null,
      joint: null,
      curves: [],
      mistakes: [],
      adaptation: [{ name: "center", macroF1: null, difference: null, interval95: null, chosen: true }],
    }),
  "transfer of entities": (change) => taggingReport(taggingRecord(change)),
  matrix: async (change) =>
    matrixReport(
      await matrixRecord(["books", "music", "tweets"].map(change), (label) => change(label).slice(-MOST_OF_LABEL)),
    ),
  layers: (change) => layersReport(layersRecord(change)),
  entities: (change) =>
    entitiesPage(
      [{ text: change("in Paris"), entities: [{ start: 1, end: 3, label: change("LOC"), text: "n ", score: 0.4 }] }],
      {
        title: change("notes.txt"),
        labels: ["LOC", "PER", "ORG", "MISC", "a", "b", "c"].map(change),
      },
    ),
  evaluation: evaluationPage,
  training: trainingPage,
};

function trainingPage(change: (text: string) => string): string {
  const { file } = madeUpHead(["bad", "good"].map(change));
  const curve = { unit: "epoch" as const, train: [1, 0.5, 0.25], dev: [0.9, 0.6, 0.8], best: 2 };
  return renderTrainingReport({
    ...file,
    training: {
      ...file.training,
      curve,
      learningCurve: LEARNING_CURVE,
      files: [change("a.csv")],
      warnings: [change("a warning")],
    },
  });
}

async function evaluationPage(change: (text: string) => string): Promise<string> {
  const all = toyVectors(400, {
    labels: ["bad", "good", "plain"].map((label) => change(label).slice(-MOST_OF_LABEL)),
    distance: 1,
  });
  const rowsOf = (from: number, to: number) => pickRows(all, [...all.labels.keys()].slice(from, to));
  const trained = await trainClassifier(rowsOf(0, 150), { threads: 1, Cs: [0.1], dev: rowsOf(150, 250) });
  const data = rowsOf(250, 400);
  const evaluated = evaluateHead(trained, data);
  return renderEvaluationReport({
    head: change("heads/mine"),
    corpus: [change("test.csv")],
    remark: change("the head has seen some of these rows"),
    evaluation: evaluated.evaluation,
    reliability: measureReliability(trained, { evaluated, vectors: data.vectors }),
  });
}

function layersRecord(change: (text: string) => string): LayersRecord {
  const { encoder, corpora, warnings, seconds } = withTexts(richRecord(), change);
  const measures = { logMe: -0.6, hScore: 0.5, neighbors: 0.7 };
  const over = { difference: 0.02, interval95: [0.004, 0.036], p: 0.02 } as const;
  const interval95 = [0.6, 0.8] as const;
  const best = { layer: 1, macroF1: 0.72, overLast: over, isCertain: true, onOtherRows: { macroF1: 0.7, interval95 } };
  return {
    format: "headstart-layers",
    version: 1,
    createdAt: "2026-01-02T03:04:05.000Z",
    seed: 1,
    headstart: "1.0.0",
    encoder,
    map: { [change("from")]: change("to") },
    options: {},
    labels: ["bad", "good"].map(change),
    warnings: [...warnings, change("a warning")],
    seconds,
    corpora: { corpus: corpora.source, target: corpora.target },
    layers: [0, 1, 2].map((layer) => ({
      layer,
      ...measures,
      inDomain: 0.5 + 0.1 * layer,
      inDomainInterval95: interval95,
      target: 0.6 + 0.05 * layer,
      targetInterval95: interval95,
      leep: -0.5,
      onTarget: measures,
      overLast: layer === 2 ? { inDomain: null, target: null } : { inDomain: over, target: over },
      C: 0.1,
    })),
    heldOut: "5-fold cross-validation",
    n: { inDomain: 120, target: 80 },
    seen: 2,
    best: { inDomain: best, target: best },
    agreements: [{ measure: "logMe", rows: "corpus", of: "target", tau: 0.33, p: 0.5, n: 3 }],
    advice: { layer: 1, because: change("it is better") },
    report: "report.html",
  };
}

function taggingRecord(change: (text: string) => string): TaggingTransfer {
  const score = { precision: 0.7, recall: 0.6, f1: 0.65, support: 40 };
  const labels = ["LOC", "PER"].map(change);
  const evaluation = {
    n: 120,
    entities: 80,
    accuracy: 0.93,
    metric: "entityF1",
    entityF1: 0.65,
    entityPrecision: 0.7,
    entityRecall: 0.6,
    interval95: [0.58, 0.72],
    entityF1Conlleval: 0.66,
    perType: Object.fromEntries(labels.map((label) => [label, score])),
    boundary: score,
    type: score,
    seen: score,
    unseen: score,
    errors: { missed: 12, "wrong label": 5 },
    lost: [],
  } as unknown as TaggingEvaluation;
  const { verdict, leakage, divergence } = sampleRecord();
  const points = [0, 25, 100].map((n) => ({
    n,
    entityF1: 0.4 + n / 400,
    interval95: [0.3 + n / 400, 0.5 + n / 400] as const,
    draws: 3,
  }));
  return {
    labels,
    source: evaluation,
    target: evaluation,
    ceiling: evaluation,
    joint: evaluation,
    drop: 0.1,
    dropInterval95: [0.02, 0.18],
    verdict: { ...verdict, because: change("because") },
    leakage: { ...leakage, targetWithout: null, targetWith: null },
    curves: (["target", "both"] as const).map((strategy) => ({ strategy, points })),
    curveTaggers: change("one network"),
    shape: null,
    worth: null,
    next: null,
    suggestedMap: change("ORG=group"),
    divergence: {
      ...divergence,
      entities: {
        types: Object.fromEntries(labels.map((label) => [label, { source: 0.5, target: 0.4 }])),
        perSentence: { source: 1.2, target: 0.8 },
        stringsSeen: 0.3,
        entitiesSeen: 0.4,
      },
    },
    advice: { strategy: "add the source", because: change("it helps") },
    moreAdvice: [],
    warnings: [change("a warning")],
  } as unknown as TaggingTransfer;
}
