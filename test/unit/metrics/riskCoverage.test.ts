import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointAt, riskCoverage } from "../../../src/metrics/riskCoverage.js";

describe("riskCoverage()", () => {
  it("adds up by hand: one wrong prediction at the end, and at the start", () => {
    const confidence = Float64Array.of(0.9, 0.8, 0.7, 0.6);
    expect(riskCoverage(confidence, Uint8Array.of(1, 1, 1, 0)).aurc).toBeCloseTo(1 / 4 / 4, 12);
    const { aurc, curve } = riskCoverage(confidence, Uint8Array.of(0, 1, 1, 1));
    expect(aurc).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 12);
    expect(curve).toHaveLength(4);
    expect(curve[1]).toEqual({ coverage: 0.5, risk: 0.5, threshold: 0.8 });
    expect(pointAt(curve, 0.6)).toBe(curve[1]);
    expect(pointAt(curve, 0.1)).toBe(curve[0]);
  });

  it("does not depend on the order of rows, ties kept together; without a difference it is the error rate", () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1 })), { minLength: 1 });
    const of = (list: readonly [number, number][]) =>
      riskCoverage(
        Float64Array.from(list, ([c]) => c / 4),
        Uint8Array.from(list, ([, right]) => right),
      );
    fc.assert(
      fc.property(rows, (list) => {
        const result = of(list);
        expect(of([...list].reverse())).toEqual(result);
        expect(result.curve.at(-1)?.coverage).toBe(1);
        const errors = list.filter(([, right]) => right === 0).length / list.length;
        expect(result.curve.at(-1)?.risk).toBeCloseTo(errors, 12);
        expect(of(list.map(([, right]) => [1, right])).aurc).toBeCloseTo(errors, 12);
      }),
    );
    expect(riskCoverage(new Float64Array(0), new Uint8Array(0))).toEqual({ n: 0, aurc: 0, curve: [] });
  });
});
