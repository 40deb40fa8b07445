/** What every kind of head has to pass, after scikit-learn's estimator checks. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headWidth, argmax, predictProbabilities, type Head } from "../../src/head/head.js";
import { loadHead, saveHead } from "../../src/head/file/folder.js";
import { loadMultiLabel, saveMultiLabel } from "../../src/head/file/multiLabel.js";
import { fitLogistic } from "../../src/head/linear/logistic.js";
import { fitMultiLabelPath, multiLabelProbabilities, type MultiLabelHead } from "../../src/head/linear/oneVsRest.js";
import type { FitDataOptions } from "../../src/head/fitData.js";
import { fitMlp, MLP_DEFAULTS } from "../../src/head/mlp/mlp.js";
import { matrix, stackRows, takeRows, type Matrix } from "../../src/math/matrix.js";
import { softmax } from "../../src/math/softmax.js";
import { fitTagger } from "../../src/tagging/model/fit.js";
import { emissionsOf, type Tagger } from "../../src/tagging/model/tagger.js";
import { NO_SURFACE_FEATURES } from "../../src/tagging/model/wordFeatures.js";
import { madeUpHead } from "../unit/head/file/savedHead.js";
import { clouds, type ToyRows } from "../unit/head/toyRows.js";
import { tempFolder } from "../unit/files/tempFolder.js";

/** A head that was fitted, and its probabilities, `[rows, labels]`. */
interface Fitted {
  readonly head: Head | MultiLabelHead | Tagger;
  readonly width: number;
  readonly predict: (x: Matrix) => Promise<Float64Array>;
}

interface Kind {
  readonly name: string;
  readonly fit: (rows: ToyRows, options?: Partial<FitDataOptions>) => Promise<Fitted>;
  /** What not every kind of head does. */
  readonly is: {
    /** Its probabilities sum to 1, so it needs two labels, each with rows; rows may have weights. */
    readonly distribution?: true;
    /** The order of the rows says nothing. */
    readonly orderless?: true;
  };
}

/** Full batches and no dropout, so that the order of the rows says nothing. */
const STEADY = { hidden: [8], dropout: 0, epochs: 60, batchSize: 1000, learningRate: 0.02, threads: 1 } as const;
const CONVERGED = { tolerance: 1e-11, maxIterations: 5000, threads: 1 } as const;

const single = (
  name: string,
  fit: (rows: ToyRows, options: FitDataOptions) => Promise<{ readonly head: Head }>,
): Kind => ({
  name,
  is: { distribution: true, orderless: true },
  fit: async (rows, options) => {
    const { head } = await fit(rows, { labels: rows.labels, ...options });
    return { head, width: headWidth(head), predict: async (x) => predictProbabilities(head, x) };
  },
});

async function fitMultiLabel({ x, y, labels }: ToyRows): Promise<Fitted> {
  const marks = Uint8Array.from([...y].flatMap((label) => labels.map((_, k) => (k === label ? 1 : 0))));
  const path = fitMultiLabelPath(x, marks, { labels, Cs: [1], ...CONVERGED });
  for await (const { head } of path)
    return { head, width: head.weights.cols, predict: async (rows) => multiLabelProbabilities(head, rows) };
  throw new Error("nothing was fitted");
}

/** Each row as the vector of the only word of a sentence. */
function sentencesOf({ x, y, labels }: Pick<ToyRows, "x"> & Partial<ToyRows>): Parameters<typeof fitTagger>[0] {
  const offsets = Int32Array.from({ length: x.rows + 1 }, (_, r) => r);
  const sentences = Array.from({ length: x.rows }, (_, r) => {
    const tags = [y === undefined ? "O" : `B-${labels![y[r]]}`];
    const words = [{ text: "w", start: 0, end: 1 }];
    return { file: "a.conll", line: 2 * r + 1, text: "w", words, tags, written: tags, unaligned: [] };
  });
  return { sentences, vectors: x, offsets, cut: new Set() };
}

const tagger = (kind: "linear" | "mlp"): Kind => ({
  name: `tagger, ${kind}`,
  is: {},
  async fit(rows) {
    const { labels } = rows;
    const steady = { hidden: 8, epochs: 60, batchWords: 1000, learningRate: 0.1, dropout: 0, inputDropout: 0 } as const;
    const how = { kind, contextWindow: 0, surfaceFeatures: NO_SURFACE_FEATURES, ensemble: 1, threads: 1 } as const;
    const head = await fitTagger(sentencesOf(rows), { labels, ...how, ...steady });
    const tags = head.crfWeights.tags;
    return {
      head,
      width: head.inputs.cols,
      async predict(x) {
        const emissions = await emissionsOf(head, sentencesOf({ x }), { threads: 1 });
        // Tags are O, then B and I of each label.
        return Float64Array.from({ length: x.rows * labels.length }, (_, at) => {
          const r = Math.floor(at / labels.length);
          return softmax(emissions, r * tags, tags)[1 + 2 * (at % labels.length)];
        });
      },
    };
  },
});

