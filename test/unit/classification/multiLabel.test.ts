import { describe, expect, it } from "vitest";
import { predictMultiLabel, evaluateMultiLabelHead } from "../../../src/classification/multiLabel/predict.js";
import { trainMultiLabel } from "../../../src/classification/multiLabel/train.js";
import { fitLogistic } from "../../../src/head/linear/logistic.js";
import { fitMultiLabelPath, marksOf, multiLabelProbabilities } from "../../../src/head/linear/oneVsRest.js";
import { loadMultiLabel, saveMultiLabel } from "../../../src/head/file/multiLabel.js";
import { loadHead } from "../../../src/head/file/folder.js";
import { evaluateMultiLabel } from "../../../src/metrics/multiLabel.js";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { madeUpHead } from "../head/file/savedHead.js";
import { tempFolder } from "../files/tempFolder.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { pickRows, type LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import { toyVectors } from "./toyVectors.js";

/** Each row has the label of its cloud, and "even" where its first number is above 0. */
function several(rows: number, seed: number) {
  const data = toyVectors(rows, { labels: ["bad", "good", "none"], distance: 2, seed });
  const labels = data.labels.map((label, r) => {
    const own = label === "none" ? [] : [label];
    return [...own, ...(data.vectors.data[r * 6] > 0 ? ["even"] : [])].join("|") || "|";
  });
  return { ...data, labels };
}

const options = { separator: "|", threads: 1, Cs: [0.01, 0.1, 1] };

/** Rows with each of eight labels by chance, in 30 to 4 % of them; of twelve numbers each label moves one a little. */
function rareLabels(rows: number, seed: number): LabeledVectors {
  const random = seeded(seed);
  const data = Float32Array.from({ length: rows * 12 }, () => random() + random() + random() - 1.5);
  const labels = Array.from({ length: rows }, (_, r) => {
    const own = [0, 1, 2, 3, 4, 5, 6, 7].filter((label) => random() < 0.3 / (label + 1));
    for (const label of own) data[r * 12 + label] += 1;
    return own.join("|") || "|";
  });
  return { texts: labels.map((_, r) => `text ${r}`), labels, vectors: matrix(rows, 12, data) };
}

describe("fitMultiLabelPath()", () => {
  it("reaches for every label what a logistic head of two labels reaches alone", async () => {
    const data = toyVectors(90, { distance: 1 });
    const y = Int32Array.from(data.labels, (label) => (label === "good" ? 1 : 0));
    const marks = Uint8Array.from([...y].flatMap((one) => [one, 1 - one]));
    const fit = fitMultiLabelPath(data.vectors, marks, {
      labels: ["good", "bad"],
      Cs: [0.3],
      tolerance: 1e-6,
      threads: 1,
    });
    const { value } = await fit.next();
    const p = multiLabelProbabilities(value!.head, data.vectors);
    const alone = await fitLogistic(data.vectors, y, { labels: ["bad", "good"], C: 0.3, threads: 1 });
    const { predictProbabilities } = await import("../../../src/head/head.js");
    const q = predictProbabilities(alone.head, data.vectors);
    p.forEach((one, at) => expect(one).toBeCloseTo(at % 2 === 0 ? q[at + 1] : q[at - 1], 3));
    await fit.return(undefined);
  });
});

describe("trainMultiLabel()", () => {
  it("learns a toy from all rows, scores each by heads that have not seen it, and gives any number of labels", async () => {
    const all = several(390, 1);
    const data = pickRows(all, [...all.labels.keys()].slice(0, 240));
    const trained = await trainMultiLabel(data, options);
    expect(trained.head.labels).toEqual(["bad", "even", "good"]);
    expect([trained.n, trained.dev.n]).toEqual([240, 240]);
    expect(trained.devFrom).toBe("5-fold cross-validation of the 240 training rows");
    expect(trained.dev.microF1).toBeGreaterThan(0.85);
    const test = pickRows(all, [...all.labels.keys()].slice(240));
    const evaluation = evaluateMultiLabelHead(trained.head, test, { separator: "|" });
    expect(evaluation.macroF1).toBeGreaterThan(0.85);
    expect(evaluation.exactMatch).toBeGreaterThan(0.7);
    const sizes = new Set(predictMultiLabel(trained.head, test.vectors, "|").map(({ labels }) => labels!.length));
    expect(sizes).toEqual(new Set([0, 1, 2]));
    expect(await trainMultiLabel(data, options)).toEqual(trained);
    expect(() =>
      evaluateMultiLabelHead(trained.head, { ...test, labels: test.labels.map(() => "odd") }, { separator: "|" }),
    ).toThrow(/"odd"/);
  });

  it("scores on dev rows without choosing by them: the head is the same with them and without", async () => {
    const data = several(120, 1);
    const dev = several(90, 2);
    const [own, scored] = [await trainMultiLabel(data, options), await trainMultiLabel(data, { ...options, dev })];
    expect(scored.head).toEqual(own.head);
    expect(scored.trials).toEqual(own.trials);
    expect(scored.dev).toEqual(evaluateMultiLabelHead(own.head, dev, { separator: "|" }));
    expect(scored.devFrom).toBe("90 rows given for it");
  });

  it("gives scores that are those on new rows, where labels are rare and little can be learned", async () => {
    const differences: number[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      const data = rareLabels(1120, seed);
      const rows = [...data.labels.keys()];
      const { head, dev } = await trainMultiLabel(pickRows(data, rows.slice(0, 120)), {
        ...options,
        Cs: [0.01, 0.1],
        seed,
      });
      const test = pickRows(data, rows.slice(120));
      const truth = evaluateMultiLabel(
        Uint8Array.from(test.labels.flatMap((cell) => head.labels.map((label) => Number(cell.includes(label))))),
        marksOf(multiLabelProbabilities(head, test.vectors), head),
        { labels: head.labels, resamples: 1 },
      );
      differences.push(dev.macroF1 - truth.macroF1);
    }
    const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length;
    // Chosen and scored on the same tenth of the rows it is 0.2 and more.
    expect(Math.abs(mean)).toBeLessThan(0.08);
  });

  it("trains where a label or a set of labels occurs once, and refuses rows of one text", async () => {
    const data = several(60, 1);
    const once = { ...data, labels: data.labels.map((cell, r) => (r === 7 ? `${cell}|once` : cell)) };
    const { head, dev } = await trainMultiLabel(once, options);
    expect(head.labels).toContain("once");
    expect(dev.perLabel["once"].support).toBe(1);
    const equal = { ...data, texts: data.texts.map(() => "same") };
    await expect(trainMultiLabel(equal, options)).rejects.toMatchObject({ code: "E_LABELS" });
  });

  it("refuses a separator that leaves one label", async () => {
    const one = { ...several(20, 1), labels: Array.from({ length: 20 }, () => "a") };
    await expect(trainMultiLabel(one, options)).rejects.toMatchObject({ code: "E_LABELS" });
  });
});

