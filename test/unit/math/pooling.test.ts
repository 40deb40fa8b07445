import { describe, expect, it } from "vitest";
import { normalizeInto, poolBatch, poolInto, type Pooling } from "../../../src/math/pooling.js";

/** Three tokens of width 2 between numbers that belong to others. */
const hidden = Float32Array.of(99, 99, 1, -5, 4, -7, -2, -6, 99, 99);
const pooled = (pooling: Pooling, tokens = 3, from = hidden): number[] => {
  const out = new Float32Array(2).fill(13);
  poolInto(out, { hidden: from, start: 2, tokens }, pooling);
  return [...out];
};

describe("poolInto", () => {
  it("mean averages, cls takes the first token, max the largest of each column", () => {
    expect(pooled("mean")).toEqual([1, -6]);
    expect(pooled("cls")).toEqual([1, -5]);
    expect(pooled("max")).toEqual([4, -5]);
  });

  it.each<Pooling>(["mean", "cls", "max"])(
    "%s does not change with what stands around the text's tokens [E01, R33]",
    (pooling) => {
      const other = hidden.map((value, i) => (i < 2 || i >= 8 ? -value * 1e6 : value));
      expect(pooled(pooling, 3, other)).toEqual(pooled(pooling));
      const padded = Float32Array.from([...hidden, 1e9, -1e9, Number.NaN, 7]);
      expect(pooled(pooling, 3, padded)).toEqual(pooled(pooling));
    },
  );

  it.each<Pooling>(["mean", "cls", "max"])("%s of one token is that token, of none zeros", (pooling) => {
    expect(pooled(pooling, 1)).toEqual([1, -5]);
    expect(pooled(pooling, 0)).toEqual([0, 0]);
  });

  it("mean sums in float64: large numbers that cancel leave the small one", () => {
    const large = Float32Array.of(0, 0, 16_777_216, 0, 1, 0, -16_777_216, 0);
    expect(pooled("mean", 3, large)[0]).toBe(Math.fround(1 / 3));
  });
});

describe("normalizeInto", () => {
  it("scales to length 1 and keeps the direction; zero stays zero", () => {
    const vector = Float32Array.of(3, -4);
    normalizeInto(vector);
    expect([...vector]).toEqual([Math.fround(0.6), Math.fround(-0.8)]);
    const zero = new Float32Array(3);
    normalizeInto(zero);
    expect([...zero]).toEqual([0, 0, 0]);
  });

  it("copes with numbers whose squares leave float32", () => {
    const vector = Float32Array.of(3e30, 4e30, 0);
    normalizeInto(vector);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    const tiny = Float32Array.of(3e-30, 4e-30, 0);
    normalizeInto(tiny);
    expect(Math.hypot(...tiny)).toBeCloseTo(1, 6);
  });
});

describe("poolBatch", () => {
  it("pools each text over its own tokens", () => {
    const batch = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const pool = { pooling: "mean", shape: [2, 3, 2], lengths: Int32Array.of(2, 3) } as const;
    expect([...poolBatch(batch, pool)]).toEqual([2, 3, 9, 10]);
    expect([...poolBatch(batch, { ...pool, pooling: "cls", lengths: Int32Array.of(9, 0) })]).toEqual([1, 2, 0, 0]);
  });
});
