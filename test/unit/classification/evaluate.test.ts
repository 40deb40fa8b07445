import { describe, expect, it } from "vitest";
import { evaluateHead, mistakesOf } from "../../../src/classification/evaluate.js";
import { predictVectors } from "../../../src/classification/predict.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { toyVectors } from "./toyVectors.js";

const labels = ["bad", "good", "none"];
const trained = await trainClassifier(toyVectors(150, { labels }), { threads: 1, Cs: [0.1] });
const data = toyVectors(60, { labels, seed: 1 });

describe("evaluateHead", () => {
  it("counts the head's predictions, with both baselines on the same rows", () => {
    const { evaluation, truth, predicted, probabilities } = evaluateHead(trained, data);
    const right = truth.filter((label, r) => label === predicted[r]).length;
    expect(evaluation.n).toBe(60);
    expect(evaluation.accuracy).toBe(right / 60);
    expect(evaluation.majority.accuracy).toBeCloseTo(1 / 3, 12);
    expect(evaluation.bagOfWords?.accuracy).toBe(1);
    const { macroF1 = NaN } = evaluation.overBagOfWords ?? {};
    expect(macroF1).toBeCloseTo(evaluation.macroF1 - (evaluation.bagOfWords?.macroF1 ?? NaN), 12);
    expect(probabilities).toHaveLength(180);
    expect([...truth]).toEqual(data.labels.map((label) => labels.indexOf(label)));
  });

  it("compares with the constant prediction that is best on the evaluated rows", () => {
    const only = data.labels.flatMap((label, r) => (label === "bad" ? [r] : []));
    const bad = {
      texts: only.map((r) => data.texts[r]),
      labels: only.map(() => "bad"),
      vectors: { ...data.vectors, rows: only.length, data: new Float32Array(only.length * 6) },
    };
    expect(evaluateHead(trained, bad).evaluation.majority.accuracy).toBe(1);
    expect(evaluateHead(trained, bad).evaluation.missing).toEqual(["good", "none"]);
  });

  it("brings head and baselines under one map", () => {
    const map = parseLabelMap("none=drop,bad=poor");
    const rows = data.labels.flatMap((label, r) => (label === "none" ? [] : [r]));
    const mapped = {
      texts: rows.map((r) => data.texts[r]),
      labels: rows.map((r) => (data.labels[r] === "bad" ? "poor" : "good")),
      vectors: {
        rows: rows.length,
        cols: 6,
        data: Float32Array.from(rows.flatMap((r) => [...data.vectors.data.subarray(r * 6, r * 6 + 6)])),
      },
    };
    const found = evaluateHead(trained, mapped, { map });
    expect(found.labels).toEqual(["poor", "good"]);
    expect(found.evaluation.bagOfWords?.accuracy).toBe(1);
    expect(found.evaluation.majority.accuracy).toBe(0.5);
    expect(found.evaluation.confusion.labels).toEqual(["poor", "good"]);
    // Without "none" every prediction is one of the two.
    expect([...found.predicted].every((p) => p === 0 || p === 1)).toBe(true);
  });

  it("refuses labels that the head does not know, naming the file", () => {
    const other = { ...data, labels: data.labels.with(0, "splendid") };
    expect(() => evaluateHead(trained, other, { file: "other.csv" })).toThrow(
      expect.objectContaining({ code: "E_LABEL_MAP", message: expect.stringMatching(/other\.csv.*"splendid"/) }),
    );
  });

  it("gives the same for the same seed", () => {
    expect(evaluateHead(trained, data)).toEqual(evaluateHead(trained, data));
    const { interval95 } = evaluateHead(trained, data, { seed: 2 }).evaluation;
    expect(interval95[0]).toBeLessThanOrEqual(interval95[1]);
  });
});

describe("mistakesOf", () => {
  it("lists the wrong rows and no others, the most confident first, equals in order", () => {
    const found = {
      truth: Int32Array.of(0, 1, 0, 1, 0),
      predicted: Int32Array.of(1, 1, 1, 0, 1),
      probabilities: Float64Array.of(0.4, 0.6, 0.1, 0.9, 0.2, 0.8, 0.6, 0.4, 0.05, 0.95),
      labels: ["a", "b"],
    };
    expect(mistakesOf(found as never)).toEqual([4, 2, 0, 3]);
    const right = { ...found, predicted: found.truth };
    expect(mistakesOf(right as never)).toEqual([]);
  });
});

describe("predictVectors", () => {
  it("gives each row its most probable label and a probability for each label by name, `__proto__` too [D08, R35]", () => {
    const predictions = predictVectors({ ...trained.head, labels: ["__proto__", "good", "none"] }, data.vectors);
    const { predicted, probabilities } = evaluateHead(trained, data);
    predictions.forEach((answer, r) => {
      expect(answer.label).toBe(["__proto__", "good", "none"][predicted[r]]);
      expect(JSON.parse(JSON.stringify(answer.probabilities))).toEqual(
        Object.fromEntries(["__proto__", "good", "none"].map((label, k) => [label, probabilities[r * 3 + k]])),
      );
    });
  });
});
