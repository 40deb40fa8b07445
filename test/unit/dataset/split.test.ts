import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowLabels } from "../../../src/dataset/rowGroups.js";
import { foldCorpus, splitCorpus, type SplitOptions } from "../../../src/dataset/split.js";

/** Rows with a label and a group; a group has one label. */
const corpus = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 15 })), { maxLength: 80 })
  .map((rows) => ({ labels: rows.map(([label]) => label), groups: rows.map(([label, group]) => 16 * label + group) }));

const own = (labels: readonly number[], groups: readonly number[], label: number): number =>
  new Set(groups.filter((_, i) => labels[i] === label)).size;

/** Rows with any number of labels, in groups that may hold several label sets. */
const severalLabels = fc
  .array(fc.tuple(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), fc.integer({ min: 0, max: 30 })), {
    maxLength: 60,
  })
  .map((rows) => ({ labels: rows.map(([own]) => own), groups: rows.map(([, group]) => group) }));

const fraction = fc.double({ min: 0.05, max: 0.95, noNaN: true });

describe("splitCorpus()", () => {
  it("puts each row on one side, ascending, groups whole, and a group on each side where there are two [I03]", () => {
    fc.assert(
      fc.property(
        severalLabels,
        fc.integer(),
        fraction,
        fc.boolean(),
        ({ labels, groups }, seed, devFraction, keepInTrain) => {
          const { train, dev } = splitCorpus(labels, groups, { seed, devFraction, keepInTrain });
          expect([...train, ...dev].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          for (const side of [train, dev]) expect([...side]).toEqual([...side].sort((a, b) => a - b));
          const trainGroups = new Set(Array.from(train, (i) => groups[i]));
          expect(Array.from(dev).some((i) => trainGroups.has(groups[i]))).toBe(false);
          const areBoth = Math.min(train.length, dev.length) > 0;
          expect(areBoth || keepInTrain || new Set(groups).size < 2).toBe(true);
        },
      ),
    );
  });

  it("gives a label whose share is a group or more this share, rounded up or down, and with keepInTrain a group in train", () => {
    fc.assert(
      fc.property(corpus, fc.integer(), fraction, ({ labels }, seed, devFraction) => {
        const single = labels.map((_, i) => i);
        const [free, kept] = [false, true].map((keepInTrain) =>
          splitCorpus(labels, single, { seed, devFraction, keepInTrain }),
        );
        const inDev = (label: number): number => Array.from(free.dev).filter((i) => labels[i] === label).length;
        const share = Math.min(Math.max(devFraction, 1 / labels.length), 1 - 1 / labels.length);
        for (const label of new Set(labels)) {
          const wanted = share * own(labels, single, label);
          expect(wanted < 1 + 1e-9 || Math.abs(inDev(label) - wanted) < 1 + 1e-9).toBe(true);
          expect(Array.from(kept.train).some((i) => labels[i] === label)).toBe(true);
        }
      }),
    );
  });

  it("leaves each label a group in train with keepInTrain, also where rows have several", () => {
    fc.assert(
      fc.property(severalLabels, fc.integer(), fraction, ({ labels, groups }, seed, devFraction) => {
        const { train, dev } = splitCorpus(labels, groups, { seed, devFraction, keepInTrain: true });
        const left = new Set(Array.from(train).flatMap((i) => labels[i]));
        expect(labels.flat().filter((label) => !left.has(label))).toEqual([]);
        const groupsOf = (label: number) => new Set(groups.filter((_, i) => labels[i].includes(label))).size;
        const isPossible = new Set(groups).size >= 2 && labels.flat().every((label) => groupsOf(label) >= 2);
        expect(dev.length > 0 || !isPossible).toBe(true);
      }),
    );
  });

  /** How often each row is in dev, of `times` seeds. */
  function chances(y: RowLabels, groups: ArrayLike<number>, options: SplitOptions, times: number): Float64Array {
    const found = new Float64Array(y.length);
    for (let seed = 0; seed < times; seed++) {
      for (const row of splitCorpus(y, groups, { ...options, seed }).dev) found[row] += 1 / times;
    }
    return found;
  }

  /** 4 standard deviations of a share over `times` draws, which one of 16,000 exceeds. */
  const noise = (share: number, times: number): number => 4 * Math.sqrt((share * (1 - share)) / times);

  it("gives the rows of labels of 1, 2, 3, 10 and 100 groups the same chance of being in dev", () => {
    const sizes = [1, 1, 1, 2, 2, 3, 3, 10, 10, 100];
    const y = sizes.flatMap((size, label) => Array.from({ length: size }, () => label));
    const groups = y.map((_, i) => i);
    for (const devFraction of [0.1, 0.25, 0.8]) {
      const found = chances(y, groups, { devFraction }, 2000);
      const mean = (size: number): number => {
        const rows = y.flatMap((label, i) => (sizes[label] === size ? [found[i]] : []));
        return rows.reduce((sum, p) => sum + p, 0) / rows.length;
      };
      for (const size of new Set(sizes))
        expect(Math.abs(mean(size) - devFraction)).toBeLessThan(noise(devFraction, 2000));
    }
  });

  it("deals sets of labels that occur once to dev as it deals others, and pairs of equal texts", () => {
    // 64 sets of six labels, each once, then 30 rows of one of them, by twos of equal text.
    const sets = Array.from({ length: 64 }, (_, bits) => [0, 1, 2, 3, 4, 5].filter((label) => (bits >> label) & 1));
    const y = [...sets, ...Array.from({ length: 30 }, () => [0])];
    const groups = y.map((_, i) => (i < 64 ? i : 64 + Math.floor((i - 64) / 2)));
    const found = chances(y, groups, { devFraction: 0.2 }, 1500);
    // 94 rows are looked at, so the bound is wider: 5 standard deviations.
    for (const p of found) expect(Math.abs(p - 0.2)).toBeLessThan((5 / 4) * noise(0.2, 1500));
  });

  it("never puts a label with a single group in dev with keepInTrain, and gives the others their share", () => {
    const y = [0, 1, 1, ...Array.from({ length: 40 }, () => 2)];
    const found = chances(
      y,
      y.map((_, i) => i),
      { devFraction: 0.1, keepInTrain: true },
      2000,
    );
    expect(found[0]).toBe(0);
    expect(Math.abs(found[1] + found[2] - 0.2)).toBeLessThan(noise(0.2, 2000));
  });

  const labels = Array.from({ length: 10_000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
  const groups = labels.map((_, i) => i);

  it("keeps the class distribution", () => {
    const { dev } = splitCorpus(labels, groups);
    expect(dev.length).toBe(1000);
    expect(Array.from(dev).filter((i) => labels[i] === 1)).toHaveLength(100);
    expect(splitCorpus(labels, groups, { maxDev: 200 }).dev.length).toBe(200);
  });

  it("keeps the distribution of each of several labels closer than chance does", () => {
    // Label l is there where a digit of the row's number in some base is 0: sets of every kind.
    const y = labels.map((_, i) => [2, 3, 5, 7, 11].flatMap((base, label) => (i % base === 0 ? [label] : [])));
    const squares = (rows: Int32Array): number =>
      [2, 3, 5, 7, 11].reduce((sum, base) => {
        const [expected, count] = [rows.length / base, rows.filter((i) => i % base === 0).length];
        return sum + (count - expected) ** 2 / (expected * (1 - 1 / base));
      }, 0);
    // At random it is 5 on average, and below 1 once in 27 times.
    for (const seed of [1, 2, 3]) expect(squares(splitCorpus(y, groups, { seed }).dev)).toBeLessThan(1);
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

  it("deals rows of several labels once, groups whole, and each label evenly", () => {
    fc.assert(
      fc.property(severalLabels, fc.integer(), fc.integer({ min: 2, max: 6 }), ({ labels, groups }, seed, folds) => {
        const fold = foldCorpus(labels, groups, { folds, seed });
        expect(fold).toHaveLength(labels.length);
        const foldOf = new Map(groups.map((group, i) => [group, fold[i]]));
        expect(groups.every((group, i) => foldOf.get(group) === fold[i])).toBe(true);
      }),
    );
    // Labels in 5, 10, 20, 40 and 80 of 200 rows, in sets of every kind.
    const y = Array.from({ length: 200 }, (_, i) =>
      [5, 10, 20, 40, 80].flatMap((n, label) =>
        (i * 7919) % 200 < n !== (label % 2 === 1 && i % 3 === 0) ? [label] : [],
      ),
    );
    for (const seed of [1, 2, 3, 4]) {
      const fold = foldCorpus(y, [...y.keys()], { folds: 5, seed });
      for (const label of [0, 1, 2, 3, 4]) {
        const counts = [0, 1, 2, 3, 4].map((f) => y.filter((own, i) => fold[i] === f && own.includes(label)).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
      }
      const sizes = [0, 1, 2, 3, 4].map((f) => fold.filter((own) => own === f).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
    }
  });

  it("refuses fewer than two folds", () => {
    for (const folds of [0, 1, 2.5, NaN]) expect(() => foldCorpus([1], [1], { folds })).toThrow(RangeError);
  });
});
