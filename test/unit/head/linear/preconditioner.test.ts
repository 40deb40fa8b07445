import { describe, expect, it } from "vitest";
import {
  choleskyInPlace,
  measureCurvature,
  preconditioner,
  solveInPlace,
} from "../../../../src/head/linear/preconditioner.js";
import { minimize } from "../../../../src/math/lbfgs.js";
import { openLogisticProblem } from "../../../../src/head/linear/objective.js";
import { seeded } from "../../../../src/math/random.js";
import { clouds, normal } from "../toyRows.js";

describe("choleskyInPlace() and solveInPlace()", () => {
  it("solve what multiplication gives, and refuse what is not positive definite", () => {
    const [n, random] = [6, seeded(3)];
    const b = Float64Array.from({ length: n * n }, () => normal(random));
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let t = 0; t < n; t++) a[i * n + j] += b[i * n + t] * b[j * n + t];
    const x = Float64Array.from({ length: n }, () => normal(random));
    const right = x.map((_, i) => x.reduce((sum, value, j) => sum + a[i * n + j] * value, 0));
    expect(choleskyInPlace(a, n)).toBe(true);
    solveInPlace(a, right);
    right.forEach((value, i) => expect(value).toBeCloseTo(x[i], 8));
    expect(choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(choleskyInPlace(Float64Array.of(Number.NaN), 1)).toBe(false);
  });
});

describe("preconditioner()", () => {
  it.each([2, 4])(
    "leads L-BFGS at least as low in a quarter of the iterations on uneven columns, %i labels",
    async (labels) => {
      const { x, y } = clouds(300, 6, { classes: labels });
      const numbers = Float64Array.from(x.data, (v, i) => v * 10 ** ((i % 6) - 3) + (i % 6));
      const targets = { y, weights: Float64Array.from(y, (_, r) => 1 + (r % 2)), classes: labels };
      const rows = { rows: 300, cols: 6, targets, threads: 1 };
      const problem = await openLogisticProblem(numbers, rows);
      const curvature = await measureCurvature(numbers, rows);
      const precondition = preconditioner(curvature, { classes: labels, penalty: 1 / problem.total })!;
      const options = { tolerance: 1e-7, maxIterations: 3000, rounding: 1e-13 };
      const start = new Float64Array(problem.size);
      const plain = await minimize(problem.evaluate(1), start, options);
      const guided = await minimize(problem.evaluate(1), start, { ...options, precondition });
      await problem.close();
      expect(guided.converged).toBe(true);
      expect(guided.value).toBeLessThan(plain.value * (1 + 1e-9));
      expect(guided.iterations).toBeLessThan(plain.iterations / 4);
    },
  );
});
