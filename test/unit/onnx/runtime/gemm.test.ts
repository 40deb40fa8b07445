import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { openProducts, type Floats } from "../../../../src/onnx/runtime/gemm.js";

const [rows, cols, k] = [7, 5, 3];
const random = seeded(1);
const drawn = (n: number): Float64Array => Float64Array.from({ length: n }, () => random() - 0.5);
const [x, weights, residuals] = [drawn(rows * cols), drawn(k * cols), drawn(rows * k)];

/** Sum over the middle index, in float64. */
function product(n: number, m: number, inner: number, term: (i: number, j: number, l: number) => number): number[] {
  const result: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let l = 0; l < inner; l++) sum += term(i, j, l);
      result.push(sum);
    }
  }
  return result;
}

const forward = product(rows, k, cols, (r, c, d) => x[r * cols + d] * weights[c * cols + d]);
const backward = product(k, cols, rows, (c, d, r) => residuals[r * k + c] * x[r * cols + d]);

describe.each([
  ["float32", (numbers: Float64Array): Floats => Float32Array.from(numbers), 1e-6],
  ["float64", (numbers: Float64Array): Floats => numbers.slice(), 1e-14],
] as const)("openProducts on %s", (_, convert, tolerance) => {
  it("forward() and backward() are what plain loops give, and write to no input", async () => {
    const data = convert(x);
    const products = await openProducts(data, { rows, cols }, { threads: 2 });
    const [w, r] = [convert(weights), convert(residuals)];
    const results = [await products.forward(w, k), await products.backward(r, k)];
    await products.close();
    [forward, backward].forEach((wanted, i) => {
      expect(results[i].constructor).toBe(data.constructor);
      expect(results[i]).toHaveLength(wanted.length);
      wanted.forEach((value, at) => expect(Math.abs(results[i][at] - value)).toBeLessThan(tolerance));
    });
    expect([data, w, r]).toEqual([convert(x), convert(weights), convert(residuals)]);
  });

  it("reads the data at each product and gives a fresh array each time", async () => {
    const data = convert(x);
    const products = await openProducts(data, { rows, cols });
    const first = await products.forward(convert(weights), k);
    const kept = first.slice();
    data.fill(0);
    const second = await products.forward(convert(weights), k);
    await products.close();
    expect(first).toEqual(kept);
    expect(second.every((value) => value === 0)).toBe(true);
  });
});
