import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { correlation, lostAgreement, type TwoViews } from "../../../../src/transfer/forecast/lostAgreement.js";

/** Probabilities of two models whose scores share a part; with `noise` 0 they say the same. */
function views(rows: number, classes: number, { noise, seed }: { noise: number; seed: number }): TwoViews {
  const random = seeded(seed);
  const scores = Float64Array.from({ length: rows * classes }, () => 4 * (random() - 0.5));
  const soft = (values: Float64Array): Float64Array => {
    const exp = values.map(Math.exp);
    return exp.map((value, at) => {
      const start = at - (at % classes);
      return value / exp.subarray(start, start + classes).reduce((sum, one) => sum + one, 0);
    });
  };
  return { head: soft(scores), bagOfWords: soft(scores.map((s) => s + noise * 8 * (random() - 0.5))) };
}

describe("lostAgreement()", () => {
  it.each([2, 3, 5])(
    "is 0 where nothing changes, more the more the two part, and never above 1 (%i labels)",
    (classes) => {
      const home = views(400, classes, { noise: 0.2, seed: 1 });
      expect(lostAgreement(home, home, classes)).toBe(0);
      const lost = [0.2, 0.6, 1.5, 6].map((noise) =>
        lostAgreement(home, views(400, classes, { noise, seed: 2 }), classes),
      );
      expect(lost).toEqual(lost.toSorted((a, b) => a - b));
      expect(lost[0]).toBeLessThan(0.05);
      expect(lost[3]).toBeGreaterThan(0.7);
    },
  );

  it("is 1 where the bag of words says the opposite on the target", () => {
    const home = views(50, 2, { noise: 0.2, seed: 5 });
    const turned = { head: home.head, bagOfWords: home.bagOfWords.map((_, at) => home.bagOfWords[at ^ 1]) };
    expect(lostAgreement(home, turned, 2)).toBe(1);
  });

  it("is 1 where the bag of words says the same of every row, in-domain or on the target", () => {
    const home = views(50, 2, { noise: 0, seed: 3 });
    const blank = { head: home.head, bagOfWords: new Float64Array(100).fill(0.5) };
    expect(lostAgreement(home, blank, 2)).toBe(1);
    expect(lostAgreement(blank, home, 2)).toBe(1);
    expect(lostAgreement(blank, blank, 2)).toBe(1);
  });
});

describe("correlation()", () => {
  it("is that of the log odds with two labels", () => {
    const { head, bagOfWords } = views(60, 2, { noise: 0.5, seed: 4 });
    const odds = (p: Float64Array): Float64Array =>
      p.filter((_, at) => at % 2 === 1).map((x) => Math.log(x) - Math.log(1 - x));
    const [a, b] = [odds(head), odds(bagOfWords)];
    const mean = (x: Float64Array): number => x.reduce((sum, value) => sum + value, 0) / x.length;
    const products = (x: Float64Array, y: Float64Array): number =>
      mean(x.map((value, i) => (value - mean(x)) * (y[i] - mean(y))));
    expect(correlation({ head, bagOfWords }, 2)).toBeCloseTo(
      products(a, b) / Math.sqrt(products(a, a) * products(b, b)),
      10,
    );
  });
});
