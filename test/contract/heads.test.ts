/** What every kind of head has to pass, after scikit-learn's estimator checks. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headWidth, argmax, predictProbabilities, type Head } from "../../src/head/head.js";
import { loadHead, saveHead } from "../../src/head/file/folder.js";
import { fitLogistic } from "../../src/head/linear/logistic.js";
import type { FitDataOptions } from "../../src/head/fitData.js";
import { fitMlp, MLP_DEFAULTS } from "../../src/head/mlp/mlp.js";
import { matrix, stackRows, takeRows } from "../../src/math/matrix.js";
import { madeUpHead } from "../unit/head/file/savedHead.js";
import { clouds, type ToyRows } from "../unit/head/toyRows.js";
import { tempFolder } from "../unit/files/tempFolder.js";

type Fit = (rows: ToyRows, options?: Partial<FitDataOptions>) => Promise<Head>;
/** Full batches and no dropout, so that the order of the rows says nothing. */
const STEADY = { hidden: [8], dropout: 0, epochs: 60, batchSize: 1000, learningRate: 0.02, threads: 1 } as const;

const KINDS: readonly (readonly [name: string, fit: Fit])[] = [
  [
    "logistic",
    async ({ x, y, labels }, options = {}) =>
      (await fitLogistic(x, y, { labels, tolerance: 1e-11, maxIterations: 5000, threads: 1, ...options })).head,
  ],
  ...(["relu", "gelu"] as const).map((activation): [string, Fit] => [
    `mlp, ${activation}`,
    async ({ x, y, labels }, options = {}) => (await fitMlp(x, y, { labels, activation, ...STEADY, ...options })).head,
  ]),
  [
    "mlp of two layers",
    async ({ x, y, labels }, options = {}) =>
      (await fitMlp(x, y, { labels, ...STEADY, hidden: [16, 8], ...options })).head,
  ],
];

const accuracy = (head: Head, { x, y, labels }: ToyRows): number => {
  const predictions = argmax(predictProbabilities(head, x), labels.length);
  return predictions.filter((answer, r) => answer === y[r]).length / y.length;
};
const picked = ({ x, y, labels }: ToyRows, rows: readonly number[]): ToyRows => ({
  x: takeRows(x, rows),
  y: Int32Array.from(rows, (r) => y[r]),
  labels,
});
/** With two more columns. */
const widened = ({ x, y, labels }: ToyRows, more: (row: number) => readonly [number, number]): ToyRows => {
  const data = Array.from({ length: x.rows }, (_, r) => [...x.data.subarray(r * x.cols, (r + 1) * x.cols), ...more(r)]);
  return { x: matrix(x.rows, x.cols + 2, Float32Array.from(data.flat())), y, labels };
};
function expectNear(a: Float64Array, b: Float64Array): void {
  expect(a).toHaveLength(b.length);
  a.forEach((p, i) => expect(Math.abs(p - b[i])).toBeLessThan(1e-4));
}

