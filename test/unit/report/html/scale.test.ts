import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeOn, scaleOver, sideOf, tickText } from "../../../../src/report/html/scale.js";

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });

describe("scaleOver()", () => {
  it("holds every value, stays within what is possible, and has two to seven ticks at equal steps", () => {
    fc.assert(
      fc.property(shares, (values) => {
        const scale = scaleOver(values);
        expect(scale.low).toBeGreaterThanOrEqual(0);
        expect(scale.high).toBeLessThanOrEqual(1);
        for (const value of values) expect(sideOf(scale, value)).toBeUndefined();
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(scale.ticks.length).toBeLessThanOrEqual(7);
        expect(scale.high - scale.low).toBeGreaterThanOrEqual(0.1 - 1e-9);
        expect(new Set(scale.ticks.map((tick) => tickText(scale, tick))).size).toBe(scale.ticks.length);
      }),
    );
  });

  it("shows the range that matters", () => {
    expect(scaleOver([0.74, 0.93])).toMatchObject({ low: expect.closeTo(0.7, 9), high: expect.closeTo(0.95, 9) });
    expect(scaleOver([0, -0.03, 0.08], { within: [-1, 1] }).ticks).toEqual([-0.05, 0, 0.05, 0.1]);
    expect(scaleOver([1]).ticks).toEqual([0.9, 0.92, 0.94, 0.96, 0.98, 1]);
    expect(scaleOver([0]).ticks[0]).toBe(0);
  });
});

describe("placeOn()", () => {
  it("goes from 0 to 1 and no further; sideOf() says which way a value lies", () => {
    const scale = { low: 0.5, high: 0.7, ticks: [0.5, 0.6, 0.7] };
    expect([0.4, 0.5, 0.6, 0.7, 0.9].map((value) => Number(placeOn(scale, value).toFixed(6)))).toEqual([
      0, 0, 0.5, 1, 1,
    ]);
    expect([0.4, 0.6, 0.9].map((value) => sideOf(scale, value))).toEqual(["before", undefined, "after"]);
  });
});

describe("tickText()", () => {
  it("has as many decimals as the steps need, a minus that is one, and no minus before 0", () => {
    expect([0, 0.5, 1].map((tick) => tickText({ low: 0, high: 1, ticks: [0, 0.5, 1] }, tick))).toEqual([
      "0.0",
      "0.5",
      "1.0",
    ]);
    expect(tickText({ low: -0.05, high: 0.05, ticks: [-0.05, 0, 0.05] }, -0.05)).toBe("−0.05");
    expect(tickText({ low: -1, high: 1, ticks: [-1, 0, 1] }, -0)).toBe("0");
  });
});
