import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import {
  calibratedScore,
  fitScoreCalibration,
  type JudgedScores,
  type ScoreCalibration,
} from "../../../../src/tagging/model/scoreCalibration.js";

const IDENTITY = { a: 1, b: 1, shift: 0 };
const GRID = [0, 1e-12, 1e-6, 0.01, 0.2, 0.5, 0.7, 0.9, 0.999, 1 - 1e-7, 1];

/** Scores that are `how` of the probability that their entity is right, which is even over [0.02, 0.98]. */
function drawn(n: number, how: (p: number) => number, seed = 1): JudgedScores & { readonly p: Float64Array } {
  const random = seeded(seed);
  const p = Float64Array.from({ length: n }, () => 0.02 + 0.96 * random());
  return { p, scores: p.map(how), right: Uint8Array.from(p, (own) => (random() < own ? 1 : 0)) };
}

const gaps = (calibration: ScoreCalibration, { scores, p }: ReturnType<typeof drawn>): number[] =>
  [...scores].map((score, i) => Math.abs(calibratedScore(calibration, score) - p[i]));

describe("calibratedScore()", () => {
  it("leaves every score as it is with a = b = 1 and no shift", () => {
    for (const score of GRID) expect(calibratedScore(IDENTITY, score)).toBeCloseTo(score, 8);
  });

  it.each([
    { a: 0.02, b: 9, shift: -3 },
    { a: 3, b: 0.1, shift: 2 },
    { a: 0.5, b: 0.5, shift: 0 },
  ])("gives probabilities that never fall where the score rises: %o", (calibration) => {
    const values = GRID.map((score) => calibratedScore(calibration, score));
    expect(values).toEqual(values.toSorted((x, y) => x - y));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    const inner = values.slice(2, -2);
    expect(new Set(inner).size).toBe(inner.length);
  });
});

describe("fitScoreCalibration()", () => {
  it("finds the map by which scores were distorted, whichever way", async () => {
    for (const truth of [
      { a: 0.4, b: 0.4, shift: -0.3 },
      { a: 1.8, b: 0.3, shift: 0.4 },
      { a: 2, b: 2, shift: 0 },
    ]) {
      const random = seeded(3);
      const scores = Float64Array.from({ length: 20_000 }, () => 0.01 + 0.98 * random());
      const right = Uint8Array.from(scores, (score) => (random() < calibratedScore(truth, score) ? 1 : 0));
      const found = await fitScoreCalibration({ scores, right });
      for (const score of [0.05, 0.2, 0.5, 0.8, 0.95])
        expect(Math.abs(calibratedScore(found, score) - calibratedScore(truth, score))).toBeLessThan(0.03);
    }
  });

  it("changes scores that are probabilities by little, and by nothing where there are none", async () => {
    expect(await fitScoreCalibration({ scores: new Float64Array(0), right: new Uint8Array(0) })).toEqual(IDENTITY);
    const many = drawn(20_000, (p) => p);
    expect(Math.max(...gaps(await fitScoreCalibration(many), many))).toBeLessThan(0.03);
  });

  it("is certain of nothing because a few entities are all right, or all wrong", async () => {
    for (const right of [0, 1]) {
      const found = await fitScoreCalibration({
        scores: Float64Array.of(0.9, 0.9, 0.9),
        right: Uint8Array.of(right, right, right),
      });
      expect(calibratedScore(found, 0.9)).toBeGreaterThan(0.2);
      expect(calibratedScore(found, 0.9)).toBeLessThan(0.99);
    }
  });

  it("keeps the order of scores even where the higher ones are wrong more often", async () => {
    const { scores, right } = drawn(2_000, (p) => 1 - p);
    const found = await fitScoreCalibration({ scores, right });
    const values = GRID.slice(2, -2).map((score) => calibratedScore(found, score));
    expect(values.every((value, i) => i === 0 || value > values[i - 1])).toBe(true);
  });

  it("is finite for scores of 0 and 1 that are wrong", async () => {
    const found = await fitScoreCalibration({ scores: Float64Array.of(0, 1, 0, 1), right: Uint8Array.of(1, 0, 1, 0) });
    for (const value of Object.values(found)) expect(Number.isFinite(value)).toBe(true);
  });
});
