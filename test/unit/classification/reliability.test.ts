import { describe, expect, it } from "vitest";
import { scoreChoice } from "../../../src/classification/decision/choice.js";
import { fitDecisionRule } from "../../../src/classification/decision/fitRule.js";
import { evaluateHead, mistakesOf } from "../../../src/classification/evaluate.js";
import { predictVectors } from "../../../src/classification/predict.js";
import { trainClassifier } from "../../../src/classification/train.js";
import {
  calibrationSetOf,
  measureReliability,
  predictionSetThreshold,
} from "../../../src/classification/reliability.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import type { Head } from "../../../src/head/head.js";
import { renderEvaluationReport } from "../../../src/report/html/evaluationReport.js";
import { reliabilityText } from "../../../src/report/text/reliability.js";
import { pickRows } from "../../../src/dataset/labeledVectors.js";
import { ABSTAIN } from "../../../src/metrics/confusion.js";
import { toyVectors } from "./toyVectors.js";

const LABELS = ["bad", "good", "plain"];
const all = toyVectors(1140, { labels: LABELS, distance: 1 });
/** Rows `[from, to)` of one domain. */
const rowsOf = (from: number, to: number) => pickRows(all, [...all.labels.keys()].slice(from, to));
const trained = await trainClassifier(rowsOf(0, 300), { threads: 1, Cs: [0.1], dev: rowsOf(300, 540) });
const data = rowsOf(540, 1140);
const measured = (options: Parameters<typeof measureReliability>[2] = {}, of = data) => {
  const evaluated = evaluateHead(trained, of, options.map === undefined ? {} : { map: options.map });
  return measureReliability(trained, { evaluated, vectors: of.vectors }, options);
};

describe("a trained head", () => {
  it("is calibrated on its dev rows and predicts the same labels as without", () => {
    expect(trained.head.temperature).toBeGreaterThan(0);
    expect(trained.devPredictions.truth).toHaveLength(240);
    const bare = { ...trained.head, temperature: 1 };
    const labels = (head: Head) => predictVectors(head, data.vectors).map(({ label }) => label);
    expect(labels(trained.head)).toEqual(labels(bare));
    expect(trained.calibration.before.n).toBe(240);
  });
});

describe("measureReliability()", () => {
  it("reports calibration before and after, and sets that reach their coverage on rows like the dev rows", () => {
    const reliability = measured();
    expect(reliability.uncalibrated?.logLoss).not.toBe(reliability.calibration.logLoss);
    expect(reliability.sets.map(({ target }) => target)).toEqual([0.8, 0.9, 0.95]);
    for (const { target, coverage } of reliability.sets) expect(coverage).toBeGreaterThan(target - 0.05);
    expect(reliability.riskCoverage.at(-1)?.coverage).toBe(1);
    expect(reliability.choice).toBeNull();
  });

  it("shows that sets miss their coverage on rows of another kind", () => {
    const other = toyVectors(600, { labels: LABELS, distance: 1, seed: 9 }); // clouds in other places
    const reliability = measured({}, other);
    for (const { target, interval95 } of reliability.sets) expect(interval95[1]).toBeLessThan(target);
    expect(reliabilityText(reliability)).toContain("these differ from them");
  });

  it("works in the labels that a map leaves", () => {
    const map = parseLabelMap("plain=drop");
    const rows = [...data.labels.keys()].filter((r) => data.labels[r] !== "plain");
    expect(calibrationSetOf(trained, map)?.labels).toEqual(["bad", "good"]);
    expect(calibrationSetOf(trained, map)?.truth).toHaveLength(160);
    expect(measured({ map }, pickRows(data, rows)).sets[1].coverage).toBeGreaterThan(0.85);
  });

  it("reports the scores under a goal, in text and on a page", () => {
    const reliability = measured({ goal: { kind: "risk", most: 0.2 } });
    expect(reliability.choice?.accuracy).toBeGreaterThan(0.78);
    expect(reliabilityText(reliability)).toContain("at most 20 % of the predictions wrong");
    const { evaluation } = evaluateHead(trained, data);
    expect(evaluation.ece).toBeCloseTo(reliability.calibration.ece, 6);
    const page = renderEvaluationReport({ head: "<head>", corpus: ["a.csv"], evaluation, reliability });
    expect(page).toContain("&lt;head&gt;");
    expect(page).toContain("Reliability diagram");
    expect(page).not.toMatch(/<script|undefined|NaN/);
  });

  it("leaves out what needs dev predictions where a head has none", () => {
    const { temperature: _, ...head } = trained.head;
    const evaluated = evaluateHead({ ...trained, head }, data);
    expect(evaluated.evaluation).not.toHaveProperty("ece");
    const reliability = measureReliability(
      { head },
      { evaluated, vectors: data.vectors },
      { goal: { kind: "coverage", share: 0.5 } },
    );
    expect(reliability).toMatchObject({ temperature: null, uncalibrated: null, sets: [], choice: null });
  });
});

