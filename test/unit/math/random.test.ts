import { describe, expect, it } from "vitest";
import { seeded, shuffled } from "../../../src/math/random.js";

const draws = (seed: number, n: number): number[] => Array.from({ length: n }, seeded(seed));

describe("seeded", () => {
  it("gives the same sequence for the same seed, and another for the next seed", () => {
    expect(draws(7, 5)).toEqual(draws(7, 5));
    const starts = Array.from({ length: 1000 }, (_, seed) => draws(seed, 1)[0]);
    expect(new Set(starts).size).toBeGreaterThan(995);
  });

  it("gives numbers of [0, 1) spread evenly", () => {
    const all = draws(3, 20_000);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const x of all) tenths[Math.floor(x * 10)]++;
    expect(tenths.reduce((a, b) => a + b)).toBe(20_000);
    // Standard deviation of a tenth's count: sqrt(20000 * 0.1 * 0.9) = 42.
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(210);
  });

  it("gives neighbors that do not follow each other's size", () => {
    const all = draws(5, 20_001);
    let product = 0;
    for (let i = 0; i < 20_000; i++) product += (all[i] - 0.5) * (all[i + 1] - 0.5);
    expect(Math.abs((12 * product) / 20_000)).toBeLessThan(0.05);
  });
});

describe("shuffled", () => {
  it("is a permutation, the same for the same seed", () => {
    const order = shuffled(100, seeded(1));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(shuffled(100, seeded(1))).toEqual(order);
    expect(shuffled(100, seeded(2))).not.toEqual(order);
    expect([...shuffled(0, seeded(1))]).toEqual([]);
  });

  it("brings all orders of three about equally often", () => {
    const random = seeded(11);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = shuffled(3, random).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
