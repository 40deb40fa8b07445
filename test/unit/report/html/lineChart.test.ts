import { describe, expect, it } from "vitest";
import { toText } from "../../../../src/report/html/html.js";
import { lineChart, type LineSeries } from "../../../../src/report/html/lineChart.js";
import { unbalanced } from "./pageTags.js";

const look = { color: "target", dashes: "none", mark: "M-5 0h10" } as const;
const OPTIONS = { x: "rows", y: "score", label: 'all of "it"', xText: String };

const near: readonly LineSeries[] = ["first", "second", "third"].map((name, i) => ({
  ...look,
  name,
  points: [
    { x: 25, y: 0.6 },
    { x: 100, y: 0.7 + i / 1000 },
  ],
}));

describe("lineChart()", () => {
  it("begins at 0 rows, goes with their root, and says in words what it shows", () => {
    const chart = toText(lineChart(near, OPTIONS));
    expect(unbalanced(chart)).toEqual([]);
    expect(chart).toContain('role="img" aria-label="all of &quot;it&quot;"');
    expect(chart).toMatch(/d="M50\.00 [\d.]+L100\.00 [\d.]+"/);
    expect(chart).toMatch(/<text x="0\.00%"[^>]*>0<\/text>/);
    expect(chart).toMatch(/<text x="50\.00%"[^>]*>25<\/text>/);
  });

  it("keeps names at the line ends apart and inside, in the order of the lines", () => {
    const found = [...toText(lineChart(near, OPTIONS)).matchAll(/class="line-name" x="100%" y="([\d.]+)%"/g)];
    const heights = found.map(([, y]) => Number(y));
    expect(heights).toHaveLength(3);
    expect(Math.min(heights[1] - heights[0], heights[2] - heights[1])).toBeGreaterThanOrEqual(6.99);
    expect(Math.max(...heights)).toBeLessThanOrEqual(100);
    const names = [...toText(lineChart(near, OPTIONS)).matchAll(/dy="4"\s*>(\w+)<\/text/g)].map(([, name]) => name);
    expect(names.filter((name) => /^[a-z]/.test(name))).toEqual(["third", "second", "first"]);
  });

  it("draws a fit with its area instead of joining the points, and a whisker with both ends for each interval", () => {
    const fit = [
      { x: 25, y: 0.6, interval: [0.55, 0.65] as const },
      { x: 200, y: 0.8, interval: [0.7, 0.9] as const },
    ];
    const points = [{ x: 25, y: 0.61, interval: [0.605, 0.606] as const }];
    const chart = toText(lineChart([{ ...look, name: "one", points, fit }], { ...OPTIONS, measuredTo: 25 }));
    expect(chart.match(/class="band"/g)).toHaveLength(1);
    expect(chart.match(/class="whisker"/g)).toHaveLength(3);
    expect(chart).toMatch(/class="border" x1="35\.36%"/);
    expect(toText(lineChart(near, OPTIONS))).not.toMatch(/class="(band|whisker|border)"/);
  });
});
