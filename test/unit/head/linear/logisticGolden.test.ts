import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { argmax, predictProbabilities } from "../../../../src/head/head.js";
import { fitLogistic } from "../../../../src/head/linear/logistic.js";
import { matrix } from "../../../../src/math/matrix.js";
import { readSafetensors } from "../../../../src/formats/safetensors.js";

/** scikit-learn's LogisticRegression at its minimum; made by scripts/golden/logistic.py. */
interface Case {
  readonly data: string;
  readonly classes: number;
  readonly C: number;
  readonly weighting: "none" | "rows" | "balanced";
  readonly objective: number;
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly predictions: readonly number[];
  readonly smallestMargin: number;
}

const file = (name: string): Buffer => readFileSync(new URL(`../../../golden/logistic/${name}`, import.meta.url));
const tensors = readSafetensors(file("data.safetensors"));
const { labels, cases } = JSON.parse(file("cases.json").toString("utf8")) as {
  readonly labels: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly Case[];
};

describe("fitLogistic() ends where scikit-learn does [D04]", () => {
  it("in 40 cases", () => expect(cases).toHaveLength(40));

  it.each(cases.map((c) => [`${c.data}, C ${c.C}, weighting ${c.weighting}`, c] as const))("%s", async (_, wanted) => {
    const x = tensors.get(`${wanted.data}.x`)!;
    const y = Int32Array.from(labels[wanted.data]);
    const { head, objective, converged } = await fitLogistic(
      matrix(x.shape[0], x.shape[1], x.data as Float32Array),
      y,
      {
        labels: Array.from({ length: wanted.classes }, (_, k) => `class ${k}`),
        C: wanted.C,
        standardize: false,
        tolerance: 1e-11,
        maxIterations: 20_000,
        threads: 1,
        ...(wanted.weighting === "balanced" ? { classWeights: "balanced" } : {}),
        ...(wanted.weighting === "rows"
          ? { sampleWeights: Float64Array.from(tensors.get(`${wanted.data}.rowWeights`)!.data as Float32Array) }
          : {}),
      },
    );
    expect(converged).toBe(true);
    expect(Math.abs(objective / wanted.objective - 1)).toBeLessThan(1e-8);
    const coefficients = [...head.weights.data, ...head.bias];
    const wantedCoefficients = [...wanted.weights.flat(), ...wanted.bias];
    expect(coefficients).toHaveLength(wantedCoefficients.length);
    const worst = Math.max(
      ...coefficients.map((value, i) => Math.abs(value - wantedCoefficients[i]) / Math.max(1, Math.abs(value))),
    );
    expect(worst).toBeLessThan(1e-4);
    const predictions = argmax(
      predictProbabilities(head, matrix(x.shape[0], x.shape[1], x.data as Float32Array)),
      wanted.classes,
    );
    expect([...predictions]).toEqual(wanted.predictions);
  });
});
