import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { seeded } from "../../../../src/math/random.js";
import { scorePredictions } from "../../../../src/metrics/classification.js";
import { rowsToMeasure } from "../../../../src/transfer/ranking/vectorMeasures.js";
import { scoreOfBest } from "../../../../src/transfer/ranking/scoreOfBest.js";
import { matrix, type Matrix } from "../../../../src/math/matrix.js";
import { hScore } from "../../../../src/transfer/ranking/hScore.js";
import { leep } from "../../../../src/transfer/ranking/leep.js";
import { logMe } from "../../../../src/transfer/ranking/logMe.js";
import { neighborScore } from "../../../../src/transfer/ranking/neighborScore.js";
import { rankCorrelation } from "../../../../src/transfer/ranking/rankCorrelation.js";

interface Golden {
  readonly scores: readonly {
    readonly x: readonly number[][];
    readonly y: readonly number[];
    readonly classes: number;
    readonly probabilities: readonly number[][];
    readonly logMe: number;
    readonly leep: number;
    readonly hScore: number;
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../../../golden/ranking.json", import.meta.url), "utf8")) as Golden;

const rowsOf = (rows: readonly number[][]): Matrix =>
  matrix(rows.length, rows[0].length, Float32Array.from(rows.flat()));
const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.abs(wanted);

describe.each(golden.scores)("a labeled set of $classes classes", ({ x, y, classes, probabilities, ...wanted }) => {
  const [vectors, labels] = [rowsOf(x), Int32Array.from(y)];

  it("logMe() is that of the definition with explicit inverses", () => {
    expect(relative(logMe(vectors, labels, classes), wanted.logMe)).toBeLessThan(1e-6);
  });

  it("leep() is that of the definition", () => {
    expect(leep(Float64Array.from(probabilities.flat()), labels, classes)).toBeCloseTo(wanted.leep, 12);
  });

  it("hScore() is that of the definition, shrinkage included", () => {
    expect(relative(hScore(vectors, labels, classes), wanted.hScore)).toBeLessThan(1e-9);
  });
});

describe("neighborScore", () => {
  it("counts rows whose nearest other row has their label", () => {
    const x = rowsOf([
      [1, 0],
      [1, 0.1],
      [0, 1],
      [0.1, 1],
    ]);
    expect(neighborScore(x, Int32Array.of(0, 0, 1, 1))).toBe(1);
    expect(neighborScore(x, Int32Array.of(0, 1, 0, 1))).toBe(0);
  });
});

describe("rankCorrelation", () => {
  it("is 1 for the same order, -1 for the reverse, and unknown where nothing is ordered", () => {
    expect(rankCorrelation([1, 2, 3], [10, 20, 90])).toMatchObject({ tau: 1, n: 3 });
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toMatchObject({ tau: -1, n: 3 });
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toEqual({ tau: null, p: null, n: 3 });
  });

  it("corrects for ties: tau-b by hand", () => {
    expect(rankCorrelation([1, 1, 2], [1, 2, 3]).tau).toBeCloseTo(2 / Math.sqrt(6), 12);
  });
});

describe("rankCorrelation's p", () => {
  it("counts the orders that agree or disagree as much: two of six for three points", () => {
    expect(rankCorrelation([1, 2, 3], [10, 20, 90]).p).toBeCloseTo(2 / 6, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]).p).toBeCloseTo(2 / 24, 12);
    expect(rankCorrelation([1, 2], [2, 1]).p).toBe(1);
  });

  it("is that of all orders for more points than all orders are tried of, but for the draw", () => {
    const order = [2, 1, 4, 3, 6, 5, 8, 7, 9];
    const { tau, p } = rankCorrelation([...order.keys()], order);
    expect(tau).toBeCloseTo(1 - (2 * 2 * 4) / (9 * 8), 12);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(0.005);
    expect(rankCorrelation([...order.keys()], order)).toEqual({ tau, p, n: 9 });
  });
});

describe("rowsToMeasure", () => {
  it("takes each text once, 2,000 of them at most, in order", () => {
    expect([...rowsToMeasure(["a", "b", "A!", "c", "b"], 1)]).toEqual([0, 1, 3]);
    const drawn = rowsToMeasure(
      Array.from({ length: 2500 }, (_, i) => `text ${i}`),
      1,
    );
    expect(new Set(drawn).size).toBe(2000);
    expect([...drawn]).toEqual([...drawn].sort((a, b) => a - b));
  });
});

describe("scoreOfBest", () => {
  const random = seeded(3);
  const truth = Int32Array.from({ length: 60 }, (_, r) => r % 2);
  const groups = Int32Array.from(truth.keys());
  const guess = (right: number): Int32Array => truth.map((label) => (random() < right ? label : 1 - label));

  it("gives the best of many that guess no more than they have: a half, where the best looks better", () => {
    const found: number[] = [];
    const looks: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const predictions = Array.from({ length: 10 }, () => guess(0.5));
      found.push(scoreOfBest({ truth, predictions, classes: 2, groups }, seed)!.macroF1);
      looks.push(Math.max(...predictions.map((own) => scorePredictions(truth, own, 2).macroF1)));
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(found) - 0.5)).toBeLessThan(0.03);
    expect(mean(looks)).toBeGreaterThan(0.57);
  });

  it("always chooses one that is right of many that guess", () => {
    const { chosen, macroF1 } = scoreOfBest({ truth, predictions: [guess(0.5), truth], classes: 2, groups }, 1)!;
    expect(chosen[0]).toBe(0);
    expect(macroF1).toBe(1);
  });

  it("draws the rows of one text together, and knows nothing of a single text", () => {
    expect(scoreOfBest({ truth, predictions: [truth], classes: 2, groups: groups.fill(0) }, 1)).toBeUndefined();
  });
});
