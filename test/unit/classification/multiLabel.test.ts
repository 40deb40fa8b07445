import { describe, expect, it } from "vitest";
import { predictMultiLabel, evaluateMultiLabelHead, trainMultiLabel } from "../../../src/classification/multiLabel.js";
import { fitLogistic } from "../../../src/head/linear/logistic.js";
import { bestThresholds, fitMultiLabelPath, multiLabelProbabilities } from "../../../src/head/linear/oneVsRest.js";
import { loadMultiLabel, saveMultiLabel } from "../../../src/head/file/multiLabel.js";
import { loadHead } from "../../../src/head/file/folder.js";
import { evaluateMultiLabel } from "../../../src/metrics/multiLabel.js";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { madeUpHead } from "../head/file/savedHead.js";
import { tempFolder } from "../files/tempFolder.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { pickRows } from "../../../src/dataset/labeledVectors.js";
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

describe("bestThresholds()", () => {
  it("parts the rows where F1 is best, and is 0.5 for a label that no row has", () => {
    const p = Float64Array.of(0.9, 0.1, 0.4, 0.2, 0.3, 0.9, 0.1, 0.3);
    const y = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0);
    const [first, second] = bestThresholds(p, y, 2);
    expect(first).toBeCloseTo(0.35, 12);
    expect(second).toBe(0.5);
  });
});

describe("trainMultiLabel()", () => {
  it("learns a toy, chooses on dev, and gives any number of labels", async () => {
    const all = several(390, 1);
    const data = pickRows(all, [...all.labels.keys()].slice(0, 240));
    const trained = await trainMultiLabel(data, options);
    expect(trained.head.labels).toEqual(["bad", "even", "good"]);
    expect(trained.n + trained.dev.n).toBe(240);
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
