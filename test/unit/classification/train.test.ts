import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeHead } from "../../../src/classification/describeHead.js";
import { evaluateHead } from "../../../src/classification/evaluate.js";
import { majorityClass } from "../../../src/classification/evaluate.js";
import type { LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import type { Trial } from "../../../src/classification/chooseHead.js";
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
    expect(trained.n + trained.dev.n).toBe(120);
    expect(trained.dev.n).toBe(12);
    expect(trained.labelCounts).toEqual({ bad: trained.n / 2, good: trained.n / 2 });
    expect(trained.dev.accuracy).toBeGreaterThan(0.8);
    expect(trained.dev.majority.accuracy).toBe(0.5);
    expect(trained.dev.bagOfWords?.accuracy).toBe(1); // its texts name the label
    expect(trained.devFrom).toMatch(/^12 of the 120 .* seed 1/);
    const best = trained.trials.find(({ C }) => C === trained.C);
    const least = trained.trials.reduce((a, b) => (b.devLogLoss < a.devLogLoss ? b : a));
    expect(best?.C).toBeLessThanOrEqual(least.C);
    expect(trained.warnings).toEqual([]);
  });

  it("keeps copies of a text on one side [I03]", async () => {
    const copied = toyVectors(120, { copies: 5 });
    const trained = await trainClassifier(copied, OPTIONS);
    // Texts come in fives, and so do dev rows.
    expect(trained.dev.n % 5).toBe(0);
    expect(trained.dev.n).toBeGreaterThan(0);
    expect(trained.devFrom).toContain("equal texts on one side");
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

describe("majorityClass()", () => {
  it("is the label with the most rows, the first of several; labels without a count have none", () => {
    expect(majorityClass(["a", "b", "c"], { a: 1, b: 3, c: 3 })).toBe(1);
    expect(majorityClass(["constructor", "a"], { a: 1 })).toBe(1);
  });
});
