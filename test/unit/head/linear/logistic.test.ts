import { describe, expect, it } from "vitest";
import { argmax, predictProbabilities } from "../../../../src/head/head.js";
import {
  fitLogistic,
  fitLogisticPath,
  type FittedLogistic,
  type LogisticOptions,
} from "../../../../src/head/linear/logistic.js";
import { matrix, stackRows, takeRows, type Matrix } from "../../../../src/math/matrix.js";
import { clouds, type ToyRows } from "../toyRows.js";

const EXACT = { tolerance: 1e-11, maxIterations: 5000, threads: 1 } as const;
const fit = ({ x, y, labels }: ToyRows, options: Partial<LogisticOptions> = {}): Promise<FittedLogistic> =>
  fitLogistic(x, y, { labels, ...EXACT, ...options });

/** The rows with more columns on the right. */
function widened({ x, y, labels }: ToyRows, more: (row: number) => readonly number[]): ToyRows {
  const extra = Array.from({ length: x.rows }, (_, r) => more(r));
  const data = extra.flatMap((values, r) => [...x.data.subarray(r * x.cols, (r + 1) * x.cols), ...values]);
  return { x: matrix(x.rows, x.cols + extra[0].length, Float32Array.from(data)), y, labels };
}

const picked = ({ x, y, labels }: ToyRows, rows: readonly number[]): ToyRows => ({
  x: takeRows(x, rows),
  y: Int32Array.from(rows, (r) => y[r]),
  labels,
});

function expectSameFit(a: FittedLogistic, b: FittedLogistic, digits = 6): void {
  expect(a.objective / b.objective).toBeCloseTo(1, digits);
  [...a.head.weights.data].forEach((w, i) => expect(w).toBeCloseTo(b.head.weights.data[i], digits));
  [...a.head.bias].forEach((w, i) => expect(w).toBeCloseTo(b.head.bias[i], digits));
}

const accuracy = ({ head }: FittedLogistic, { x, y, labels }: ToyRows): number => {
  const predictions = argmax(predictProbabilities(head, x), labels.length);
  return predictions.filter((answer, r) => answer === y[r]).length / y.length;
};

