import { describe, expect, it } from "vitest";
import { balancedShift, shiftPrior } from "../../../src/head/priorShift.js";

describe("shiftPrior()", () => {
  it("gives the posterior under the labels' own shares of one under equal shares", () => {
    // Two labels, 1 : 9. Likelihoods 0.8 and 0.2 under equal shares: 0.8 * 0.1 against 0.2 * 0.9.
    const [first, second] = shiftPrior(Float64Array.of(0.8, 0.2), balancedShift([10, 90]));
    expect(first).toBeCloseTo(0.08 / 0.26, 12);
    expect(second).toBeCloseTo(0.18 / 0.26, 12);
  });

  it("changes nothing where all labels are equally frequent, and is undone by its negative", () => {
    const probabilities = Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.1, 0.8);
    expect([...shiftPrior(probabilities, balancedShift([7, 7, 7]))]).toEqual([...probabilities]);
    const shift = balancedShift([1, 2, 30]);
    const back = shiftPrior(
      shiftPrior(probabilities, shift),
      shift.map((s) => -s),
    );
    back.forEach((p, at) => expect(p).toBeCloseTo(probabilities[at], 12));
  });
});
