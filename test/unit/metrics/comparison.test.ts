import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { compareEntities, comparePredictions } from "../../../src/metrics/comparison.js";
import { pairedBootstrap } from "../../../src/metrics/paired.js";

const LABELS = ["a", "b", "c"];

/** Predictions that are right so often, of rows whose label is each of `shares` so often. */
function simulated(
  n: number,
  random: () => number,
  { shares, right }: { shares: readonly number[]; right: readonly number[] },
) {
  const draw = (): number => {
    let left = random();
    return Math.max(
      0,
      shares.findIndex((share) => (left -= share) < 0),
    );
  };
  const truth = Int32Array.from({ length: n }, draw);
  const [first, second] = right.map((share) => truth.map((t) => (random() < share ? t : draw())));
  return { truth, first, second };
}

describe("p of pairedBootstrap()", () => {
  it("is the exact share of swaps with a difference as large, where these can be counted", () => {
    // Four rows on which only the first is right: of 16 swaps two give a difference as large.
    const truth = new Int32Array(12).map((_, r) => r % 2);
    const second = truth.map((t, r) => (r < 4 ? 1 - t : t));
    const p = pairedBootstrap(truth, [truth, second], { classes: 2, resamples: 20_000 }).p;
    expect(Math.abs(p - 2 / 16)).toBeLessThan(0.01);
    expect(pairedBootstrap(truth, [second, truth], { classes: 2, resamples: 20_000 }).p).toBeCloseTo(p, 1);
  });

  it("is 1 for equal predictions, and does not depend on the order of the rows", () => {
    const { truth, first, second } = simulated(60, seeded(3), { shares: [0.5, 0.3, 0.2], right: [0.9, 0.6] });
    expect(pairedBootstrap(truth, [first, first], { classes: 3 }).p).toBe(1);
    const back = [truth, first, second].map((own) => own.toReversed());
    const p = pairedBootstrap(truth, [first, second], { classes: 3 }).p;
    expect(pairedBootstrap(back[0], [back[1], back[2]], { classes: 3 }).p).toBe(p);
  });
});

describe("comparePredictions()", () => {
  it("counts where both, one and neither are right, over all rows and by label", () => {
    const truth = Int32Array.of(0, 0, 0, 1, 1, 2);
    const first = Int32Array.of(0, 0, 1, 1, 0, 2);
    const second = Int32Array.of(0, 1, 0, 0, 0, 2);
    const found = comparePredictions(truth, [first, second], LABELS);
    expect(found.agreement).toEqual({ bothRight: 2, onlyFirst: 2, onlySecond: 1, neitherRight: 1 });
    expect(found.perLabel["a"]).toEqual({ bothRight: 1, onlyFirst: 1, onlySecond: 1, neitherRight: 0 });
    expect([found.differing, found.n, found.mcnemar.onlyFirst]).toEqual([3, 6, 2]);
    expect(found.difference).toBeCloseTo(found.macroF1[0].value - found.macroF1[1].value, 12);
    expect(found.accuracyDifference.difference).toBeCloseTo(1 / 6, 12);
  });

  it("gives the opposite for the two in the other order", () => {
    const { truth, first, second } = simulated(300, seeded(5), { shares: [0.5, 0.3, 0.2], right: [0.9, 0.6] });
    const [one, other] = [
      comparePredictions(truth, [first, second], LABELS),
      comparePredictions(truth, [second, first], LABELS),
    ];
    expect([one.call, other.call]).toEqual(["first", "second"]);
    expect(other.difference).toBeCloseTo(-one.difference, 12);
    expect(other.interval95[0]).toBeCloseTo(-one.interval95[1], 1);
  });

  it.each([
    [12, [0.5, 0.5]],
    [40, [0.9, 0.1]],
    [300, [0.6, 0.3, 0.1]],
  ])("calls two predictors of equal skill different in hardly more than 5 %% of cases, on %i rows", (n, shares) => {
    const random = seeded(n);
    let calls = 0;
    for (let trial = 0; trial < 300; trial++) {
      const { truth, first, second } = simulated(n, random, { shares, right: [0.6, 0.6] });
      if (comparePredictions(truth, [first, second], LABELS, { resamples: 200 }).call !== "unknown") calls++;
    }
    // At a rate of 5 % more than 31 of 300 come up in fewer than one case of 10,000.
    expect(calls).toBeLessThanOrEqual(31);
  });

  it("calls a better predictor better in most cases, and refuses no rows at all", () => {
    const random = seeded(9);
    const calls = Array.from({ length: 50 }, () => {
      const { truth, first, second } = simulated(300, random, { shares: [0.6, 0.4], right: [0.9, 0.7] });
      return comparePredictions(truth, [first, second], LABELS, { resamples: 200 }).call;
    });
    expect(calls.filter((call) => call === "first").length).toBeGreaterThan(40);
    expect(calls).not.toContain("second");
    const none = new Int32Array(0);
    expect(() => comparePredictions(none, [none, none], LABELS)).toThrow(
      expect.objectContaining({ code: "E_NO_ROWS" }),
    );
  });
});

describe("compareEntities()", () => {
  it("compares entity F1 over sentences, and calls the one that finds more", () => {
    const all = Array.from({ length: 60 }, () => ({ gold: 2, predicted: 2, correct: 2 }));
    const some = all.map((counts, s) => (s % 3 === 0 ? { ...counts, correct: 1 } : counts));
    const found = compareEntities([all, some]);
    expect(found).toMatchObject({ n: 60, metric: "entityF1", call: "first" });
    expect(found.difference).toBeCloseTo(1 / 6, 12);
    expect(compareEntities([some, all]).call).toBe("second");
    expect(compareEntities([some, some])).toMatchObject({ call: "unknown", difference: 0, randomizationP: 1 });
    // Two sentences say nothing.
    expect(compareEntities([all.slice(0, 2), some.slice(0, 2)]).call).toBe("unknown");
  });
});
