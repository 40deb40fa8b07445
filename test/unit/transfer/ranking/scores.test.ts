import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
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
    expect(rankCorrelation([1, 2, 3], [10, 20, 90])).toEqual({ tau: 1, n: 3 });
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toEqual({ tau: -1, n: 3 });
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toEqual({ tau: null, n: 3 });
  });

  it("corrects for ties: tau-b by hand", () => {
    expect(rankCorrelation([1, 1, 2], [1, 2, 3]).tau).toBeCloseTo(2 / Math.sqrt(6), 12);
  });
});