describe.each([2, 3])("fitLogistic() with %i labels", (classes) => {
  const toy = clouds(60, 5, { classes });

  it("says the same to the bit for the same rows twice, and leaves them as they were", async () => {
    const [x, y] = [toy.x.data.slice(), toy.y.slice()];
    const sampleWeights = Float64Array.from(y, (_, r) => 1 + (r % 3));
    const given = sampleWeights.slice();
    const options = { labels: toy.labels, classWeights: "balanced", sampleWeights, threads: 1 } as const;
    const first = await fitLogistic(toy.x, toy.y, options);
    expect(await fitLogistic(toy.x, toy.y, options)).toEqual(first);
    expect([toy.x.data, toy.y, sampleWeights]).toEqual([x, y, given]);
  });

  it("learns what can be learned, at the default tolerance too", async () => {
    const rows = clouds(300, 6, { classes, distance: 2 });
    const fitted = await fitLogistic(rows.x, rows.y, { labels: rows.labels });
    expect(fitted.converged).toBe(true);
    expect(accuracy(fitted, rows)).toBeGreaterThan(0.9);
    expectSameFit(fitted, await fit(rows), 2);
  });

  it("takes a weight of 2 as the row twice, and a weight of 0 as no row", async () => {
    const twice = [3, 4, 5, 17, 20];
    const without = [6, 7, 8, 30];
    const sampleWeights = Float64Array.from(toy.y, (_, r) => (twice.includes(r) ? 2 : without.includes(r) ? 0 : 1));
    const rows = [...toy.y.keys()].filter((r) => !without.includes(r));
    for (const classWeights of ["none", "balanced"] as const) {
      const weighted = await fit(toy, { sampleWeights, classWeights });
      expectSameFit(weighted, await fit(picked(toy, [...rows, ...twice]), { classWeights }));
    }
  });

  it("does not depend on the order of the rows", async () => {
    const order = [...toy.y.keys()].reverse();
    expectSameFit(await fit(toy), await fit(picked(toy, order)));
  });

  it("gives a constant column no say when columns are standardized", async () => {
    const plain = await fit(toy);
    const constant = await fit(widened(toy, () => [7, 0]));
    expect(constant.objective).toBeCloseTo(plain.objective, 6);
    const width = toy.x.cols + 2;
    for (const at of [5, 6])
      for (let k = 0; k < constant.head.bias.length; k++) expect(constant.head.weights.data[k * width + at]).toBe(0);
    const probe = widened(toy, (r) => [r, -r]).x;
    expect(predictProbabilities(constant.head, probe)).toEqual(
      predictProbabilities(constant.head, widened(toy, () => [7, 0]).x),
    );
  });

  it("gives a column that is there twice the same weight twice", async () => {
    const { head } = await fit(widened(toy, (r) => [toy.x.data[r * 5 + 2]]));
    for (let k = 0; k < head.bias.length; k++) {
      expect(head.weights.data[k * 6 + 5]).toBeCloseTo(head.weights.data[k * 6 + 2], 6);
      expect(head.weights.data[k * 6 + 5]).not.toBe(0);
    }
  });

  it("does not feel another scale and origin of a column when columns are standardized", async () => {
    const moved: ToyRows = {
      ...toy,
      x: matrix(
        60,
        5,
        toy.x.data.map((v, i) => (i % 5 === 1 ? 1000 * v + 64 : v)),
      ),
    };
    const [a, b] = [await fit(toy), await fit(moved)];
    expect(a.objective / b.objective).toBeCloseTo(1, 4);
    const [p, q] = [predictProbabilities(a.head, toy.x), predictProbabilities(b.head, moved.x)];
    p.forEach((value, i) => expect(value).toBeCloseTo(q[i], 3));
  });

  it("stays finite where the labels can be separated without a mistake and the penalty is next to nothing [D06]", async () => {
    const apart = clouds(40, 4, { classes, distance: 40 });
    const fitted = await fit(apart, { C: 1e9, tolerance: 1e-5 });
    expect([...fitted.head.weights.data, ...fitted.head.bias, fitted.objective].every(Number.isFinite)).toBe(true);
    expect(accuracy(fitted, apart)).toBe(1);
  });

  it("says so when the iterations run out [D06]", async () => {
    const fitted = await fit(toy, { maxIterations: 2 });
    expect([fitted.converged, fitted.iterations, fitted.history.length]).toEqual([false, 2, 2]);
    expect(fitted.head.weights.data.every(Number.isFinite)).toBe(true);
  });

  it("works with one row a label, and with one column", async () => {
    const few = clouds(classes, 3, { classes, distance: 3 });
    expect(accuracy(await fit(few), few)).toBe(1);
    const narrow = clouds(30, 1, { classes, distance: 20, seed: 4 });
    expect((await fit(narrow)).converged).toBe(true);
  });

  it("learns closer with less penalty; along a path as from the start", async () => {
    const Cs = [0.01, 0.1, 1];
    const along: FittedLogistic[] = [];
    for await (const fitted of fitLogisticPath(toy.x, toy.y, { labels: toy.labels, Cs, ...EXACT })) along.push(fitted);
    expect(along.map((fitted) => fitted.C)).toEqual(Cs);
    for (const [i, C] of Cs.entries()) expectSameFit(along[i], await fit(toy, { C }));
    const sizes = along.map(({ head }) => Math.hypot(...head.weights.data));
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });
});

