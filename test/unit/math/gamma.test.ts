import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { drawGamma } from "../../../src/math/gamma.js";

describe("drawGamma()", () => {
  it.each([0.25, 1, 3, 200])("has the mean and the variance of the distribution for shape %f", (shape) => {
    const random = seeded(11);
    const draws = Array.from({ length: 20_000 }, () => drawGamma(shape, random));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / draws.length));
    // The variance of the squares is 6 shape + 2 shape^2.
    expect(Math.abs(variance - shape)).toBeLessThan(5 * Math.sqrt((6 * shape + 2 * shape ** 2) / draws.length));
  });

  it("is 0 for shape 0", () => expect(drawGamma(0, seeded(1))).toBe(0));
});
