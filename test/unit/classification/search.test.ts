import { describe, expect, it } from "vitest";
import { fewShotScores, drawRows } from "../../../src/classification/fewShot.js";
import type { LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { searchHead, type SearchOptions, type View } from "../../../src/classification/choice/search.js";
import { matrix } from "../../../src/math/matrix.js";
import { toyVectors } from "./toyVectors.js";

const toy = toyVectors(90, { copies: 3 });
const OPTIONS: SearchOptions = {
  labels: ["bad", "good"],
  classWeights: "none",
  seed: 1,
  threads: 1,
  folds: 3,
  Cs: [0.01, 0.1, 1],
  mlps: [{ hidden: [4], epochs: 3 }],
};
const viewOf = (data: LabeledVectors, layer: number | null = null): View => ({
  layer,
  pooling: "mean",
  load: async () => data,
});
/** Vectors that say nothing of the labels. */
const blank: LabeledVectors = { ...toy, vectors: matrix(90, 6) };

describe("searchHead()", () => {
  it("scores every C on every view, then MLPs on the best view, and reports each", async () => {
    const names: string[] = [];
    const views = [viewOf(blank), viewOf(toy, 2)];
    const { setup, view, data, search } = await searchHead(views, {
      ...OPTIONS,
      onCandidate: ({ name }) => names.push(name),
    });
    expect(names).toEqual(search.candidates.map(({ name }) => name));
    expect(search.candidates.map(({ view: of }) => of.layer)).toEqual([null, null, null, 2, 2, 2, 2]);
    expect(search.candidates.at(-1)?.name).toContain("mlp 4");
    expect([view.layer, data, search.folds, search.rows, search.skipped]).toEqual([2, toy, 3, 90, []]);
    expect(search.candidates.map(({ name }) => name)).toContain(search.chosen);
    expect(setup.kind).toBe(search.chosen.split(/[ ,]/)[0]);
    // What says nothing costs what guessing costs.
    expect(search.candidates[0].logLoss.mean).toBeCloseTo(Math.LN2, 2);
    const least = Math.min(...search.candidates.map(({ logLoss }) => logLoss.mean));
    expect(least).toBeLessThan(0.6);
    expect(await searchHead(views, OPTIONS)).toEqual({ setup, view, data, search });
  });

  it("never tells a row by a copy of it: vectors that name the text and nothing else are worth no more than a guess", async () => {
    // Labels alternate within a text's copies only by text, so a copy in training would give each label away.
    const labels = toy.texts.map((_, r) => (Math.floor(r / 6) % 2 === 0 ? "bad" : "good"));
    const texts = toy.texts.map((_, r) => `text ${Math.floor(r / 3)}`);
    const vectors = matrix(90, 30);
    texts.forEach((_, r) => (vectors.data[r * 30 + Math.floor(r / 3)] = 1));
    const { search } = await searchHead([viewOf({ texts, labels, vectors })], { ...OPTIONS, kinds: ["logistic"] });
    for (const { macroF1 } of search.candidates) expect(macroF1.mean).toBeLessThan(0.6);
  });

  it("begins nothing new when time is up, and says what it left out; the first view is always scored", async () => {
    let now = 0;
    const options = { ...OPTIONS, seconds: 1, clock: () => (now += 2000) };
    const { search } = await searchHead([viewOf(toy), viewOf(blank, 1)], options);
    expect(search.candidates).toHaveLength(3);
    expect(search.skipped).toEqual(["layer 1, mean", expect.stringContaining("mlp 4")]);
  });

  it("chooses among the requested kinds, also when time is up", async () => {
    let now = 0;
    const options = { ...OPTIONS, seconds: 1, clock: () => (now += 2000) };
    const { setup } = await searchHead([viewOf(toy)], { ...options, kinds: ["mlp"] });
    expect(setup.kind).toBe("mlp");
    const { search } = await searchHead([viewOf(toy)], { ...OPTIONS, kinds: ["logistic"] });
    expect(search.candidates.every(({ name }) => name.startsWith("logistic"))).toBe(true);
  });

  it("tries MLPs with the settings of all, equal ones once", async () => {
    const mlps = [
      { hidden: [4], dropout: 0.1 },
      { hidden: [8], dropout: 0.1 },
    ];
    const options = { ...OPTIONS, kinds: ["mlp"] as const, mlps, mlp: { hidden: [6], epochs: 2 } };
    const { setup, search } = await searchHead([viewOf(toy)], options);
    expect(search.candidates.filter(({ name }) => name.startsWith("mlp"))).toHaveLength(1);
    expect(setup).toMatchObject({ kind: "mlp", settings: { hidden: [6], epochs: 2, dropout: 0.1 } });
  });

  it("is fitted by trainClassifier() without a look at the dev rows", async () => {
    const dev = toyVectors(30, { seed: 2 });
    for (const kind of ["logistic", "mlp"] as const) {
      const searchResult = await searchHead([viewOf(toy)], { ...OPTIONS, kinds: [kind] });
      const trained = await trainClassifier(toy, { threads: 1, dev, searchResult });
      expect([trained.head.kind, trained.search?.chosen]).toEqual([kind, searchResult.search.chosen]);
      const other = await trainClassifier(toy, {
        threads: 1,
        dev: { ...dev, labels: [...dev.labels].reverse() },
        searchResult,
      });
      // Only how sure it is comes from the dev rows.
      expect({ ...other.head, temperature: 1 }).toEqual({ ...trained.head, temperature: 1 });
      expect(other.dev).not.toEqual(trained.dev);
    }
  });
});

describe("fewShotScores()", () => {
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
    const fewShot = await fewShotScores(noisy, { ...fit, perLabel: [2, 60] });
    expect(fewShot.map(({ perLabel, seeds }) => [perLabel, seeds])).toEqual([
      [2, 3],
      [60, 3],
    ]);
    for (const { macroF1 } of fewShot) {
      expect(macroF1.lowest).toBeLessThan(macroF1.mean);
      expect(macroF1.mean).toBeLessThan(macroF1.highest);
      expect(macroF1.deviation).toBeGreaterThan(0);
    }
    expect(fewShot[1].macroF1.mean).toBeGreaterThan(fewShot[0].macroF1.mean);
    expect(await fewShotScores(noisy, { ...fit, perLabel: [2] })).toEqual(fewShot.slice(0, 1));
  });
});
