import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../src/errors.js";
import {
  advantageOver,
  majorityIndex,
  evaluateClassification,
  scorePredictions,
} from "../../../src/metrics/classification.js";
import { golden } from "./golden.js";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const quick = { resamples: 20 };

describe("evaluateClassification()", () => {
  it.each(golden.classification.map((one, i) => [i, one] as const))("agrees with scikit-learn on case %i", (_, one) => {
    const labels = NAMES.slice(0, one.classes);
    const result = evaluateClassification(Int32Array.from(one.truth), Int32Array.from(one.predicted), labels, quick);
    expect(result.n).toBe(one.truth.length);
    expect(result.accuracy).toBeCloseTo(one.accuracy, 12);
    expect(result.macroF1).toBeCloseTo(one.macroF1, 12);
    expect(result.macroRecall).toBeCloseTo(one.macroRecall, 12);
    expect(result.confusion).toEqual({ labels, counts: one.confusion });
    labels.forEach((label, c) => {
      expect(result.perLabel[label].precision).toBeCloseTo(one.precision[c], 12);
      expect(result.perLabel[label].recall).toBeCloseTo(one.recall[c], 12);
      expect(result.perLabel[label].f1).toBeCloseTo(one.f1[c], 12);
      expect(result.perLabel[label].support).toBe(one.support[c]);
    });
    expect(result.missing).toEqual(labels.filter((_label, c) => one.support[c] === 0));
  });

  it("has golden cases with labels that are missing from the truth, the predictions and both", () => {
    const kinds = golden.classification.flatMap((one) =>
      one.support.map((support, c) => `${support > 0} ${one.predicted.includes(c)}`),
    );
    expect(new Set(kinds)).toEqual(new Set(["true true", "true false", "false true", "false false"]));
  });

  const truth = Int32Array.of(0, 0, 1, 1, 1, 0, 1, 0);
  const predicted = Int32Array.of(0, 0, 1, 0, 2, 0, 1, 1);

  it("states the missing label and lets its false alarms lower macro-F1 but not macro-recall [I07]", () => {
    const result = evaluateClassification(truth, predicted, ["x", "y", "z"], quick);
    expect(result.missing).toEqual(["z"]);
    expect(result.macroF1).toBeCloseTo((6 / 8 + 4 / 7 + 0) / 3, 12);
    expect(result.macroRecall).toBeCloseTo((3 / 4 + 2 / 4) / 2, 12);
  });

  it("keeps each interval around its number, names the main one, and gives the same bytes for the same seed [I07]", () => {
    const result = evaluateClassification(truth, predicted, ["x", "y", "z"]);
    for (const name of ["accuracy", "macroF1", "macroRecall"] as const) {
      const [low, high] = result.intervals95[name];
      expect(low).toBeLessThan(result[name]);
      expect(high).toBeGreaterThan(result[name]);
    }
    expect(result.metric).toBe("macroF1");
    expect(result.interval95).toEqual(result.intervals95.macroF1);
    expect(JSON.stringify(evaluateClassification(truth, predicted, ["x", "y", "z"], { seed: 1 }))).toBe(
      JSON.stringify(result),
    );
    expect(evaluateClassification(truth, predicted, ["x", "y", "z"], { seed: 2 }).interval95).not.toEqual(
      result.interval95,
    );
  });

  it("reaches 1 and keeps a width when every row is right, the narrower the more rows there are", () => {
    const widths = [1, 4, 16].map((times) => {
      const right = Int32Array.from({ length: 8 * times }, (_, r) => r % 2);
      const [low, high] = evaluateClassification(right, right, ["x", "y"], quick).interval95;
      expect(high).toBe(1);
      return high - low;
    });
    expect(widths[0]).toBeGreaterThan(widths[1]);
    expect(widths[1]).toBeGreaterThan(widths[2]);
    expect(widths[2]).toBeGreaterThan(0);
  });

  it("keeps labels named like parts of an object", () => {
    const labels = ["__proto__", "constructor", "1"];
    const result = evaluateClassification(truth, predicted, labels, quick);
    const read = JSON.parse(JSON.stringify(result));
    expect(Object.keys(read.perLabel).sort()).toEqual([...labels].sort());
    expect(Object.getOwnPropertyDescriptor(read.perLabel, "__proto__")?.value.support).toBe(4);
    expect(({} as Record<string, unknown>).support).toBeUndefined();
  });

  it("compares with the best constant prediction, which no label beats in accuracy or macro-F1", () => {
    const labels = ["x", "y", "z", "none"];
    for (const [t, p] of [
      ["0010212", "1111111"],
      ["2222", "2222"],
      ["0112201", "0112201"],
    ].map((digits) => digits.map((own) => Int32Array.from(own, Number)))) {
      const { majority, accuracy, overMajority } = evaluateClassification(t, p, labels, quick);
      labels.forEach((_, c) => {
        const constant = scorePredictions(t, new Int32Array(t.length).fill(c), labels.length);
        expect(majority.accuracy).toBeGreaterThanOrEqual(constant.accuracy);
        expect(majority.macroF1).toBeGreaterThanOrEqual(constant.macroF1);
      });
      expect(accuracy > majority.accuracy ? overMajority!.macroF1 : 1).toBeGreaterThan(0);
    }
  });

  it("compares with a bag of words where there is one", () => {
    const words = Int32Array.from(truth, (t, r) => (r === 0 ? 1 - t : t));
    const own = evaluateClassification(truth, truth, ["x", "y"], { ...quick, bagOfWords: words });
    expect(own.bagOfWords).toEqual(scorePredictions(truth, words, 2));
    expect(own.overBagOfWords).toEqual(advantageOver(truth, [truth, words], { ...quick, classes: 2 }));
    const without = evaluateClassification(truth, truth, ["x", "y"], quick);
    expect(without.bagOfWords).toBeNull();
    expect(without).not.toHaveProperty("overBagOfWords");
  });

  it("refuses no rows, unequal lengths and classes without a label", () => {
    const none = new Int32Array(0);
    expect(() => evaluateClassification(none, none, ["x"])).toThrow(HeadstartError);
    expect(() => evaluateClassification(none, none, ["x"])).toThrow(expect.objectContaining({ code: "E_NO_ROWS" }));
    expect(() => evaluateClassification(truth, none, ["x", "y"])).toThrow(RangeError);
    expect(() => evaluateClassification(truth, predicted, ["x", "y"])).toThrow("Row 4 has truth 1 and prediction 2");
    expect(() => evaluateClassification(Int32Array.of(-1), Int32Array.of(0), ["x"])).toThrow(RangeError);
  });

  it("does not write to its inputs", () => {
    const [t, p] = [truth.slice(), predicted.slice()];
    evaluateClassification(t, p, Object.freeze(["x", "y", "z"]), quick);
    expect([t, p]).toEqual([truth, predicted]);
  });
});

