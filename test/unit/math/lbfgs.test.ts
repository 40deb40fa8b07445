import { describe, expect, it } from "vitest";
import { minimize, type PointValue } from "../../../src/math/lbfgs.js";

const rosenbrock = async (p: Float64Array): Promise<PointValue> => {
  let value = 0;
  const gradient = new Float64Array(p.length);
  for (let i = 0; i + 1 < p.length; i++) {
    const [a, b] = [1 - p[i], p[i + 1] - p[i] ** 2];
    value += a * a + 100 * b * b;
    gradient[i] += -2 * a - 400 * p[i] * b;
    gradient[i + 1] += 200 * b;
  }
  return { value, gradient };
};

/** Minimum 3 at (1, 2, .., n); the curvatures go from 1 to 10,000. */
const quadratic = async (p: Float64Array): Promise<PointValue> => {
  const curvature = p.map((_, i) => 10 ** ((4 * i) / Math.max(1, p.length - 1)));
  const gradient = p.map((x, i) => curvature[i] * (x - i - 1));
  return { value: 3 + p.reduce((sum, x, i) => sum + (curvature[i] * (x - i - 1) ** 2) / 2, 0), gradient };
};

describe("minimize", () => {
  it.each([2, 10, 50])("finds the minimum of Rosenbrock's function in %i dimensions", async (n) => {
    const start = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const copy = start.slice();
    const { point, value, converged, gradientMax } = await minimize(rosenbrock, start, { tolerance: 1e-9 });
    expect([converged, gradientMax <= 1e-9]).toEqual([true, true]);
    expect(value).toBeLessThan(1e-15);
    for (const x of point) expect(x).toBeCloseTo(1, 7);
    expect(start).toEqual(copy);
  });

  it("finds the minimum of a stretched quadratic, going down all the way", async () => {
    const { point, value, history, iterations, evaluations } = await minimize(quadratic, new Float64Array(12), {
      tolerance: 1e-8,
    });
    point.forEach((x, i) => expect(x).toBeCloseTo(i + 1, 7));
    expect(value).toBeCloseTo(3, 12);
    expect(history).toHaveLength(iterations);
    expect(evaluations).toBeGreaterThan(iterations);
    expect([...history].sort((a, b) => b - a)).toEqual(history);
  });

  it("stays where it is when it starts at the minimum", async () => {
    const { iterations, evaluations, converged } = await minimize(rosenbrock, Float64Array.of(1, 1, 1));
    expect([iterations, evaluations, converged]).toEqual([0, 1, true]);
  });

  it("ends not converged when the iterations run out, at the best point so far", async () => {
    const start = Float64Array.of(-1.2, 1);
    const { converged, iterations, value } = await minimize(rosenbrock, start, { maxIterations: 5, tolerance: 1e-9 });
    expect([converged, iterations]).toEqual([false, 5]);
    expect(value).toBeLessThan((await rosenbrock(start)).value);
  });

  it("ends not converged, with finite numbers, on a function without minimum", async () => {
    const falling = async (p: Float64Array): Promise<PointValue> => ({ value: -p[0], gradient: Float64Array.of(-1) });
    const { converged, point } = await minimize(falling, new Float64Array(1), { maxIterations: 20 });
    expect([converged, Number.isFinite(point[0])]).toEqual([false, true]);
  });

  it("stops at the rounding of a function that knows few digits", async () => {
    const rough = async (p: Float64Array): Promise<PointValue> => {
      const { value, gradient } = await quadratic(p);
      return { value: Math.fround(value), gradient: gradient.map((g) => g + 1e-4) };
    };
    const { converged, point, evaluations } = await minimize(rough, new Float64Array(5), { tolerance: 1e-12 });
    expect(converged).toBe(false);
    point.forEach((x, i) => expect(x).toBeCloseTo(i + 1, 2));
    expect(evaluations).toBeLessThan(500);
  });

  it("continues by slopes alone where rounding hides the differences of values, given their rounding", async () => {
    const rounded = async (p: Float64Array): Promise<PointValue> => {
      const { value, gradient } = await quadratic(p);
      return { value: Math.fround(value), gradient };
    };
    const run = (rounding: number) => minimize(rounded, new Float64Array(8), { tolerance: 1e-9, rounding });
    const [without, given] = [await run(0), await run(1e-6)];
    expect([without.converged, given.converged]).toEqual([false, true]);
    given.point.forEach((x, i) => expect(x).toBeCloseTo(i + 1, 8));
  });

  it("does not move where the function is not finite", async () => {
    const broken = async (): Promise<PointValue> => ({ value: Number.NaN, gradient: Float64Array.of(1) });
    const { converged, point } = await minimize(broken, Float64Array.of(7));
    expect([converged, point[0]]).toEqual([false, 7]);
    const walled = async (p: Float64Array): Promise<PointValue> => ({
      value: p[0] > 1 ? Number.NaN : (p[0] - 0.9) ** 2,
      gradient: Float64Array.of(p[0] > 1 ? Number.NaN : 2 * (p[0] - 0.9)),
    });
    expect((await minimize(walled, Float64Array.of(-100))).point[0]).toBeCloseTo(0.9, 4);
  });

  it("stops when it is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(minimize(rosenbrock, Float64Array.of(-1.2, 1), { signal })).rejects.toThrow("enough");
  });
});