describe.each(KINDS)("a head of kind %s", (_, fit) => {
  describe.each([2, 3])("with %i labels", (classes) => {
    const toy = clouds(60, 5, { classes });

    it("refuses NaN and infinity, naming row and column, at fit and at predict [D01]", async () => {
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        const x = matrix(60, 5, toy.x.data.with(7 * 5 + 2, value));
        const refused = { code: "E_NOT_FINITE", message: expect.stringContaining("row 8, column 3") as string };
        await expect(fit({ ...toy, x })).rejects.toMatchObject(refused);
        const head = await fit(toy);
        expect(() => predictProbabilities(head, x)).toThrow(expect.objectContaining(refused));
      }
    });

    it("refuses one label, labels without rows, another number of labels, and vectors of another width [D05, D08]", async () => {
      await expect(fit({ ...toy, y: new Int32Array(60) })).rejects.toMatchObject({ code: "E_LABELS" });
      await expect(fit({ ...toy, labels: [...toy.labels, "none"] })).rejects.toMatchObject({ code: "E_LABELS" });
      await expect(fit({ ...toy, y: toy.y.subarray(1) })).rejects.toMatchObject({ code: "E_SHAPE" });
      const head = await fit(toy);
      expect(headWidth(head)).toBe(5);
      expect(() => predictProbabilities(head, matrix(1, 6))).toThrow(expect.objectContaining({ code: "E_SHAPE" }));
    });

    it("gives constant columns no say [D05]", async () => {
      const constant = await fit(widened(toy, () => [7, 0]));
      const [same, other] = [widened(toy, () => [7, 0]), widened(toy, (r) => [r, -r])];
      expect(predictProbabilities(constant, other.x)).toEqual(predictProbabilities(constant, same.x));
    });

    it("tells labels apart that lie far from each other, with finite probabilities [D06]", async () => {
      const apart = clouds(40, 4, { classes, distance: 40 });
      const head = await fit(apart);
      expect(accuracy(head, apart)).toBe(1);
      expect(predictProbabilities(head, apart.x).every((p) => p >= 0 && p <= 1)).toBe(true);
    });

    it("learns from one row a label, and from one column [D05]", async () => {
      const few = picked(
        toy,
        Array.from({ length: classes }, (__, k) => toy.y.indexOf(k)),
      );
      expect(accuracy(await fit(few), few)).toBeGreaterThan(0.6);
      const narrow = {
        ...toy,
        x: matrix(
          60,
          1,
          Float32Array.from(toy.y, (k, r) => 10 * k + (r % 3)),
        ),
      };
      expect(accuracy(await fit(narrow), narrow)).toBeGreaterThan(0.6);
    });

    it("gives finite probabilities where a column is there twice or nothing but zeros [D05]", async () => {
      const head = await fit(widened(toy, (r) => [toy.x.data[r * 5], 0]));
      const predictions = predictProbabilities(head, widened(toy, (r) => [toy.x.data[r * 5], 0]).x);
      expect(predictions.every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(
        accuracy(
          head,
          widened(toy, (r) => [toy.x.data[r * 5], 0]),
        ),
      ).toBeGreaterThan(0.8);
    });

    it("predicts a row alone as among others, to the bit [D08, R36]", async () => {
      const head = await fit(toy);
      const all = predictProbabilities(head, stackRows(5, [toy.x, toy.x]));
      for (let r = 0; r < 60; r++) {
        const alone = predictProbabilities(head, takeRows(toy.x, [r]));
        expect(alone).toEqual(all.slice(r * classes, (r + 1) * classes));
        expect(alone).toEqual(all.slice((60 + r) * classes, (61 + r) * classes));
        expect(alone.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      }
      expect(predictProbabilities(head, matrix(0, 5))).toEqual(new Float64Array(0));
    });

    it("takes a weight of 2 as the row twice, and a weight of 0 as no row [D08]", async () => {
      const [twice, without] = [
        [3, 4, 5, 17, 20],
        [6, 7, 8, 30],
      ];
      const sampleWeights = Float64Array.from(toy.y, (_, r) => (twice.includes(r) ? 2 : without.includes(r) ? 0 : 1));
      const rows = [...toy.y.keys()].filter((r) => !without.includes(r));
      for (const classWeights of ["none", "balanced"] as const) {
        const weighted = await fit(toy, { sampleWeights, classWeights });
        const repeated = await fit(picked(toy, [...rows, ...twice]), { classWeights });
        expectNear(predictProbabilities(weighted, toy.x), predictProbabilities(repeated, toy.x));
        expect(predictProbabilities(await fit(toy), toy.x)).not.toEqual(predictProbabilities(weighted, toy.x));
      }
    });

    it("does not depend on the order of the rows [D07, D08]", async () => {
      const reversed = await fit(picked(toy, [...toy.y.keys()].reverse()));
      expectNear(predictProbabilities(reversed, toy.x), predictProbabilities(await fit(toy), toy.x));
    });

    it("is the same to the bit when fitted twice, and leaves its inputs as they were [D07, D08, R34]", async () => {
      const [x, y] = [toy.x.data.slice(), toy.y.slice()];
      const sampleWeights = Float64Array.from(y, (_, r) => 1 + (r % 3));
      const given = sampleWeights.slice();
      const first = await fit(toy, { sampleWeights });
      expect(await fit(toy, { sampleWeights })).toEqual(first);
      predictProbabilities(first, toy.x);
      expect([toy.x.data, toy.y, sampleWeights]).toEqual([x, y, given]);
    });

    it("is the same to the bit after saving and loading, whatever its labels are called [D09, R37]", async () => {
      const labels = ["zwölf 😀", 'a,"b"\nc', "__proto__"].slice(0, classes);
      const head = await fit({ ...toy, labels });
      const folder = join(await tempFolder(), "head");
      const { file, bagOfWords } = madeUpHead(labels, { width: 5 });
      const mlp = head.kind === "mlp" ? { mlp: formOf(head) } : {};
      await saveHead(folder, { head, bagOfWords, file: { ...file, kind: head.kind, ...mlp } });
      const loaded = await loadHead(folder);
      expect(loaded.head).toEqual(head);
      expect(predictProbabilities(loaded.head, toy.x)).toEqual(predictProbabilities(head, toy.x));
    });
  });
});

const formOf = ({ activation, layers }: Extract<Head, { kind: "mlp" }>) => ({
  ...MLP_DEFAULTS,
  hidden: layers.slice(0, -1).map(({ bias }) => bias.length),
  activation,
});
