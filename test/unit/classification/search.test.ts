import { describe, expect, it } from "vitest";
import { fewExamples, drawRows } from "../../../src/classification/fewShot.js";
import type { LabelledVectors } from "../../../src/dataset/labelledVectors.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { tune, type TuneOptions, type View } from "../../../src/classification/search.js";
import { matrix } from "../../../src/math/matrix.js";
import { toyVectors } from "./toyVectors.js";

const toy = toyVectors(90, { copies: 3 });
const OPTIONS: TuneOptions = {
  labels: ["bad", "good"],
  classWeights: "none",
  seed: 1,
  threads: 1,
  folds: 3,
  strengths: [0.01, 0.1, 1],
  perceptrons: [{ hidden: [4], epochs: 3 }],
};
const viewOf = (data: LabelledVectors, layer: number | null = null): View => ({
  layer,
  pooling: "mean",
  load: async () => data,
});
/** Vectors that say nothing of the labels. */
const blank: LabelledVectors = { ...toy, vectors: matrix(90, 6) };

describe("tune", () => {
  it("scores every strength on every view, then perceptrons on the best view, and tells of each", async () => {
    const told: string[] = [];
    const views = [viewOf(blank), viewOf(toy, 2)];
    const { setup, view, data, tuning } = await tune(views, { ...OPTIONS, onRival: ({ name }) => told.push(name) });
    expect(told).toEqual(tuning.rivals.map(({ name }) => name));
    expect(tuning.rivals.map(({ view: of }) => of.layer)).toEqual([null, null, null, 2, 2, 2, 2]);
    expect(tuning.rivals.at(-1)?.name).toContain("mlp 4");
    expect([view.layer, data, tuning.folds, tuning.rows, tuning.skipped]).toEqual([2, toy, 3, 90, []]);
    expect(tuning.rivals.map(({ name }) => name)).toContain(tuning.chosen);
    expect(setup.kind).toBe(tuning.chosen.split(/[ ,]/)[0]);
    // What says nothing costs what guessing costs.
    expect(tuning.rivals[0].logLoss.mean).toBeCloseTo(Math.LN2, 2);
    const least = Math.min(...tuning.rivals.map(({ logLoss }) => logLoss.mean));
    expect(least).toBeLessThan(0.6);
    expect(await tune(views, OPTIONS)).toEqual({ setup, view, data, tuning });
  });

  it("never tells a row by a copy of it: vectors that name the text and nothing else are worth no more than a guess", async () => {
    // Labels alternate within a text's copies only by text, so a copy in training would give each answer away.
    const labels = toy.texts.map((_, r) => (Math.floor(r / 6) % 2 === 0 ? "bad" : "good"));
    const texts = toy.texts.map((_, r) => `text ${Math.floor(r / 3)}`);
    const vectors = matrix(90, 30);
    texts.forEach((_, r) => (vectors.data[r * 30 + Math.floor(r / 3)] = 1));
    const { tuning } = await tune([viewOf({ texts, labels, vectors })], { ...OPTIONS, kinds: ["logistic"] });
    for (const { macroF1 } of tuning.rivals) expect(macroF1.mean).toBeLessThan(0.6);
  });

  it("begins nothing new when time is up, and says what it left out; the first view is always scored", async () => {
    let now = 0;
    const options = { ...OPTIONS, seconds: 1, clock: () => (now += 2000) };
    const { tuning } = await tune([viewOf(toy), viewOf(blank, 1)], options);
    expect(tuning.rivals).toHaveLength(3);
    expect(tuning.skipped).toEqual(["layer 1, mean", expect.stringContaining("mlp 4")]);
  });

  it("chooses among the kinds that it is told to, also when time is up", async () => {
    let now = 0;
    const options = { ...OPTIONS, seconds: 1, clock: () => (now += 2000) };
    const { setup } = await tune([viewOf(toy)], { ...options, kinds: ["mlp"] });
    expect(setup.kind).toBe("mlp");
    const { tuning } = await tune([viewOf(toy)], { ...OPTIONS, kinds: ["logistic"] });
    expect(tuning.rivals.every(({ name }) => name.startsWith("logistic"))).toBe(true);
  });

  it("tries perceptrons with what is asked of all, alike ones once", async () => {
    const perceptrons = [
      { hidden: [4], dropout: 0.1 },
      { hidden: [8], dropout: 0.1 },
    ];
    const options = { ...OPTIONS, kinds: ["mlp"] as const, perceptrons, mlp: { hidden: [6], epochs: 2 } };
    const { setup, tuning } = await tune([viewOf(toy)], options);
    expect(tuning.rivals.filter(({ name }) => name.startsWith("mlp"))).toHaveLength(1);
    expect(setup).toMatchObject({ kind: "mlp", settings: { hidden: [6], epochs: 2, dropout: 0.1 } });
  });

  it("is fitted by trainClassifier() without a look at the dev rows", async () => {
    const dev = toyVectors(30, { seed: 2 });
    for (const kind of ["logistic", "mlp"] as const) {
      const tuned = await tune([viewOf(toy)], { ...OPTIONS, kinds: [kind] });
      const trained = await trainClassifier(toy, { threads: 1, dev, tuned });
      expect([trained.head.kind, trained.tuning?.chosen]).toEqual([kind, tuned.tuning.chosen]);
      const other = await trainClassifier(toy, {
        threads: 1,
        dev: { ...dev, labels: [...dev.labels].reverse() },
        tuned,
      });
      // Only how sure it is comes from the dev rows.
      expect({ ...other.head, temperature: 1 }).toEqual({ ...trained.head, temperature: 1 });
      expect(other.dev).not.toEqual(trained.dev);
    }
  });
});

describe("fewExamples", () => {
  it("draws so many different texts of each label, and tells the spread over its draws", async () => {
    const labels = ["bad", "good"];
    const rows = drawRows(toy, { number: 4, seed: 3, labels });
    expect(rows).toHaveLength(8);
    expect(new Set(rows.map((r) => toy.texts[r])).size).toBe(8);
    expect(rows.filter((r) => toy.labels[r] === "bad")).toHaveLength(4);
    expect(drawRows(toy, { number: 4, seed: 4, labels })).not.toEqual(rows);
    // No more than there are: 15 different texts of each.
    expect(drawRows(toy, { number: 99, seed: 1, labels })).toHaveLength(30);

    const noisy = toyVectors(200, { distance: 0.5 });
    const fit = { labels, classWeights: "none", seed: 1, threads: 1, seeds: 3, dev: noisy } as const;
    const few = await fewExamples(noisy, { ...fit, perLabel: [2, 60] });
    expect(few.map(({ perLabel, seeds }) => [perLabel, seeds])).toEqual([
      [2, 3],
      [60, 3],
    ]);
    for (const { macroF1 } of few) {
      expect(macroF1.lowest).toBeLessThan(macroF1.mean);
      expect(macroF1.mean).toBeLessThan(macroF1.highest);
      expect(macroF1.deviation).toBeGreaterThan(0);
    }
    expect(few[1].macroF1.mean).toBeGreaterThan(few[0].macroF1.mean);
    expect(await fewExamples(noisy, { ...fit, perLabel: [2] })).toEqual(few.slice(0, 1));
  });
});