describe("evaluateHead()", () => {
  it("counts every row once under a rule: right, a mistake, or without a prediction", () => {
    const rule = fitDecisionRule({ kind: "coverage", share: 0.5 }, calibrationSetOf(trained)!);
    const evaluated = evaluateHead(trained, data, { rule });
    const { evaluation, predicted, truth } = evaluated;
    const right = predicted.filter((label, r) => label === truth[r]).length;
    expect(evaluation.abstained).toBeGreaterThan(0);
    expect(right + mistakesOf(evaluated).length + evaluation.abstained!).toBe(evaluation.n);
    expect(evaluation.accuracy).toBe(right / evaluation.n);
    expect(evaluation.overBagOfWords).toBeUndefined();
    const labels = predictVectors(trained.head, data.vectors, { rule }).map(({ label }) => label);
    expect(labels).toEqual([...predicted].map((label) => (label === ABSTAIN ? null : LABELS[label])));
    const choice = scoreChoice(evaluated, rule);
    expect(choice.coverage).toBeCloseTo(1 - evaluation.abstained! / evaluation.n, 12);
  });

  it("shows on the page what the rule makes of the rows, and the curves of every label", () => {
    const goal = { kind: "precision", least: 0.999 } as const;
    const rule = fitDecisionRule(goal, calibrationSetOf(trained)!);
    const evaluated = evaluateHead(trained, data, { rule });
    const reliability = measureReliability(trained, { evaluated, vectors: data.vectors }, { goal });
    const { evaluation } = evaluated;
    const page = renderEvaluationReport({ head: "h", corpus: ["a.csv"], evaluation, reliability });
    expect(page).toContain("Not granted, ");
    expect(page).toContain("abstained</th>");
    expect(page.match(/Precision-recall curve, area/g)?.length).toBeGreaterThanOrEqual(LABELS.length);
    expect(page).not.toMatch(/undefined|NaN|null/);
    expect(reliabilityText(reliability)).toMatch(
      /not granted, so "bad" is never predicted: a precision of "bad" of 99.9 %/,
    );
  });
});

describe("predictVectors()", () => {
  it("abstains below the rule's threshold and adds prediction sets", () => {
    const calibrationSet = calibrationSetOf(trained)!;
    const rule = { thresholds: Float64Array.of(0.8, 0.8, 0.8), below: "abstain" } as const;
    const predictions = predictVectors(trained.head, data.vectors, {
      rule,
      predictionSetThreshold: predictionSetThreshold(calibrationSet, 0.9),
    });
    const plain = predictVectors(trained.head, data.vectors);
    predictions.forEach(({ label, probability, set }, r) => {
      expect(label).toBe(probability >= 0.8 ? plain[r].label : null);
      expect(set).toContain(plain[r].label);
    });
    expect(predictions.some(({ label }) => label === null)).toBe(true);
  });
});
