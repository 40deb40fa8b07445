import { describe, expect, it } from "vitest";
import { roundTogether } from "../../../../src/onnx/quantize/int8Rounding.js";
import { seeded } from "../../../../src/math/random.js";

const [rows, cols, most] = [12, 5, 64];
const random = seeded(1);
const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
const data = Float32Array.from({ length: rows * cols }, normal);
const scale = new Float32Array(cols).fill(0.25);

/** The sum of x x' over made-up inputs; with `shared`, all columns of an input have much in common. */
function momentsOf({ shared }: { readonly shared: number }): Float64Array {
  const sums = new Float64Array(rows * rows);
  for (let n = 0; n < 200; n++) {
    const common = shared * normal();
    const x = Array.from({ length: rows }, () => common + normal());
    for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) sums[i * rows + j] += x[i] * x[j];
  }
  return sums;
}

/** Squared error of the products with inputs of these moments. */
function errorOf(steps: Int8Array, moments: Float64Array): number {
  let error = 0;
  for (let c = 0; c < cols; c++) {
    const d = Array.from({ length: rows }, (_, r) => data[r * cols + c] - steps[r * cols + c] * scale[c]);
    for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) error += d[i] * moments[i * rows + j] * d[j];
  }
  return error;
}

const nearest = Int8Array.from(data, (w, i) => Math.round(w / scale[i % cols]));

describe("roundTogether", () => {
  it("rounds each weight to the nearest where the inputs' columns have nothing in common", () => {
    const moments = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) moments[i * rows + i] = 1 + i;
    expect(roundTogether({ rows, cols, data }, { scale, moments, most })).toEqual(nearest);
  });

  it("leaves far less error in the products where they have", () => {
    const moments = momentsOf({ shared: 3 });
    const steps = roundTogether({ rows, cols, data }, { scale, moments, most });
    expect(errorOf(steps, moments)).toBeLessThan(errorOf(nearest, moments) / 3);
    steps.forEach((step, i) => expect(Math.abs(step - nearest[i])).toBeLessThan(12));
  });

  it("stays within the steps there are, and does without inputs that were never seen", () => {
    const few = roundTogether({ rows, cols, data }, { scale, moments: momentsOf({ shared: 3 }), most: 3 });
    expect(few.every((step) => Math.abs(step) <= 3)).toBe(true);
    const unseen = roundTogether({ rows, cols, data }, { scale, moments: new Float64Array(rows * rows), most });
    expect(unseen).toEqual(nearest);
  });
});
