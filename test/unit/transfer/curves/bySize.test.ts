import { describe, expect, it } from "vitest";
import { normal } from "../../../../src/classification/curve/powerLaw.js";
import { seeded, type Random } from "../../../../src/math/random.js";
import { curveShape, differenceAt, verdictsBySize } from "../../../../src/transfer/curves/bySize.js";
import { scoresOf } from "../../../../src/transfer/curves/measure.js";

const TEST_ROWS = 150;
const GROUPS = Int32Array.from({ length: TEST_ROWS }, (_, r) => r);
const TRUTH = GROUPS.map((r) => r % 2);
const SIZES = [16, 32, 64, 128];

/** Scores of five heads of so many rows; each is off by what its rows are, the less the more of them. */
function scoresWith(n: number, margins: Float64Array, { random, better }: { random: Random; better: number }) {
  const predicted = Array.from({ length: 5 }, () => {
    const off = normal(random) / Math.sqrt(n);
    return TRUTH.map((y, r) => Number((y === 1 ? 1 : -1) * (0.8 + better) + margins[r] + off > 0));
  });
  return scoresOf(TRUTH, predicted, 2);
}

/** At each size what two strategies score on the same rows; `better` is what the second has more of. */
function differences(seed: number, better: number) {
  const random = seeded(seed);
  const margins = Float64Array.from({ length: TEST_ROWS }, () => normal(random));
  return SIZES.map((n) => {
    const of = {
      target: scoresWith(n, margins, { random, better: 0 }),
      both: scoresWith(n, margins, { random, better }),
    };
    return differenceAt({ n, share: n / 1e6, of }, GROUPS);
  });
}

describe("verdictsBySize()", () => {
  it("calls a source of no effect at any of the sizes in at most 5 % of 200 runs", () => {
    const called = Array.from({ length: 200 }, (_, i) => verdictsBySize(differences(i + 1, 0))).filter((sizes) =>
      sizes.some(({ call }) => call !== "neutral"),
    );
    expect(called.length).toBeLessThanOrEqual(10);
  });

  it.each([
    ["positive", 0.6],
    ["negative", -0.6],
  ])("calls what is shown %s at every size", (call, better) => {
    expect(verdictsBySize(differences(1, better)).map((at) => at.call)).toEqual(SIZES.map(() => call));
  });
});

describe("curveShape()", () => {
  it("leaves out of the slope's interval what the test rows do alike at both ends", () => {
    const exact = { variance: 1e-8, freedom: 8 };
    const parts = Float64Array.from(GROUPS, (r) => (r % 3 === 0 ? 0.01 : -0.005));
    const at = (n: number) => ({ n, difference: 0.05, training: exact, test: { variance: 0.02, freedom: 100 }, parts });
    const { start, slope } = curveShape([at(16), at(64)], GROUPS)!;
    const width = ({ interval95: [low, high] }: typeof slope): number => high - low;
    expect(slope.difference).toBe(0);
    expect(width(slope)).toBeLessThan(width(start) / 10);
  });

  it("is null for a single size", () => {
    expect(curveShape(differences(1, 0).slice(0, 1), GROUPS)).toBeNull();
  });
});
