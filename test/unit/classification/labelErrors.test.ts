import { describe, expect, it } from "vitest";
import { checkTextsAndLabels, findLabelErrors, mislabeled } from "../../../src/classification/labelErrors.js";
import { labelIndices } from "../../../src/dataset/mapLabels.js";
import { readLabeled } from "../../../src/dataset/labeledCorpus.js";
import { vectorsOf } from "../../../src/embedding/cachedEmbed.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { seeded, shuffled } from "../../../src/math/random.js";
import { toyVectors } from "./toyVectors.js";

const of = (rows: readonly (readonly [string, string])[]) =>
  checkTextsAndLabels({ texts: rows.map(([text]) => text), labels: rows.map(([, label]) => label) });

const filler = (label: string, n: number): [string, string][] =>
  Array.from({ length: n }, (_, i) => [`${label} number ${i}`, label]);

describe("checkTextsAndLabels()", () => {
  it("names rows whose label looks like a slip of the pen, with the label that was meant", () => {
    const found = of([...filler("positive", 20), ["so good", "postive"], ...filler("negative", 20)]);
    expect(found.filter(({ problem }) => problem === "near-miss")).toEqual([
      expect.objectContaining({ row: 20, suggested: "positive" }),
    ]);
    expect(found.filter(({ problem }) => problem === "tiny").map(({ row }) => row)).toEqual([20]);
  });

  it("names the rarer labels of equal texts; all of them on a tie", () => {
    const rows = [...filler("a", 9), ...filler("b", 9)];
    const found = of([
      ["Great film!", "a"],
      ["great film", "a"],
      ["GREAT film", "b"],
      ["Hm", "a"],
      ["hm.", "b"],
      ...rows,
    ]);
    expect(found.map(({ problem, row, suggested }) => [problem, row, suggested])).toEqual([
      ["conflict", 2, "a"],
      ["conflict", 3, null],
      ["conflict", 4, null],
    ]);
  });

  it("finds nothing in clean rows", () => {
    expect(of([...filler("a", 9), ...filler("b", 9)])).toEqual([]);
  });
});

describe("mislabeled()", () => {
  it("considers a label possible from the mean over its own rows on, and ranks by how much more probable another is", () => {
    // Rows of "a" give it 0.9, 0.9 and 0.2, mean 2/3; rows of "b" 0.7 and 0.5, mean 0.6.
    const held = {
      names: ["a", "b"],
      rows: Int32Array.of(0, 1, 2, 3, 4),
      probabilities: Float64Array.of(0.9, 0.1, 0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.5, 0.5),
      folds: 5,
      C: 1,
      logLoss: 0,
    };
    const found = mislabeled(["a", "a", "a", "b", "b"], held);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ row: 2, suggested: "b" });
    expect(found[0].score).toBeCloseTo((1 + 0.6) / 2, 12);
  });
});

describe("findLabelErrors()", () => {
  it("finds most flipped labels, names few others, and changes nothing", async () => {
    const data = toyVectors(300, { distance: 2.5 });
    const flipped = new Set(shuffled(300, seeded(2)).slice(0, 15));
    const noisy = { ...data, labels: data.labels.map((l, r) => (flipped.has(r) ? (l === "bad" ? "good" : "bad") : l)) };
    const before = structuredClone(noisy);
    const { findings, crossValidation } = await findLabelErrors(noisy, { threads: 1 });
    const hits = findings.filter(({ row }) => flipped.has(row));
    expect(hits.length).toBeGreaterThanOrEqual(13);
    expect(findings.length).toBeLessThanOrEqual(22);
    expect(findings.slice(0, 10).every(({ row }) => flipped.has(row))).toBe(true);
    expect(crossValidation).toMatchObject({ names: ["bad", "good"], folds: 5 });
    expect(noisy).toEqual(before);
    expect(await findLabelErrors(noisy, { threads: 1 })).toEqual({ findings, crossValidation });
  });

  it("goes without held-out rows where there are too few texts, or leaves a small class out of it", async () => {
    expect((await findLabelErrors(toyVectors(8), { threads: 1 })).crossValidation).toBeNull();
    const data = toyVectors(60);
    const labels = data.labels.map((label, r) => (r < 3 ? "odd" : label));
    const { crossValidation, findings } = await findLabelErrors({ ...data, labels }, { threads: 1 });
    expect(crossValidation?.rows).toHaveLength(57);
    expect(findings.filter(({ problem }) => problem === "tiny")).toHaveLength(3);
  });

  const corpora = process.env["HEADSTART_CORPORA"];
  it.skipIf(!corpora)(
    "finds flipped labels of film reviews ten times as often as chance",
    { timeout: 120_000 },
    async () => {
      const { texts, labels } = await readLabeled([`${corpora}/movies/sst2.val.csv`]);
      const encoder = await loadEncoder("headstart-mini");
      const { vectors } = await vectorsOf(encoder, texts);
      await encoder.close();
      const flipped = new Set(shuffled(texts.length, seeded(1)).slice(0, Math.round(texts.length / 20)));
      const names = [...new Set(labels)].sort();
      const noisy = labels.map((l, r) => (flipped.has(r) ? names[1 - labelIndices(names, [l], "")[0]] : l));
      const { findings } = await findLabelErrors({ texts, labels: noisy, vectors });
      const top = findings.filter(({ problem }) => problem === "mislabeled").slice(0, flipped.size);
      const precision = top.filter(({ row }) => flipped.has(row)).length / top.length;
      expect(precision).toBeGreaterThan(0.4);
    },
  );
});