const KINDS: readonly Kind[] = [
  single("logistic", ({ x, y }, options) => fitLogistic(x, y, { ...CONVERGED, ...options })),
  ...(["relu", "gelu"] as const).map((activation) =>
    single(`mlp, ${activation}`, ({ x, y }, options) => fitMlp(x, y, { activation, ...STEADY, ...options })),
  ),
  single("mlp of two layers", ({ x, y }, options) => fitMlp(x, y, { ...STEADY, hidden: [16, 8], ...options })),
  { name: "multi-label", fit: fitMultiLabel, is: { orderless: true } },
  tagger("linear"),
  tagger("mlp"),
];

const accuracy = async ({ predict }: Fitted, { x, y, labels }: ToyRows): Promise<number> => {
  const predictions = argmax(await predict(x), labels.length);
  return predictions.filter((label, r) => label === y[r]).length / y.length;
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

describe.each(KINDS)("a head of kind $name", ({ fit }) => {
  describe.each([2, 3])("with %i labels", (classes) => {
    const toy = clouds(60, 5, { classes });

    it("refuses NaN and infinity, naming row and column, at fit and at predict [D01]", async () => {
      const { predict } = await fit(toy);
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        const x = matrix(60, 5, toy.x.data.with(7 * 5 + 2, value));
        const refused = { code: "E_NOT_FINITE", message: expect.stringContaining("row 8, column 3") as string };
        await expect(fit({ ...toy, x })).rejects.toMatchObject(refused);
        await expect(predict(x)).rejects.toMatchObject(refused);
      }
    });

    it("refuses vectors of another width [D08]", async () => {
      const { width, predict } = await fit(toy);
      expect(width).toBe(5);
      await expect(predict(matrix(1, 6))).rejects.toMatchObject({ code: "E_SHAPE" });
      await expect(predict(matrix(1, 4))).rejects.toMatchObject({ code: "E_SHAPE" });
    });

    it("gives constant columns no say [D05]", async () => {
      const { predict } = await fit(widened(toy, () => [7, 0]));
      const [same, other] = [widened(toy, () => [7, 0]), widened(toy, (r) => [r, -r])];
      expect(await predict(other.x)).toEqual(await predict(same.x));
    });

    it("separates labels that lie far from each other, with finite probabilities [D06]", async () => {
      const apart = clouds(40, 4, { classes, distance: 40 });
      const fitted = await fit(apart);
      expect(await accuracy(fitted, apart)).toBe(1);
      expect((await fitted.predict(apart.x)).every((p) => p >= 0 && p <= 1)).toBe(true);
    });

    it("learns from one row a label, and from one column [D05]", async () => {
      const first = Array.from({ length: classes }, (_, k) => toy.y.indexOf(k));
      const few = picked(toy, first);
      expect(await accuracy(await fit(few), few)).toBeGreaterThan(0.6);
      const column = Float32Array.from(toy.y, (k, r) => 10 * k + (r % 3));
      const narrow = { ...toy, x: matrix(60, 1, column) };
      expect(await accuracy(await fit(narrow), narrow)).toBeGreaterThan(0.6);
    });

    it("gives finite probabilities where a column is there twice or nothing but zeros [D05]", async () => {
      const rows = widened(toy, (r) => [toy.x.data[r * 5], 0]);
      const fitted = await fit(rows);
      expect((await fitted.predict(rows.x)).every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(await accuracy(fitted, rows)).toBeGreaterThan(0.8);
    });

    it("predicts a row alone as among others, to the bit [D08, R36]", async () => {
      const { predict } = await fit(toy);
      const all = await predict(stackRows(5, [toy.x, toy.x]));
      for (let r = 0; r < 60; r++) {
        const alone = await predict(takeRows(toy.x, [r]));
        expect(alone).toEqual(all.slice(r * classes, (r + 1) * classes));
        expect(alone).toEqual(all.slice((60 + r) * classes, (61 + r) * classes));
      }
      expect(await predict(matrix(0, 5))).toEqual(new Float64Array(0));
    });

    it("is the same to the bit when fitted twice, and leaves its inputs as they were [D07, D08, R34]", async () => {
      const [x, y] = [toy.x.data.slice(), toy.y.slice()];
      const first = await fit(toy);
      expect((await fit(toy)).head).toEqual(first.head);
      await first.predict(toy.x);
      expect([toy.x.data, toy.y]).toEqual([x, y]);
    });
  });
});

describe.each(KINDS.filter(({ is }) => is.orderless))("a head of kind $name", ({ fit }) => {
  it.each([2, 3])("does not depend on the order of the rows, of %i labels [D07, D08]", async (classes) => {
    const toy = clouds(60, 5, { classes });
    const reversed = await fit(picked(toy, [...toy.y.keys()].reverse()));
    expectNear(await reversed.predict(toy.x), await (await fit(toy)).predict(toy.x));
  });
});

describe.each(KINDS.filter(({ is }) => is.distribution))("a head of kind $name", ({ fit }) => {
  describe.each([2, 3])("with %i labels", (classes) => {
    const toy = clouds(60, 5, { classes });

    it("gives probabilities that sum to 1", async () => {
      const all = await (await fit(toy)).predict(toy.x);
      for (let r = 0; r < 60; r++)
        expect(all.subarray(r * classes, (r + 1) * classes).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    });

    it("refuses one label, labels without rows, and another number of labels [D05, D08]", async () => {
      await expect(fit({ ...toy, y: new Int32Array(60) })).rejects.toMatchObject({ code: "E_LABELS" });
      await expect(fit({ ...toy, labels: [...toy.labels, "none"] })).rejects.toMatchObject({ code: "E_LABELS" });
      await expect(fit({ ...toy, y: toy.y.subarray(1) })).rejects.toMatchObject({ code: "E_SHAPE" });
    });

    it("takes a weight of 2 as the row twice, and a weight of 0 as no row [D08]", async () => {
      const [twice, without] = [
        [3, 4, 5, 17, 20],
        [6, 7, 8, 30],
      ];
      const sampleWeights = Float64Array.from(toy.y, (_, r) => (twice.includes(r) ? 2 : without.includes(r) ? 0 : 1));
      const rows = [...toy.y.keys()].filter((r) => !without.includes(r));
      const unweighted = await (await fit(toy)).predict(toy.x);
      for (const classWeights of ["none", "balanced"] as const) {
        const weighted = await (await fit(toy, { sampleWeights, classWeights })).predict(toy.x);
        const repeated = await fit(picked(toy, [...rows, ...twice]), { classWeights });
        expectNear(weighted, await repeated.predict(toy.x));
        expect(unweighted).not.toEqual(weighted);
      }
    });

    it("is the same to the bit when fitted twice with weights, and leaves them as they were [D07, D08, R34]", async () => {
      const sampleWeights = Float64Array.from(toy.y, (_, r) => 1 + (r % 3));
      const given = sampleWeights.slice();
      const { head } = await fit(toy, { sampleWeights });
      expect((await fit(toy, { sampleWeights })).head).toEqual(head);
      expect(sampleWeights).toEqual(given);
    });
  });
});

/** Taggers are saved and loaded in pipelines.test.ts. */
describe.each(KINDS.filter(({ name }) => !name.startsWith("tagger")))("a head of kind $name", ({ fit }) => {
  it.each([2, 3])(
    "is the same to the bit after saving and loading, whatever its %i labels are called [D09, R37]",
    async (classes) => {
      const toy = clouds(60, 5, { classes });
      const labels = ["zwölf 😀", 'a,"b"\nc', "__proto__"].slice(0, classes);
      const { head, predict } = await fit({ ...toy, labels });
      const loaded = await savedAndLoaded(head as Head | MultiLabelHead);
      expect(loaded.head).toEqual(head);
      expect(loaded.predict(toy.x)).toEqual(await predict(toy.x));
    },
  );
});

async function savedAndLoaded(
  head: Head | MultiLabelHead,
): Promise<{ head: unknown; predict: (x: Matrix) => Float64Array }> {
  const folder = join(await tempFolder(), "head");
  const { file, bagOfWords } = madeUpHead(head.labels, { width: 5 });
  if (head.kind !== "multi-label") {
    const mlp = head.kind === "mlp" ? { mlp: formOf(head) } : {};
    await saveHead(folder, { head, bagOfWords, file: { ...file, kind: head.kind, ...mlp } });
    const { head: own } = await loadHead(folder);
    return { head: own, predict: (x) => predictProbabilities(own, x) };
  }
  const { createdAt, headstart, encoder, labels } = file;
  const dev = { n: 1, exactMatch: 1, microF1: 1, macroF1: 1, interval95: [1, 1] as [number, number] };
  const training = { files: ["a.csv"], n: 60, labelCounts: { a: 1 }, C: 1, seed: 1, devFrom: "b.csv", dev };
  const format = "headstart-multi-label" as const;
  await saveMultiLabel(folder, {
    head,
    file: { format, headstart, createdAt, separator: "|", labels, encoder, training },
  });
  const { head: own } = await loadMultiLabel(folder);
  return { head: own, predict: (x) => multiLabelProbabilities(own, x) };
}

const formOf = ({ activation, layers }: Extract<Head, { kind: "mlp" }>) => ({
  ...MLP_DEFAULTS,
  hidden: layers.slice(0, -1).map(({ bias }) => bias.length),
  activation,
});
