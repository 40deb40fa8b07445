import { describe, expect, it } from "vitest";
import { evaluateHead } from "../../../src/classification/evaluate.js";
import { answerVectors, predictVectors } from "../../../src/classification/predict.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { evidenceOf, measureTrust, setThreshold } from "../../../src/classification/reliability.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import type { Head } from "../../../src/head/head.js";
import { renderEvaluationReport } from "../../../src/report/html/evaluationReport.js";
import { trustText } from "../../../src/report/text/reliability.js";
import { pickRows } from "../../../src/dataset/labelledVectors.js";
import { toyVectors } from "./toyVectors.js";

const LABELS = ["bad", "good", "plain"];
const all = toyVectors(1140, { labels: LABELS, distance: 1 });
/** Rows `[from, to)` of one domain. */
const rowsOf = (from: number, to: number) => pickRows(all, [...all.labels.keys()].slice(from, to));
const trained = await trainClassifier(rowsOf(0, 300), { threads: 1, strengths: [0.1], dev: rowsOf(300, 540) });
const data = rowsOf(540, 1140);
const measured = (options: Parameters<typeof measureTrust>[2] = {}, of = data) => {
  const evaluated = evaluateHead(trained, of, options.map === undefined ? {} : { map: options.map });
  return measureTrust(trained, { evaluated, vectors: of.vectors }, options);
};

describe("a trained head", () => {
  it("is calibrated on its dev rows and answers with the same labels as without", () => {
    expect(trained.head.temperature).toBeGreaterThan(0);
    expect(trained.devAnswers.truth).toHaveLength(240);
    const bare = { ...trained.head, temperature: 1 };
    const labels = (head: Head) => predictVectors(head, data.vectors).map(({ label }) => label);
    expect(labels(trained.head)).toEqual(labels(bare));
    expect(trained.calibration.before.n).toBe(240);
  });
});

describe("measureTrust()", () => {
  it("tells calibration before and after, and sets that keep their promise on rows like the dev rows", () => {
    const trust = measured();
    expect(trust.uncalibrated?.logLoss).not.toBe(trust.calibration.logLoss);
    expect(trust.sets.map(({ promised }) => promised)).toEqual([0.8, 0.9, 0.95]);
    for (const { promised, coverage } of trust.sets) expect(coverage).toBeGreaterThan(promised - 0.05);
    expect(trust.riskCoverage.at(-1)?.coverage).toBe(1);
    expect(trust.choice).toBeNull();
  });

  it("shows that sets break their promise on rows of another kind", () => {
    const other = toyVectors(600, { labels: LABELS, distance: 1, seed: 9 }); // clouds in other places
    const trust = measured({}, other);
    for (const { promised, interval95 } of trust.sets) expect(interval95[1]).toBeLessThan(promised);
    expect(trustText(trust)).toContain("the promise does not hold here");
  });

  it("works in the labels that a map leaves", () => {
    const map = parseLabelMap("plain=drop");
    const rows = [...data.labels.keys()].filter((r) => data.labels[r] !== "plain");
    expect(evidenceOf(trained, map)?.labels).toEqual(["bad", "good"]);
    expect(evidenceOf(trained, map)?.truth).toHaveLength(160);
    expect(measured({ map }, pickRows(data, rows)).sets[1].coverage).toBeGreaterThan(0.85);
  });

  it("tells what a wish comes to, in text and on a page", () => {
    const trust = measured({ wish: { kind: "risk", most: 0.2 } });
    expect(trust.choice?.accuracy).toBeGreaterThan(0.78);
    expect(trustText(trust)).toContain("at most 20 % of the answers wrong");
    const { evaluation } = evaluateHead(trained, data);
    expect(evaluation.ece).toBeCloseTo(trust.calibration.ece, 6);
    const page = renderEvaluationReport({ head: "<head>", corpus: ["a.csv"], evaluation, trust });
    expect(page).toContain("&lt;head&gt;");
    expect(page).toContain("Reliability diagram");
    expect(page).not.toMatch(/<script|undefined|NaN/);
  });

  it("leaves out what a head without dev answers cannot tell", () => {
    const { temperature: _, ...head } = trained.head;
    const evaluated = evaluateHead({ ...trained, head }, data);
    expect(evaluated.evaluation).not.toHaveProperty("ece");
    const trust = measureTrust(
      { head },
      { evaluated, vectors: data.vectors },
      { wish: { kind: "coverage", share: 0.5 } },
    );
    expect(trust).toMatchObject({ temperature: null, uncalibrated: null, sets: [], choice: null });
  });
});

describe("answerVectors()", () => {
  it("withholds answers below the rule's threshold and adds label sets", () => {
    const evidence = evidenceOf(trained)!;
    const rule = { thresholds: Float64Array.of(0.8, 0.8, 0.8), costs: Float64Array.of(1, 1, 1), words: "" };
    const answers = answerVectors(trained.head, data.vectors, { rule, setThreshold: setThreshold(evidence, 0.9) });
    const plain = predictVectors(trained.head, data.vectors);
    answers.forEach(({ label, probability, set }, r) => {
      expect(label).toBe(probability >= 0.8 ? plain[r].label : null);
      expect(set).toContain(plain[r].label);
    });
    expect(answers.some(({ label }) => label === null)).toBe(true);
  });
});
