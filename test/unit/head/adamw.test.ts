import { describe, expect, it } from "vitest";
import { adamW, scheduled } from "../../../src/head/adamw.js";

describe("adamW", () => {
  it("moves by the rate against the sign of a first gradient, whatever its size", () => {
    const point = Float32Array.of(1, 1, 1);
    adamW(3, { decay: 0 }).step(point, Float32Array.of(1e-3, -5, 0), 0.1);
    [0.9, 1.1, 1].forEach((wanted, i) => expect(point[i]).toBeCloseTo(wanted, 4));
  });

  it("takes away rate times decay of what decays, beside the gradient and not through it", () => {
    const point = Float32Array.of(2, 2);
    const optimizer = adamW(2, { decay: 0.5, decaying: [[0, 1]] });
    for (let step = 0; step < 2; step++) optimizer.step(point, new Float32Array(2), 0.1);
    expect(point[0]).toBeCloseTo(2 * 0.95 ** 2, 5);
    expect(point[1]).toBe(2);
  });

  it("follows the running means of gradients and their squares", () => {
    const point = Float32Array.of(0);
    const optimizer = adamW(1, { decay: 0 });
    const gradients = [1, -3, 2];
    let [mean, square, wanted] = [0, 0, 0];
    gradients.forEach((g, i) => {
      mean = 0.9 * mean + 0.1 * g;
      square = 0.999 * square + 0.001 * g * g;
      wanted -= (0.01 * mean) / (1 - 0.9 ** (i + 1)) / (Math.sqrt(square / (1 - 0.999 ** (i + 1))) + 1e-8);
      optimizer.step(point, Float32Array.of(g), 0.01);
    });
    expect(point[0]).toBeCloseTo(wanted, 6);
  });
});

describe("scheduled", () => {
  it("rises evenly to 1, then stays or falls to 0", () => {
    const at = (schedule: "constant" | "linear" | "cosine", step: number) =>
      scheduled(schedule, { step, total: 24, warmup: 4 });
    expect([0, 1, 3].map((step) => at("cosine", step))).toEqual([0.25, 0.5, 1]);
    expect([4, 14, 24].map((step) => at("linear", step))).toEqual([1, 0.5, 0]);
    [1, 0.5, 0].forEach((wanted, i) => expect(at("cosine", 4 + 10 * i)).toBeCloseTo(wanted, 12));
    expect(at("constant", 24)).toBe(1);
  });
});
