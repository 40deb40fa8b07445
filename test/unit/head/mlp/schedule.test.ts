import { describe, expect, it } from "vitest";
import { scheduled } from "../../../../src/head/mlp/mlp.js";

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