describe("evaluateMultiLabelHead()", () => {
  it("brings the predictions to the labels of the rows by the map, as merged or dropped marks", async () => {
    const data = several(240, 1);
    const { head } = await trainMultiLabel(data, options);
    const rows = (of: readonly (readonly string[])[]) => ({ ...data, labels: of.map((cell) => cell.join("|") || "|") });
    const score = (of: readonly (readonly string[])[], written: string) =>
      evaluateMultiLabelHead(head, rows(of), { separator: "|", map: parseLabelMap(written) });
    const predicted = predictMultiLabel(head, data.vectors, "|").map(({ labels }) => labels);
    const merged = predicted.map((labels) => [...new Set(labels.map((one) => (one === "bad" ? "good" : one)))]);
    expect(score(merged, "bad=good")).toMatchObject({ exactMatch: 1, macroF1: 1 });
    expect(Object.keys(score(merged, "bad=good").perLabel)).toEqual(["good", "even"]);
    const alone = predicted.map((labels) => labels.filter((one) => one === "even"));
    expect(score(alone, "bad=drop,good=drop")).toMatchObject({ exactMatch: 1, macroF1: 1 });
    expect(() => score(alone, "bad=drop,good=drop,even=drop")).toThrow(/Keep one or more/);
  });
});

describe("saveMultiLabel() and loadMultiLabel()", () => {
  it("keep every bit of the probabilities and thresholds; other commands refuse the head, and a changed file is found", async () => {
    const { head } = await trainMultiLabel(several(90, 1), options);
    const { encoder } = madeUpHead(["a", "b"], { width: 6 }).file;
    const dev = { n: 1, exactMatch: 1, microF1: 1, macroF1: 1, interval95: [1, 1] as [number, number] };
    const training = { files: ["a.csv"], n: 81, labelCounts: { a: 1 }, C: 1, seed: 1, devFrom: "b.csv", dev };
    const file = {
      format: "headstart-multi-label" as const,
      headstart: "0",
      createdAt: "2026",
      separator: "|",
      labels: [...head.labels],
      encoder,
      training,
    };
    const folder = join(await tempFolder(), "head");
    await saveMultiLabel(folder, { head, file });
    const loaded = await loadMultiLabel(folder);
    expect(loaded.head).toEqual(head);
    const { vectors } = several(30, 3);
    expect(multiLabelProbabilities(loaded.head, vectors)).toEqual(multiLabelProbabilities(head, vectors));
    await expect(loadHead(folder)).rejects.toMatchObject({ code: "E_HEAD_MISMATCH" });
    const weights = join(folder, "head.safetensors");
    await writeFile(weights, (await readFile(weights)).subarray(1));
    await expect(loadMultiLabel(folder)).rejects.toMatchObject({ code: "E_CHECKSUM" });
    const other = { code: "E_HEAD_MISMATCH", message: expect.stringContaining("loadPipeline") as string };
    await expect(loadMultiLabel("data/heads/sentiment")).rejects.toMatchObject(other);
  });
});

describe("evaluateMultiLabel()", () => {
  it("adds up by hand", () => {
    // Rows: {a} as {a}; {a, b} as {a}; {} as {}; {b} as {a}.
    const truth = Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 1);
    const predicted = Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 0);
    const result = evaluateMultiLabel(truth, predicted, { labels: ["a", "b"], resamples: 50 });
    expect(result).toMatchObject({ n: 4, exactMatch: 0.5, labelsPerRow: { truth: 1, predicted: 0.75 } });
    expect(result.microF1).toBeCloseTo(4 / 7, 12);
    expect(result.macroF1).toBeCloseTo((4 / 5 + 0) / 2, 12);
    expect(result.perLabel["a"]).toMatchObject({ recall: 1, support: 2 });
    expect(() => evaluateMultiLabel(truth, predicted.slice(1), { labels: ["a", "b"] })).toThrow(RangeError);
    expect(() => evaluateMultiLabel(new Uint8Array(0), new Uint8Array(0), { labels: ["a"] })).toThrow(/no rows/);
  });
});
