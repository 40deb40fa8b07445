import { describe, expect, it } from "vitest";
import { balancedWeights, logLossInto, logitCount } from "../../../../src/head/linear/logisticLoss.js";
import { openLogisticProblem } from "../../../../src/head/linear/objective.js";
import { seeded } from "../../../../src/math/random.js";
import { clouds, normal } from "../toyRows.js";

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);

describe("logLossInto", () => {
  it("sums weight times -log p and writes weight times (p - truth), for one logit and for several", () => {
    const [p0, p1] = [1 / (1 + Math.exp(-0.7)), 1 / (1 + Math.exp(1.1))];
    const two = new Float64Array(2);
    const targets = { y: Int32Array.of(1, 0), weights: Float64Array.of(2, 3), classes: 2 };
    expect(logLossInto(two, Float64Array.of(0.7, -1.1), targets)).toBeCloseTo(
      -2 * Math.log(p0) - 3 * Math.log(1 - p1),
      14,
    );
    expect(two[0]).toBeCloseTo(2 * (p0 - 1), 14);
    expect(two[1]).toBeCloseTo(3 * p1, 14);

    const three = new Float64Array(3);
    const logits = Float64Array.of(Math.log(1), Math.log(2), Math.log(5));
    expect(logLossInto(three, logits, { y: Int32Array.of(1), weights: ones(1), classes: 3 })).toBeCloseTo(
      Math.log(4),
      14,
    );
    [1 / 8, 2 / 8 - 1, 5 / 8].forEach((value, c) => expect(three[c]).toBeCloseTo(value, 14));
  });

  it.each([2, 3])("is finite and exact at logits of ±10,000 with %i labels [D03]", (labels) => {
    const k = logitCount(labels);
    const residuals = new Float64Array(2 * k);
    const logits = Float64Array.from({ length: 2 * k }, (_, i) => (i % k === 0 ? 1e4 : -1e4));
    const targets = { y: Int32Array.of(labels === 2 ? 1 : 0, labels === 2 ? 0 : 1), weights: ones(2), classes: labels };
    expect(logLossInto(residuals, logits, targets)).toBe(labels === 2 ? 1e4 : 2e4);
    expect(residuals.every(Number.isFinite)).toBe(true);
    expect(Math.abs(residuals[0])).toBe(0);
  });

  it("gives residuals of a row that sum to 0 over several labels", () => {
    const residuals = new Float64Array(4);
    logLossInto(residuals, Float64Array.of(3, -2, 0.5, 9), { y: Int32Array.of(2), weights: ones(1), classes: 4 });
    expect(residuals.reduce((a, b) => a + b)).toBeCloseTo(0, 15);
  });
});

describe("openLogisticProblem() in float64", () => {
  it.each([2, 3, 5])("has the gradient that central differences give, with %i labels [D02]", async (classes) => {
    const { x, y } = clouds(14, 4, { classes });
    const random = seeded(classes);
    const targets = { y, weights: Float64Array.from(y, () => 3 * random()), classes };
    const problem = await openLogisticProblem(Float64Array.from(x.data), { rows: 14, cols: 4, targets, threads: 1 });
    let worst = 0;
    for (const C of [1e-6, 1, 1e6]) {
      const evaluate = problem.evaluate(C);
      for (let trial = 0; trial < 4; trial++) {
        const point = Float64Array.from({ length: problem.size }, () => normal(random));
        const { gradient } = await evaluate(point);
        const scale = Math.max(...gradient.map(Math.abs));
        for (let i = 0; i < point.length; i++) {
          const h = 1e-5 * Math.max(1, Math.abs(point[i]));
          const at = async (shift: number): Promise<number> => (await evaluate(point.with(i, point[i] + shift))).value;
          const finite = ((await at(h)) - (await at(-h))) / (2 * h);
          worst = Math.max(worst, Math.abs(finite - gradient[i]) / scale);
        }
      }
    }
    await problem.close();
    expect(worst).toBeLessThan(1e-6);
  });

  it("leaves biases out of the penalty", async () => {
    const { x, y } = clouds(6, 2);
    const targets = { y, weights: ones(6), classes: 2 };
    const problem = await openLogisticProblem(Float64Array.from(x.data), { rows: 6, cols: 2, targets });
    const [weak, strong] = [problem.evaluate(1), problem.evaluate(1e-3)];
    const bias = Float64Array.of(0, 0, 5);
    expect((await strong(bias)).value).toBe((await weak(bias)).value);
    const weight = Float64Array.of(1, 0, 5);
    // Half a squared norm of 1, over C and the six rows.
    expect((await strong(weight)).value - (await weak(weight)).value).toBeCloseTo((1000 - 1) / 2 / 6, 10);
    await problem.close();
  });
});

describe("balancedWeights", () => {
  it("gives every label the same total and keeps the whole, rows' own weights counted", () => {
    const y = Int32Array.of(0, 0, 0, 1, 2, 2);
    expect([...balancedWeights(y, ones(6), 3)]).toEqual([2 / 3, 2 / 3, 2 / 3, 2, 1, 1]);
    const own = Float64Array.of(1, 0, 2, 5, 0.5, 0.5);
    const weights = balancedWeights(y, own, 3);
    for (const label of [0, 1, 2])
      expect(weights.filter((_, r) => y[r] === label).reduce((a, b) => a + b)).toBeCloseTo(3, 14);
    expect([weights[1], weights[2] / weights[0]]).toEqual([0, 2]);
  });
});
