import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matrix, stackRows, type Matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { squaredDistances } from "../../../../src/transfer/divergence/distances.js";
import { frechetDistance } from "../../../../src/transfer/divergence/frechet.js";
import { blackBoxShares, emShares, sharesOf } from "../../../../src/transfer/divergence/labelShift.js";
import { maximumMeanDiscrepancy } from "../../../../src/transfer/divergence/maximumMeanDiscrepancy.js";
import { proxyACentered } from "../../../../src/transfer/divergence/proxyACentered.js";
import { countWords, distinctiveWords } from "../../../../src/transfer/divergence/words.js";
import { clouds } from "../../head/toyRows.js";

interface Golden {
  readonly distances: readonly {
    readonly source: readonly (readonly number[])[];
    readonly target: readonly (readonly number[])[];
    readonly mmd: number;
    readonly frechetMean: number;
    readonly frechetCovariance: number;
  }[];
  readonly shifts: readonly {
    readonly classes: number;
    readonly truth: readonly number[];
    readonly predicted: readonly number[];
    readonly target: readonly number[];
    readonly bbse: readonly number[];
    readonly probabilities: readonly number[];
    readonly source: readonly number[];
    readonly em: readonly number[];
  }[];
}

/** Computed with numpy and scipy by scripts/golden/distances.py. */
const GOLDEN = JSON.parse(readFileSync(new URL("../../../golden/distances.json", import.meta.url), "utf8")) as Golden;

const asMatrix = (rows: readonly (readonly number[])[]): Matrix =>
  matrix(rows.length, rows[0].length, Float32Array.from(rows.flat()));
const discrepancyOf = (source: Matrix, target: Matrix, deals: number) =>
  maximumMeanDiscrepancy(squaredDistances(stackRows(source.cols, [source, target])), source.rows, {
    deals,
    random: seeded(1),
  });
/** Rows of one distribution. */
const cloud = (rows: number, seed: number): Matrix => clouds(rows, 16, { classes: 1, distance: 0, seed }).x;

describe.each(GOLDEN.distances)("distances as numpy has them, mmd $mmd", (golden) => {
  const [source, target] = [asMatrix(golden.source), asMatrix(golden.target)];

  it("maximumMeanDiscrepancy()", () => {
    expect(discrepancyOf(source, target, 0).squared).toBeCloseTo(golden.mmd, 6);
  });

  it("frechetDistance()", () => {
    const { total, mean, covariance } = frechetDistance(source, target);
    expect(mean).toBeCloseTo(golden.frechetMean, 6);
    expect(covariance).toBeCloseTo(golden.frechetCovariance, 6);
    expect(total).toBe(mean + covariance);
  });
});

describe.each(GOLDEN.shifts)("label shares as numpy has them, $classes labels", (golden) => {
  it("blackBoxShares()", () => {
    const held = { truth: Int32Array.from(golden.truth), predicted: Int32Array.from(golden.predicted) };
    const shares = blackBoxShares(held, Int32Array.from(golden.target), golden.classes)!;
    golden.bbse.forEach((share, c) => expect(shares[c]).toBeCloseTo(share, 10));
  });

  it("emShares()", () => {
    const shares = emShares(Float64Array.from(golden.probabilities), Float64Array.from(golden.source));
    golden.em.forEach((share, c) => expect(shares[c]).toBeCloseTo(share, 4));
  });
});

describe("maximumMeanDiscrepancy()", () => {
  it("has a p below 0.05 for one distribution about once in twenty, and for others always", () => {
    const found = Array.from({ length: 60 }, (_, i) => discrepancyOf(cloud(40, 2 * i + 1), cloud(40, 2 * i + 2), 99).p);
    expect(found.filter((p) => p <= 0.05).length).toBeLessThan(12);
    const moved = cloud(40, 500);
    const apart = matrix(
      40,
      16,
      moved.data.map((value) => value + 1),
    );
    expect(discrepancyOf(cloud(40, 501), apart, 99).p).toBe(0.01);
  });
});

describe("proxyACentered()", () => {
  const of = (source: Matrix, target: Matrix): readonly number[] =>
    proxyACentered(stackRows(source.cols, [source, target]), { deals: 39, random: seeded(1) });

  it("sees nothing where the sides differ in their means alone, and sees one that falls into two parts", () => {
    const [source, other] = [cloud(80, 1), cloud(80, 2)];
    const change = (by: (row: number) => number): Matrix =>
      matrix(
        80,
        16,
        other.data.map((value, at) => value + by(Math.floor(at / 16))),
      );
    const [moved] = of(
      source,
      change(() => 5),
    );
    const [same] = of(source, other);
    expect(moved).toBeCloseTo(same, 1);
    const [parted, ...dealt] = of(
      source,
      change((row) => (row % 2 === 0 ? 3 : -3)),
    );
    expect(parted).toBeGreaterThan(1.5);
    expect(Math.max(...dealt)).toBeLessThan(1);
  });
});

describe("blackBoxShares()", () => {
  it("gives nothing where the head calls everything one label", () => {
    const held = { truth: Int32Array.of(0, 1, 0, 1), predicted: Int32Array.of(0, 0, 0, 0) };
    expect(blackBoxShares(held, Int32Array.of(0, 0), 2)).toBeNull();
  });
});

describe("distinctiveWords()", () => {
  it("gives the words of the target first, and none that is rare or as frequent on both sides", () => {
    const texts = [...Array<string>(5).fill("the film dragged"), ...Array<string>(5).fill("the phone rang"), "rare"];
    const rows = Int32Array.from(texts.keys());
    const found = distinctiveWords(countWords(texts), [rows.subarray(0, 5), rows.subarray(5)], 10);
    expect(found.map(({ word }) => word).sort()).toEqual(["dragged", "film", "phone", "rang", "the"].sort());
    expect(found.slice(0, 2).map(({ source, target }) => [source, target])).toEqual([
      [0, 5],
      [0, 5],
    ]);
  });
});

describe("sharesOf()", () => {
  it("is exactly 1 for the only label, however many rows there are", () => {
    for (const n of [1, 3, 10, 49, 1000]) expect([...sharesOf(new Int32Array(n), 2)]).toEqual([1, 0]);
  });
});