describe("fitLogistic() refuses", () => {
  const toy = clouds(8, 3);
  const changed = (at: number, value: number): Matrix => matrix(8, 3, toy.x.data.with(at, value));

  it.each([Number.NaN, Infinity, -Infinity])("%d in a vector, naming row and column", async (value) => {
    await expect(fit({ ...toy, x: changed(5 * 3 + 1, value) })).rejects.toMatchObject({
      code: "E_NOT_FINITE",
      message: expect.stringContaining(`row 6, column 2 is ${value}`),
    });
  });

  it.each([Number.NaN, Infinity, -1])("%d as the weight of a row, naming the row [D01]", async (value) => {
    const sampleWeights = new Float64Array(8).fill(1).with(3, value);
    await expect(fit(toy, { sampleWeights })).rejects.toMatchObject({
      code: "E_NOT_FINITE",
      message: expect.stringContaining("row 4"),
    });
  });

  it("labels and weights of another number than the vectors", async () => {
    await expect(fit({ ...toy, y: toy.y.subarray(1) })).rejects.toMatchObject({ code: "E_SHAPE" });
    await expect(fit(toy, { sampleWeights: new Float64Array(7) })).rejects.toMatchObject({ code: "E_SHAPE" });
  });

  it("a single label, labels without rows, and labels whose rows all weigh nothing", async () => {
    const one = { ...toy, y: new Int32Array(8), labels: ["only"] };
    await expect(fit(one)).rejects.toMatchObject({ code: "E_LABELS" });
    await expect(fit({ ...toy, labels: ["a", "b", "absent"] })).rejects.toMatchObject({
      code: "E_LABELS",
      message: expect.stringContaining('"absent"'),
    });
    const sampleWeights = Float64Array.from(toy.y, (label) => label);
    await expect(fit(toy, { sampleWeights })).rejects.toMatchObject({
      code: "E_LABELS",
      message: expect.stringContaining('"class 0"'),
    });
  });

  it("indices that are no label's, and values of C that are none", async () => {
    await expect(fit({ ...toy, y: toy.y.with(2, 2) })).rejects.toThrow(RangeError);
    await expect(fit({ ...toy, y: toy.y.with(2, -1) })).rejects.toThrow(RangeError);
    for (const C of [0, -1, Number.NaN, Infinity]) await expect(fit(toy, { C })).rejects.toThrow(RangeError);
  });

  it("nothing of numbers that are merely large or tiny [D01]", async () => {
    for (const value of [3e38, -3e38, 1e-45]) {
      const { head } = await fit({ ...toy, x: changed(4, value) });
      const all = predictProbabilities(head, toy.x);
      expect(all.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });
});

describe("predictProbabilities", () => {
  it.each([2, 3])("gives a row of %i labels the same bits alone as among others, and sums to 1", async (classes) => {
    const toy = clouds(30, 4, { classes });
    const { head } = await fit(toy, { tolerance: 1e-5 });
    const all = predictProbabilities(head, toy.x);
    for (let r = 0; r < 30; r++) {
      const alone = predictProbabilities(head, takeRows(toy.x, [r]));
      expect(alone).toEqual(all.slice(r * classes, (r + 1) * classes));
      expect(alone.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    }
    const doubled = predictProbabilities(head, stackRows(4, [toy.x, toy.x]));
    expect(doubled).toEqual(Float64Array.from([...all, ...all]));
    expect(predictProbabilities(head, matrix(0, 4))).toEqual(new Float64Array(0));
  });

  it("refuses vectors of another width, and numbers that are not finite, naming the row", async () => {
    const { head } = await fit(clouds(10, 4));
    expect(() => predictProbabilities(head, matrix(2, 5))).toThrow(expect.objectContaining({ code: "E_SHAPE" }));
    const x = matrix(
      3,
      4,
      new Float64Array(12).reduce((m, _, i) => m.with(i, i === 9 ? Number.NaN : 0), new Float32Array(12)),
    );
    expect(() => predictProbabilities(head, x)).toThrow(
      expect.objectContaining({ code: "E_NOT_FINITE", message: expect.stringContaining("row 3, column 2") }),
    );
  });

  it("stays within [0, 1] at logits of ±10,000 [D03]", async () => {
    const { head } = await fit(clouds(10, 2, { distance: 5 }));
    const far = predictProbabilities(head, matrix(2, 2, Float32Array.of(1e6, 1e6, -1e6, -1e6)));
    expect(far.every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

describe("argmax()", () => {
  it("takes the largest probability, on a tie the first", () => {
    expect([...argmax(Float64Array.of(0.2, 0.5, 0.3, 0.4, 0.2, 0.4, 0, 0, 1), 3)]).toEqual([1, 0, 2]);
    expect([...argmax(Float64Array.of(0.5, 0.5), 2)]).toEqual([0]);
  });
});

describe("fitLogistic() with startFrom", () => {
  it("is the fit itself where the penalty pulls towards its own optimum without a penalty left", async () => {
    const rows = clouds(120, 4, { classes: 3 });
    const first = await fit(rows, { C: 10 });
    const held = await fit(rows, { C: 1e-7, startFrom: first.head });
    [...held.head.weights.data].forEach((w, i) => expect(w).toBeCloseTo(first.head.weights.data[i], 4));
    const free = await fit(rows, { C: 1e4, startFrom: first.head });
    const plain = await fit(rows, { C: 1e4 });
    [...free.head.weights.data].forEach((w, i) => expect(w / plain.head.weights.data[i]).toBeCloseTo(1, 1));
  });

  it("refuses a head of other labels", async () => {
    const [two, three] = [clouds(60, 4, { classes: 2 }), clouds(60, 4, { classes: 3 })];
    const { head } = await fit(two);
    await expect(fit(three, { startFrom: head })).rejects.toThrow("Start from a head of the same labels and width");
  });
});
