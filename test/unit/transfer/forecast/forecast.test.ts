import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { accuracyOf, type JudgedPredictions } from "../../../../src/transfer/forecast/confidence.js";
import { forecastAccuracy, type ForecastData } from "../../../../src/transfer/forecast/forecast.js";

/** Rows of a calibrated head whose log odds spread by so much: where less, it is less sure and less often right. */
function rowsOf(n: number, spread: number, seed: number): JudgedPredictions {
  const random = seeded(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const p = Float64Array.from({ length: n }, () => 1 / (1 + Math.exp(-spread * normal())));
  const predicted = Int32Array.from(p, (yes) => Number(yes > 0.5));
  const truth = Int32Array.from(p, (yes) => Number(random() < yes));
  return { predicted, truth, confidence: p.map((yes) => Math.max(yes, 1 - yes)) };
}

function dataOf(n: { held: number; target: number }, more: Partial<ForecastData> = {}): ForecastData {
  const [held, target] = [rowsOf(n.held, 3, 1), rowsOf(n.target, 1.5, 2)];
  return { held, target, lost: 0.2, labels: ["no", "yes"], n, ...more };
}

const width = (data: ForecastData): number => {
  const [low, high] = forecastAccuracy(data).interval95;
  return high - low;
};

describe("forecastAccuracy()", () => {
  it("contains the truth in 95 % of draws or more where the head is less sure of the target and knows it", () => {
    let inside = 0;
    for (let draw = 1; draw <= 100; draw++) {
      const [held, target] = [rowsOf(600, 3, 2 * draw), rowsOf(400, 1.5, 2 * draw + 1)];
      const data = { held, target, lost: 0.3, labels: ["no", "yes"], n: { held: 600, target: 400 } };
      const [low, high] = forecastAccuracy(data).interval95;
      const truth = accuracyOf(target);
      if (low <= truth && truth <= high) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(95);
  });

  it("is less certain with fewer rows on either side, and the less the head and a bag of words still agree", () => {
    const n = { held: 2000, target: 2000 };
    const usual = width(dataOf(n));
    expect(width({ ...dataOf(n), n: { held: 2000, target: 50 } })).toBeGreaterThan(usual);
    expect(width({ ...dataOf(n), n: { held: 50, target: 2000 } })).toBeGreaterThan(usual);
    expect(width(dataOf(n, { lost: 0.9 }))).toBeGreaterThan(usual);
    expect(width(dataOf(n, { lost: 0 }))).toBeLessThan(usual);
  });

  it("does not look at the truth, and stays between 0 and 1 with an interval that holds it", () => {
    const data = dataOf({ held: 60, target: 40 });
    const { truth, ...forecast } = forecastAccuracy({ ...data, truth: 0.1 });
    const { truth: none, ...without } = forecastAccuracy(data);
    expect([truth, none]).toEqual([0.1, null]);
    expect(forecast).toEqual(without);
    for (const spread of [0.1, 1, 30]) {
      const target = rowsOf(5, spread, 7);
      const { accuracy, interval95 } = forecastAccuracy(dataOf({ held: 20, target: 5 }, { target, lost: 1 }));
      const all = [0, interval95[0], accuracy, interval95[1], 1];
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect(interval95[1]).toBeGreaterThan(interval95[0]);
    }
  });

  it("has no lower end, and says why, where nearly all rows are given one label as they are not in-domain", () => {
    const data = dataOf({ held: 400, target: 400 });
    expect(forecastAccuracy(data).doubt).toBeNull();
    const most = data.target.predicted.map((label, r) => (r % 20 === 0 ? label : 1));
    const { interval95, doubt, accuracy } = forecastAccuracy({ ...data, target: { ...data.target, predicted: most } });
    expect(interval95[0]).toBe(0);
    expect(accuracy).toBe(forecastAccuracy(data).accuracy);
    expect(doubt).toMatch(/^the head gives 9\d\s% of the target's rows the label "yes" \(in-domain \d\d\s%\)/);
    // A head that gives its own domain's rows one label just as often says nothing new on the target.
    const held = { ...data.held, predicted: data.held.predicted.map((label, r) => (r % 20 === 0 ? label : 1)) };
    expect(forecastAccuracy({ ...data, held, target: { ...data.target, predicted: most } }).doubt).toBeNull();
    const always = { ...held, predicted: held.predicted.map(() => 1) };
    expect(forecastAccuracy({ ...data, held: always }).doubt).not.toBeNull();
  });

  it("names what every single method says, its own among them", () => {
    const { accuracy, method, methods } = forecastAccuracy(dataOf({ held: 500, target: 500 }));
    expect(methods.find(({ name }) => name === method)).toEqual({ name: method, accuracy });
    expect(methods.length).toBe(4);
  });
});
