import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeHead } from "../../../src/classification/describeHead.js";
import { evaluateHead } from "../../../src/classification/evaluate.js";
import type { LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import type { Trial } from "../../../src/classification/choice/chosenHead.js";
import { bestCandidate } from "../../../src/classification/choice/selectC.js";
import { trainClassifier } from "../../../src/classification/train.js";
import type { Encoder } from "../../../src/encoder/encoder.js";
import { saveHead } from "../../../src/head/file/folder.js";
import { HeadFile } from "../../../src/head/file/schema.js";
import { matrix } from "../../../src/math/matrix.js";
import { tempFolder } from "../files/tempFolder.js";
import { toyVectors } from "./toyVectors.js";

const OPTIONS = { threads: 1, Cs: [0.01, 0.1, 1] } as const;
const toy = toyVectors(120);

describe("trainClassifier", () => {
  it("learns a toy, and says from how many rows, with which baselines, and how it chose", async () => {
    const trained = await trainClassifier(toy, OPTIONS);
    expect(trained.head.labels).toEqual(["bad", "good"]);
    // Every row is learned from, and predicted by a head that has not seen it.
    expect([trained.n, trained.dev.n]).toEqual([120, 120]);
    expect(trained.labelCounts).toEqual({ bad: trained.n / 2, good: trained.n / 2 });
    expect(trained.dev.accuracy).toBeGreaterThan(0.8);
    expect(trained.dev.majority.accuracy).toBe(0.5);
    expect(trained.dev.bagOfWords?.accuracy).toBe(1); // its texts name the label
    expect(trained.devFrom).toMatch(/^5-fold cross-validation of the 120 training rows, 5 times/);
    expect(trained.choice).toBe(`C was chosen by ${trained.devFrom}`);
    const scores = trained.trials.map(({ devLogLoss, devMacroF1 }) => ({ logLoss: devLogLoss, macroF1: devMacroF1 }));
    // The penalty of a row is that of the folds, which are fitted on four fifths.
    expect(trained.C).toBeCloseTo(0.8 * trained.trials[bestCandidate(scores)].C, 10);
    expect(trained.warnings).toEqual([]);
  });

  it("predicts no row by a head that has seen a copy of its text [I03]", async () => {
    // The vectors name the text and nothing else, and labels alternate by text: only a copy would give a label away.
    const texts = Array.from({ length: 120 }, (_, r) => `text ${Math.floor(r / 5)}`);
    const labels = texts.map((_, r) => (Math.floor(r / 5) % 2 === 0 ? "bad" : "good"));
    const vectors = matrix(120, 24);
    texts.forEach((_, r) => (vectors.data[r * 24 + Math.floor(r / 5)] = 1));
    const { dev, devFrom } = await trainClassifier({ texts, labels, vectors }, OPTIONS);
    expect(dev.accuracy).toBeLessThan(0.6);
    expect(devFrom).toContain("equal texts in one fold");
  });

  it("holds out a tenth of many rows, and learns from all of them", async () => {
    const many = toyVectors(5200);
    const trained = await trainClassifier(many, { ...OPTIONS, Cs: [0.01] });
    expect([trained.n, trained.dev.n, trained.C]).toEqual([5200, 520, 0.01]);
    expect(trained.devFrom).toBe("520 of the 5,200 training rows, set aside for it");
  });

  it("chooses on 500 dev rows or more, and only scores on fewer", async () => {
    const noise = (rows: number): LabeledVectors => {
      const dev = toyVectors(rows, { seed: 5 });
      return { ...dev, labels: dev.labels.map((_, r) => (Math.floor(r / 2) % 2 === 0 ? "bad" : "good")) };
    };
    const few = await trainClassifier(toy, { ...OPTIONS, dev: noise(499) });
    expect(few.choice).toContain("cross-validation");
    expect(few.C).toBe((await trainClassifier(toy, OPTIONS)).C);
    const many = await trainClassifier(toy, { ...OPTIONS, dev: noise(500) });
    expect(many.choice).toBe("C was chosen on these rows");
  });

  it("counts a label that a fold cannot learn as a mistake, and calibrates without it", async () => {
    // All rows of "rare" are copies of one text: they are in one fold, and the other folds' head has never seen them.
    const rare = toyVectors(60, { labels: ["bad", "good", "rare"] });
    const texts = rare.texts.map((text, r) => (rare.labels[r] === "rare" ? "always the same" : text));
    const trained = await trainClassifier({ ...rare, texts }, OPTIONS);
    expect(trained.dev.perLabel["rare"].recall).toBe(0);
    expect(trained.devPredictions.truth).toHaveLength(40);
    expect(trained.head.labels).toEqual(["bad", "good", "rare"]);
  });

  it("gives the same for the same seed, and splits in another way by another", async () => {
    const first = await trainClassifier(toy, OPTIONS);
    expect(await trainClassifier(toy, OPTIONS)).toEqual(first);
    const other = await trainClassifier(toy, { ...OPTIONS, seed: 2 });
    expect(other.head).not.toEqual(first.head);
    expect(toy).toEqual(toyVectors(120));
  });

  it("reports each C that it tries, from strong to weak regularization", async () => {
    const reported: Trial[] = [];
    const trained = await trainClassifier(toy, { ...OPTIONS, onTrial: (trial) => reported.push(trial) });
    expect(reported).toEqual(trained.trials);
    expect(reported.map(({ C }) => C)).toEqual(OPTIONS.Cs.slice(0, reported.length));
  });

  it("takes all rows for training where dev rows are given", async () => {
    const dev = toyVectors(30, { seed: 2 });
    const trained = await trainClassifier(toy, { ...OPTIONS, dev });
    expect([trained.n, trained.dev.n, trained.devFrom]).toEqual([120, 30, "30 rows given for it"]);
    // One row of a label is enough then.
    const fewShot: LabeledVectors = {
      texts: toy.texts.slice(0, 2),
      labels: ["bad", "good"],
      vectors: matrix(2, 6, toy.vectors.data.slice(0, 12)),
    };
    expect((await trainClassifier(fewShot, { ...OPTIONS, dev })).n).toBe(2);
  });

  it("weighs labels alike where it is asked to", async () => {
    const keep = toy.labels.flatMap((label, r) => (label === "bad" || r % 10 === 1 ? [r] : []));
    const rare: LabeledVectors = {
      texts: keep.map((r) => toy.texts[r]),
      labels: keep.map((r) => toy.labels[r]),
      vectors: matrix(
        keep.length,
        6,
        Float32Array.from(keep.flatMap((r) => [...toy.vectors.data.subarray(r * 6, r * 6 + 6)])),
      ),
    };
    const options = { ...OPTIONS, Cs: [0.01], dev: toyVectors(60, { seed: 3 }) };
    const none = await trainClassifier(rare, options);
    const balanced = await trainClassifier(rare, { ...options, classWeights: "balanced" });
    const recall = (trained: typeof none): number => trained.dev.perLabel["good"].recall;
    expect(recall(balanced)).toBeGreaterThan(recall(none));
    expect(balanced.classWeights).toBe("balanced");
  });

  it("warns of labels that look like one", async () => {
    const labels = toy.labels.map((label, r) => (label === "good" ? label : r < 6 ? "negatve" : "negative"));
    const trained = await trainClassifier({ ...toy, labels }, OPTIONS);
    expect(trained.warnings).toEqual([expect.stringContaining('"negatve" (3)')]);
  });

  it("refuses one label, a label in a single row, dev rows with labels of their own, and no C", async () => {
    const one = { ...toy, labels: toy.labels.map(() => "bad") };
    await expect(trainClassifier(one, OPTIONS)).rejects.toMatchObject({ code: "E_LABELS" });
    const single = { ...toy, labels: toy.labels.with(7, "once") };
    await expect(trainClassifier(single, OPTIONS)).rejects.toMatchObject({
      code: "E_LABELS",
      message: expect.stringContaining('"once"'),
    });
    const dev = toyVectors(10, { labels: ["bad", "neutral"] });
    await expect(trainClassifier(toy, { ...OPTIONS, dev })).rejects.toMatchObject({
      code: "E_LABEL_MAP",
      message: expect.stringContaining('"neutral"'),
    });
    await expect(trainClassifier(toy, { threads: 1, Cs: [] })).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it("refuses to split when all rows of a label are copies of one text", async () => {
    const same = { ...toyVectors(8), texts: ["a", "b", "a", "b", "a", "b", "a", "b"] };
    await expect(trainClassifier(same, OPTIONS)).rejects.toMatchObject({ code: "E_LABELS" });
  });

  it("stops when it is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(trainClassifier(toy, { ...OPTIONS, signal })).rejects.toThrow("enough");
  });
});

describe("a trained head", () => {
  const dev = toyVectors(30, { seed: 2 });

  it("does not change with the texts of the dev rows [I05]", async () => {
    const noise = { ...dev, texts: dev.texts.map((_, r) => `zyx ${r} qqq lovely awful`) };
    const [a, b] = [
      await trainClassifier(toy, { ...OPTIONS, dev }),
      await trainClassifier(toy, { ...OPTIONS, dev: noise }),
    ];
    expect(b.head).toEqual(a.head);
    expect(b.bagOfWords).toEqual(a.bagOfWords);
    expect(b.labelCounts).toEqual(a.labelCounts);
    expect(b.dev.bagOfWords).not.toEqual(a.dev.bagOfWords);
  });

  it("keeps every byte of its folder when the labels of what it is evaluated on are shuffled [I04]", async () => {
    const encoder = { name: "toy", fingerprint: "cd".repeat(32), width: 6, pooling: "mean", normalize: true } as const;
    const rows = { read: 120, accepted: 120, rejected: 0 };
    const counts = { ...rows, withNul: 0, replacedBytes: 0, loneSurrogates: 0, withUnknownFields: 0, withNonFinite: 0 };
    const made = async (labels: readonly string[]): Promise<Buffer[]> => {
      const trained = await trainClassifier(toy, OPTIONS);
      const { evaluation } = evaluateHead(trained, { ...dev, labels });
      expect(evaluation.n).toBe(30);
      const file = describeHead(trained, {
        createdAt: "2026-01-02T03:04:05.000Z",
        corpus: { files: ["toy.csv"], counts, dropped: 0 },
        encoder: { ...encoder, maxTokens: 64, prompt: "", precision: "fp32", layer: undefined } as unknown as Encoder,
      });
      const folder = join(await tempFolder(), "head");
      await saveHead(folder, { ...trained, file });
      const names = ["head.safetensors", "headstart.json", "README.md"];
      const bytes = await Promise.all(names.map((name) => readFile(join(folder, name))));
      expect(HeadFile.safeParse(JSON.parse(bytes[1].toString("utf8"))).success).toBe(true);
      return bytes;
    };
    const reversed = [...dev.labels].reverse();
    expect(reversed).not.toEqual(dev.labels);
    const [plain, shuffled] = [await made(dev.labels), await made(reversed)];
    plain.forEach((bytes, i) => expect(Buffer.compare(bytes, shuffled[i])).toBe(0));
  });
});
