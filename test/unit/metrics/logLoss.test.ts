import { describe, expect, it } from "vitest";
import { logLosses } from "../../../src/metrics/logLoss.js";

describe("logLosses", () => {
  it("averages -log of the true label's probability, and is finite at 0", () => {
    const p = Float64Array.of(0.5, 0.5, 0.25, 0.75);
    expect([...logLosses(p, Int32Array.of(0, 1), 2)]).toEqual([-Math.log(0.5), -Math.log(0.75)]);
    expect(logLosses(Float64Array.of(1, 0), Int32Array.of(1), 2)[0]).toBeCloseTo(15 * Math.LN10, 10);
  });
});
