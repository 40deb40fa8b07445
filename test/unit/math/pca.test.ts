import { describe, expect, it } from "vitest";
import { principalAxes } from "../../../src/math/pca.js";
import { seeded } from "../../../src/math/random.js";

describe("principalAxes()", () => {
  it("gives a known decomposition: [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, -1)", () => {
    const { axes, variances } = principalAxes(Float64Array.of(2, 1, 1, 2), 2);
    const half = Math.SQRT1_2;
    expect([...variances].map((v) => +v.toFixed(12))).toEqual([3, 1]);
    expect([...axes.subarray(0, 2)].map((v) => +v.toFixed(12))).toEqual([half, half].map((v) => +v.toFixed(12)));
    expect([...axes.subarray(2)].map((v) => Math.abs(+v.toFixed(12)))).toEqual([half, half].map((v) => +v.toFixed(12)));
    expect(axes[2] * axes[3]).toBeLessThan(0);
  });

  it("gives orthonormal axes that rebuild any covariance, variances falling, the largest component positive", () => {
    const random = seeded(3);
    const cols = 12;
    const points = Float64Array.from({ length: 40 * cols }, (_, i) => (random() - 0.5) * ((i % cols) + 1));
    const covariance = new Float64Array(cols * cols);
    for (let r = 0; r < 40; r++)
      for (let a = 0; a < cols; a++)
        for (let b = 0; b < cols; b++) covariance[a * cols + b] += points[r * cols + a] * points[r * cols + b];
    const { axes, variances } = principalAxes(covariance, cols);
    const at = (axis: number): Float64Array => axes.subarray(axis * cols, (axis + 1) * cols);
    expect([...variances]).toEqual([...variances].sort((a, b) => b - a));
    for (let a = 0; a < cols; a++) {
      for (let b = 0; b < cols; b++) {
        const dot = at(a).reduce((sum, x, d) => sum + x * at(b)[d], 0);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
        const rebuilt = variances.reduce((sum, v, axis) => sum + v * at(axis)[a] * at(axis)[b], 0);
        expect(rebuilt).toBeCloseTo(covariance[a * cols + b], 8);
      }
      expect(Math.max(...at(a))).toBe(Math.max(...at(a).map(Math.abs)));
    }
  });

  it("refuses a covariance of another size", () => {
    expect(() => principalAxes(new Float64Array(5), 2)).toThrow(RangeError);
  });
});
