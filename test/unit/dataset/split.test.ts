import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldCorpus, splitCorpus } from "../../../src/dataset/split.js";

/** Rows with a label and a group; a group has one label. */
const corpus = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 15 })), { maxLength: 80 })
  .map((rows) => ({ labels: rows.map(([label]) => label), groups: rows.map(([label, group]) => 16 * label + group) }));

const own = (labels: readonly number[], groups: readonly number[], label: number): number =>
  new Set(groups.filter((_, i) => labels[i] === label)).size;

describe("splitCorpus()", () => {
  it("puts each row on one side, ascending, groups whole, and each class of two groups on both [I03]", () => {
    fc.assert(
      fc.property(
        corpus,
        fc.integer(),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        ({ labels, groups }, seed, devFraction) => {
          const { train, dev } = splitCorpus(labels, groups, { seed, devFraction });
          expect([...train, ...dev].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          for (const side of [train, dev]) expect([...side]).toEqual([...side].sort((a, b) => a - b));
          const trainGroups = new Set(Array.from(train, (i) => groups[i]));
          expect(Array.from(dev).some((i) => trainGroups.has(groups[i]))).toBe(false);
          for (const label of new Set(labels)) {
            const sides = [train, dev].map((side) => Array.from(side).some((i) => labels[i] === label));
            expect(sides).toEqual([true, own(labels, groups, label) >= 2]);
          }
        },
      ),
    );
  });

  it("keeps groups whole when they hold several labels", () => {
    fc.assert(
      fc.property(corpus, fc.integer(), ({ labels, groups }, seed) => {
        const mixed = groups.map((group) => group % 16);
        const { train, dev } = splitCorpus(labels, mixed, { seed });
        const trainGroups = new Set(Array.from(train, (i) => mixed[i]));
        expect(train.length + dev.length).toBe(labels.length);
        expect(Array.from(dev).some((i) => trainGroups.has(mixed[i]))).toBe(false);
      }),
    );
  });

  it("keeps a rare class on both sides when its groups hold a common one too", () => {
    const mixed = Array.from({ length: 40 }, (_, i) => Math.floor(i / 2));
    const rare = mixed.map((group, i) => (group < 2 && i % 2 === 0 ? 1 : 0));
    for (let seed = 0; seed < 20; seed++) {
      const { train, dev } = splitCorpus(rare, mixed, { seed });
      for (const side of [train, dev]) expect(Array.from(side).filter((i) => rare[i] === 1)).toHaveLength(1);
    }
  });

  const labels = Array.from({ length: 10_000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
  const groups = labels.map((_, i) => i);

  it("keeps the class distribution", () => {
    const { dev } = splitCorpus(labels, groups);
    expect(dev.length).toBe(1000);
    expect(Array.from(dev).filter((i) => labels[i] === 1)).toHaveLength(100);
    expect(splitCorpus(labels, groups, { maxDev: 200 }).dev.length).toBe(200);
  });

  it("is the same for the same seed and another for another seed", () => {
    expect(splitCorpus(labels, groups, { seed: 5 })).toEqual(splitCorpus(labels, groups, { seed: 5 }));
    expect(splitCorpus(labels, groups, { seed: 5 })).not.toEqual(splitCorpus(labels, groups, { seed: 6 }));
  });

  it("does not put a large group of copies in dev", () => {
    const copies = [...Array.from({ length: 90 }, () => 0), ...Array.from({ length: 10 }, (_, i) => i + 1)];
    for (let seed = 0; seed < 20; seed++) {
      expect(splitCorpus(new Int32Array(100), copies, { seed }).dev.length).toBeLessThanOrEqual(10);
    }
  });

  it("refuses other lengths and fractions", () => {
    expect(() => splitCorpus([1, 2], [1])).toThrow(RangeError);
    for (const devFraction of [0, 1, -1, NaN]) expect(() => splitCorpus([1], [1], { devFraction })).toThrow(RangeError);
  });
});

describe("foldCorpus()", () => {
  it("deals each row once, groups whole, and each class with enough groups to every fold", () => {
    fc.assert(
      fc.property(corpus, fc.integer(), fc.integer({ min: 2, max: 6 }), ({ labels, groups }, seed, folds) => {
        const fold = foldCorpus(labels, groups, { folds, seed });
        expect(fold.every((f) => f >= 0 && f < folds)).toBe(true);
        const foldOf = new Map(groups.map((group, i) => [group, fold[i]]));
        expect(groups.every((group, i) => foldOf.get(group) === fold[i])).toBe(true);
        for (const label of new Set(labels)) {
          const reached = new Set(labels.flatMap((l, i) => (l === label ? [fold[i]] : []))).size;
          expect(reached).toBe(Math.min(folds, own(labels, groups, label)));
        }
      }),
    );
  });

  it("makes folds of one size, in proportion, by the seed", () => {
    const labels = Array.from({ length: 1003 }, (_, i) => i % 3);
    const groups = labels.map((_, i) => i);
    const fold = foldCorpus(labels, groups, { folds: 10, seed: 3 });
    const sizes = Array.from({ length: 10 }, (_, f) => fold.filter((g) => g === f).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(foldCorpus(labels, groups, { folds: 10, seed: 3 })).toEqual(fold);
    expect(foldCorpus(labels, groups, { folds: 10, seed: 4 })).not.toEqual(fold);
  });

  it("refuses fewer than two folds", () => {
    for (const folds of [0, 1, 2.5, NaN]) expect(() => foldCorpus([1], [1], { folds })).toThrow(RangeError);
  });
});