describe("majorityIndex()", () => {
  it("is the class with the most rows, the first of several", () => {
    expect(majorityIndex(Int32Array.of(0, 0, 0, 1), 2)).toBe(0);
    expect(majorityIndex(Int32Array.of(2, 1), 3)).toBe(1);
  });
});

describe("advantageOver()", () => {
  const truth = Int32Array.from({ length: 200 }, (_, r) => r % 2);
  const wrongEvery = (n: number) => truth.map((label, r) => (r % n === 0 ? 1 - label : label));

  it("is above 0 with its interval where one is right on more rows, and turns round with the predictors", () => {
    const over = advantageOver(truth, [wrongEvery(20), wrongEvery(4)], { classes: 2 });
    expect(over.macroF1).toBeGreaterThan(0.15);
    expect(over.interval95[0]).toBeGreaterThan(0);
    expect(over.mcnemarP).toBeLessThan(1e-6);
    const under = advantageOver(truth, [wrongEvery(4), wrongEvery(20)], { classes: 2 });
    expect([under.macroF1, under.mcnemarP]).toEqual([-over.macroF1, over.mcnemarP]);
  });

  it("is nothing over itself", () => {
    const same = wrongEvery(5);
    const none = advantageOver(truth, [same, same], { classes: 2 });
    expect(none).toMatchObject({ macroF1: 0, mcnemarP: 1 });
    expect(none.interval95[0]).toBeLessThan(0);
    expect(none.interval95[1]).toBeGreaterThan(0);
  });
});

describe("evaluateClassification() of predictions that abstain", () => {
  it("counts rows without a prediction as found for no label, and as predictions of none", () => {
    const truth = Int32Array.of(0, 0, 0, 1, 1, 1);
    const found = evaluateClassification(truth, Int32Array.of(0, 0, -1, 1, 0, -1), ["x", "y"], quick);
    expect(found).toMatchObject({ n: 6, abstained: 2, accuracy: 0.5 });
    expect(found.confusion).toEqual({
      labels: ["x", "y"],
      counts: [
        [2, 0],
        [1, 1],
      ],
      abstained: [1, 1],
    });
    expect(found.perLabel["x"]).toMatchObject({ precision: 2 / 3, recall: 2 / 3, support: 3 });
    expect(found.perLabel["y"]).toMatchObject({ precision: 1, recall: 1 / 3, support: 3 });
    expect(found.macroF1).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
    expect(found.macroRecall).toBeCloseTo(1 / 2, 12);
    expect(found.interval95[1]).toBeLessThanOrEqual(1);
  });

  it("adds nothing where there are none", () => {
    const found = evaluateClassification(Int32Array.of(0, 1), Int32Array.of(0, 1), ["x", "y"], quick);
    expect("abstained" in found || "abstained" in found.confusion).toBe(false);
  });
});
