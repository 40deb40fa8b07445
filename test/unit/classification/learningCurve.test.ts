import { describe, expect, it } from "vitest";
import { drawRows } from "../../../src/classification/curve/drawRows.js";
import { fewShotScores, learningCurve } from "../../../src/classification/curve/learningCurve.js";
import { errorAt, fitPowerLaw, forecastGain } from "../../../src/classification/curve/powerLaw.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { seeded } from "../../../src/math/random.js";
import { toyVectors } from "./toyVectors.js";

const labels = ["bad", "good"];
const toy = toyVectors(90, { copies: 3 });
const noisy = toyVectors(160, { distance: 0.5 });
const HOW = { labels, classWeights: "none", seed: 1, threads: 1, draws: 3 } as const;

describe("drawRows()", () => {
  it("draws so many different texts of each label, and leaves out the copies of these", () => {
    const { drawn, others } = drawRows(toy, { perLabel: 4 }, { seed: 3, labels });
    expect(drawn).toHaveLength(8);
    expect(new Set(Array.from(drawn, (r) => toy.texts[r])).size).toBe(8);
    expect(Array.from(drawn).filter((r) => toy.labels[r] === "bad")).toHaveLength(4);
    expect(others).toHaveLength(90 - 3 * 8);
    expect(drawRows(toy, { perLabel: 4 }, { seed: 4, labels }).drawn).not.toEqual(drawn);
  });

  it("gives no more than there is: all texts with rows to score on, else all but a fifth", () => {
    // 15 different texts of each label.
    expect(drawRows(toy, { perLabel: 99 }, { seed: 1, labels, leaving: false }).drawn).toHaveLength(30);
    expect(drawRows(toy, { perLabel: 99 }, { seed: 1, labels }).drawn).toHaveLength(24);
  });

  it("draws a share of all rows, each label in proportion", () => {
    const { drawn, others, share } = drawRows(noisy, { of: 0.25 }, { seed: 1, labels });
    expect([drawn.length, others.length]).toEqual([40, 120]);
    expect(share).toBeCloseTo(0.25, 6);
  });
});

describe("learningCurve()", () => {
  it("scores draws of each size, says where another head lies, and repeats for the same seed", async () => {
    const curve = await learningCurve(noisy, { ...HOW, perLabel: [40, 2] });
    expect(curve.points.map(({ rows, perLabel, draws }) => [rows, perLabel, draws])).toEqual([
      [4, 2, 3],
      [80, 40, 3],
    ]);
    for (const { macroF1, band95 } of curve.points) {
      expect(band95[0]).toBeLessThanOrEqual(macroF1.lowest);
      expect(band95[1]).toBeGreaterThanOrEqual(macroF1.highest);
    }
    expect(curve.points[1].macroF1.mean).toBeGreaterThan(curve.points[0].macroF1.mean);
    expect(curve.forecast).toBeNull();
    expect(curve.says).toContain("cannot say");
    expect(fewShotScores(curve).map(({ perLabel, seeds }) => [perLabel, seeds])).toEqual([
      [2, 3],
      [40, 3],
    ]);
    expect(await learningCurve(noisy, { ...HOW, perLabel: [2, 40] })).toEqual(curve);
  });

  it("counts sizes that the rows cannot fill once", async () => {
    const { points, says } = await learningCurve(toyVectors(20), { ...HOW, perLabel: [2, 8, 16, 32] });
    expect(points.map(({ rows }) => rows)).toEqual([4, 16, 16, 16]);
    expect(says).toMatch(/^2 sizes of draws cannot say/u);
  });

  it("forecasts no further than twice the rows, by four sizes or more", async () => {
    const { points, forecast, says } = await learningCurve(noisy, HOW);
    expect(points.map(({ rows }) => rows)).toEqual([10, 20, 40, 80, 128]);
    expect(forecast).toMatchObject({ rows: 160, more: 160 });
    expect(forecast!.interval95[0]).toBeGreaterThanOrEqual(0);
    expect(says).toContain("160 more rows like these");
  });

  it("trains on draws that lack a label, or have one text of each", async () => {
    const few = toyVectors(21, { labels: ["bad", "good", "odd"] });
    const rare = { ...few, labels: few.labels.map((label, r) => (label === "odd" && r > 5 ? "good" : label)) };
    const { points } = await learningCurve(rare, { ...HOW, labels: ["bad", "good", "odd"], perLabel: [1, 2, 4] });
    expect(points).toHaveLength(3);
    for (const { macroF1 } of points) expect(macroF1.mean).toBeGreaterThan(0);
    const trained = await trainClassifier(rare, { threads: 1, Cs: [0.1, 1], fewShot: [1, 4] });
    expect(trained.fewShot.map(({ perLabel }) => perLabel)).toEqual([1, 4]);
    expect(trained.learningCurve?.points).toHaveLength(2);
  });

  it("has a band that a head trained on other rows falls into in most cases", async () => {
    const test = toyVectors(2000, { distance: 0.6, seed: 99 });
    let [bands, covered] = [0, 0];
    for (let trial = 1; trial <= 10; trial++) {
      const data = toyVectors(80, { distance: 0.6, seed: trial });
      const curve = await learningCurve(data, { ...HOW, perLabel: [15] });
      const other = toyVectors(30, { distance: 0.6, seed: 1000 + trial });
      const { dev } = await trainClassifier(other, { threads: 1, Cs: [0.1], dev: test });
      const [low, high] = curve.points[0].band95;
      bands++;
      if (dev.macroF1 >= low && dev.macroF1 <= high) covered++;
    }
    // At 95 % fewer than 6 of 10 come up in less than one case of 10,000.
    expect(covered / bands).toBeGreaterThanOrEqual(6 / 10);
  }, 60_000);
});

describe("forecastGain()", () => {
  const law = { a: 0.1, b: 1, c: 0.5 };
  const sizes = [10, 20, 40, 80, 160];

  it("finds the law that points without errors follow", () => {
    const points = sizes.map((rows) => ({ rows, error: errorAt(law, rows), deviation: 0.001, degrees: 4 }));
    const found = fitPowerLaw(points);
    expect(found.a).toBeCloseTo(0.1, 6);
    expect(found.b).toBeCloseTo(1, 6);
    expect(found.c).toBeCloseTo(0.5, 6);
    expect(forecastGain(points, { from: 160, to: 320 }).gain).toBeCloseTo(errorAt(law, 160) - errorAt(law, 320), 6);
  });

  it("has an interval that contains the true gain in most cases, and says nothing is gained on a flat curve", () => {
    const random = seeded(4);
    const gain = errorAt(law, 160) - errorAt(law, 320);
    let covered = 0;
    for (let trial = 0; trial < 40; trial++) {
      const points = sizes.map((rows) => {
        const noise = Array.from({ length: 12 }, random).reduce((sum, u) => sum + u, -6);
        return { rows, error: errorAt(law, rows) + 0.01 * noise, deviation: 0.01, degrees: 4 };
      });
      const [low, high] = forecastGain(points, { from: 160, to: 320, seed: trial }).interval95;
      if (low <= gain && gain <= high) covered++;
    }
    // At 95 % fewer than 31 of 40 come up in less than one case of 10,000.
    expect(covered).toBeGreaterThanOrEqual(31);
    const flat = sizes.map((rows) => ({ rows, error: 0.3, deviation: 0.001, degrees: 4 }));
    expect(forecastGain(flat, { from: 160, to: 320 }).gain).toBeCloseTo(0, 6);
  });
});
