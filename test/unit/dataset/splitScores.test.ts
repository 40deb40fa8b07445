import { describe, expect, it } from "vitest";
import { foldCorpus, splitCorpus } from "../../../src/dataset/split.js";
import { row, takeRows, type Matrix } from "../../../src/math/matrix.js";
import { seeded, type Random } from "../../../src/math/random.js";
import { normal } from "../head/toyRows.js";

const [CLASSES, WIDTH] = [60, 8];

interface Rows {
  readonly x: Matrix;
  readonly y: Int32Array;
}

/** Rows of many classes, the k-th of them with probability in proportion to 1/k, around centers. */
function manyClasses(rows: number, centers: Float32Array, random: Random): Rows {
  const weights = Array.from({ length: CLASSES }, (_, c) => 1 / (c + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const y = Int32Array.from({ length: rows }, () => {
    let left = random() * total;
    return Math.max(
      0,
      weights.findIndex((weight) => (left -= weight) < 0),
    );
  });
  const data = Float32Array.from(
    { length: rows * WIDTH },
    (_, i) => centers[y[Math.floor(i / WIDTH)] * WIDTH + (i % WIDTH)] + normal(random),
  );
  return { x: { rows, cols: WIDTH, data }, y };
}

/** Accuracy on rows of `test` of the nearest mean of those classes that are among the rows `train` of `all`. */
function accuracyOf(all: Rows, train: ArrayLike<number>, test: Rows): number {
  const means = new Map<number, { sum: Float64Array; n: number }>();
  for (const r of Array.from(train)) {
    const own = means.get(all.y[r]) ?? { sum: new Float64Array(WIDTH), n: 0 };
    row(all.x, r).forEach((value, c) => (own.sum[c] += value));
    means.set(all.y[r], { sum: own.sum, n: own.n + 1 });
  }
  const right = test.y.filter((label, r) => {
    const at = row(test.x, r);
    const distance = ({ sum, n }: { sum: Float64Array; n: number }): number =>
      at.reduce((total, value, c) => total + (value - sum[c] / n) ** 2, 0);
    const [nearest] = [...means].map(([own, m]) => [own, distance(m)] as const).reduce((a, b) => (b[1] < a[1] ? b : a));
    return nearest === label;
  });
  return right.length / test.y.length;
}

const pick = ({ x, y }: Rows, rows: Int32Array): Rows => ({ x: takeRows(x, rows), y: rows.map((r) => y[r]) });

/** How far, on average, scores on held-out rows are above the score on new rows of a head that has all rows. */
function biasOf(score: (rows: Rows, seed: number) => number, draws: number): number {
  const differences = Array.from({ length: draws }, (_, seed) => {
    const random = seeded(seed + 1);
    const centers = Float32Array.from({ length: CLASSES * WIDTH }, () => 1.5 * normal(random));
    const [rows, fresh] = [manyClasses(300, centers, random), manyClasses(600, centers, random)];
    return score(rows, seed) - accuracyOf(rows, [...rows.y.keys()], fresh);
  });
  return differences.reduce((sum, d) => sum + d, 0) / draws;
}

describe("a score on held-out rows is that on new rows, though many classes have few rows", () => {
  it("of splitCorpus()", () => {
    const bias = biasOf((rows, seed) => {
      const { train, dev } = splitCorpus(rows.y, [...rows.y.keys()], { devFraction: 0.1, seed });
      return accuracyOf(rows, train, pick(rows, dev));
    }, 160);
    // The standard error is 0.006. Where each class of two rows has one of them in dev, it is -0.04.
    expect(Math.abs(bias)).toBeLessThan(0.025);
  });

  it("of foldCorpus()", () => {
    const bias = biasOf((rows, seed) => {
      const fold = foldCorpus(rows.y, [...rows.y.keys()], { folds: 5, seed });
      const side = (wanted: (f: number) => boolean): Int32Array =>
        Int32Array.from(fold.keys()).filter((r) => wanted(fold[r]));
      return [0, 1, 2, 3, 4].reduce((sum, f) => {
        const held = pick(
          rows,
          side((own) => own === f),
        );
        const outside = side((own) => own !== f);
        return sum + (accuracyOf(rows, outside, held) * held.y.length) / rows.y.length;
      }, 0);
    }, 60);
    // The standard error is 0.004.
    expect(Math.abs(bias)).toBeLessThan(0.02);
  });
});
