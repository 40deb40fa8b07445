import { describe, expect, it } from "vitest";
import { strategyScale } from "../../../../../../src/report/html/transfer/sections/strategyChart.js";
import { renderTransferReport } from "../../../../../../src/report/html/transfer/transferReport.js";
import type { StrategyCurve, StrategyPoint } from "../../../../../../src/transfer/curves/record.js";
import { unbalanced } from "../../pageTags.js";
import { richRecord } from "../richRecord.js";
import { sampleRecord } from "../sampleRecord.js";

const point = (n: number, macroF1: number, half = 0.03): StrategyPoint => ({
  n,
  macroF1,
  interval95: [macroF1 - half, macroF1 + half],
  draws: 5,
});

const CURVES: readonly StrategyCurve[] = [
  { strategy: "target", points: [point(16, 0.52), point(64, 0.63), point(256, 0.71)], fit: null },
  { strategy: "source", points: [point(0, 0.66)], fit: null },
  { strategy: "both", points: [point(16, 0.67), point(64, 0.69), point(256, 0.72)], fit: null },
];

describe("curves()", () => {
  const page = renderTransferReport(sampleRecord({ curves: CURVES }));

  it("is the first chapter, well formed, and has every number in the table behind the picture", () => {
    expect(unbalanced(page)).toEqual([]);
    expect(page.indexOf('id="curves"')).toBeLessThan(page.indexOf('id="comparison"'));
    for (const value of ["0.520", "0.630", "0.710", "0.660", "0.670", "0.690", "0.720"]) expect(page).toContain(value);
  });

  it("gives each strategy a mark and dashes of its own", () => {
    const lines = [...page.matchAll(/class="curve" stroke-dasharray="([^"]*)"/g)].map(([, dashes]) => dashes);
    expect(new Set(lines).size).toBe(CURVES.length);
  });

  it("is left out where no curves were measured", () => {
    for (const none of [[], [{ strategy: "target", points: [], fit: null }] as const]) {
      expect(renderTransferReport(sampleRecord({ curves: none }))).not.toContain('id="curves"');
    }
  });
});

describe("strategyScale()", () => {
  it("holds all whiskers and bands that are drawn", () => {
    const { low, high } = strategyScale(CURVES);
    expect([low, high]).toEqual([expect.closeTo(0.4, 9), expect.closeTo(0.8, 9)]);
    const wide = strategyScale(richRecord().curves!);
    for (const { points, fit } of richRecord().curves!.slice(0, 3))
      for (const { interval95 } of [...points, ...(fit?.band ?? [])]) {
        expect(interval95[0]).toBeGreaterThanOrEqual(wide.low - 1e-9);
        expect(interval95[1]).toBeLessThanOrEqual(wide.high + 1e-9);
      }
  });
});
