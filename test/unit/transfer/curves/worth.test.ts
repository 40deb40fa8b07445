import { describe, expect, it } from "vitest";
import { worthOf } from "../../../../src/transfer/curves/worth.js";

const curve = [0.6, 0.7, 0.75, 0.78].map((score, i) => ({ n: 16 * 4 ** i, score, error: 0.001 }));

describe("worthOf()", () => {
  it("reads off how many labels more reach the same score, with an interval around it", () => {
    const { at, targetLabels, interval95 } = worthOf(curve, { n: 16, score: 0.7, error: 0.001 });
    expect([at, targetLabels]).toEqual([16, 48]);
    expect(interval95![0]).toBeLessThan(48);
    expect(interval95![1]).toBeGreaterThan(48);
  });

  it("is 0 where the source does not help", () => {
    expect(worthOf(curve, { n: 16, score: 0.5, error: 0.001 }).targetLabels).toBe(0);
  });

  it("claims nothing beyond the rows that were measured", () => {
    expect(worthOf(curve, { n: 16, score: 0.9, error: 0.001 })).toMatchObject({ targetLabels: null, interval95: null });
    const nearTheEnd = worthOf(curve, { n: 16, score: 0.7795, error: 0.01 });
    expect(nearTheEnd.interval95).toBeNull();
  });
});
