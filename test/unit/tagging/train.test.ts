import { describe, expect, it } from "vitest";
import { withOutsideBias, chooseOutsideBias } from "../../../src/tagging/model/outsideBias.js";
import { splitSentences, joinSentences } from "../../../src/tagging/vectors/embeddedSentences.js";
import { evaluateTagger } from "../../../src/tagging/evaluate.js";
import { fitTagger } from "../../../src/tagging/model/fit.js";
import { emissionsOf } from "../../../src/tagging/model/tagger.js";
import { wordRowsOf } from "../../../src/tagging/model/wordRows.js";
import { trainTagger } from "../../../src/tagging/train.js";
import { taggedCorpus } from "./taggedCorpus.js";

const [train, other] = [taggedCorpus(80), taggedCorpus(60, 9)];

describe("trainTagger()", () => {
  it.each([
    ["an MLP", {}],
    ["an MLP of mixed layers with a CRF", { layers: "mix", layerCount: 2, crf: true }],
    ["a linear tagger", { kind: "linear" }],
  ] as const)("learns with %s what vectors and writing tell", async (_, how) => {
    const trained = await trainTagger(train, {
      dev: other,
      ensemble: 2,
      hidden: 8,
      epochs: 12,
      batchWords: 40,
      ...how,
    });
    expect(trained.dev.entityF1).toBe(1);
    expect(trained.trials.at(-1)!.loss).toBeLessThan(trained.trials[0].loss);
    expect(trained.epochs).toBe(trained.trials.find(({ devEntityF1 }) => devEntityF1 === 1)!.epoch);
  });
});

describe("trainTagger() with patience", () => {
  const small = { dev: other, ensemble: 2, hidden: 8, batchWords: 40 };

  it("stops so many epochs after the best one, which it keeps, and counts sentences up to a total that is the most", async () => {
    const steps: { done: number; atMost: number }[] = [];
    const { trials, epochs } = await trainTagger(train, {
      ...small,
      epochs: 40,
      patience: 3,
      onStep: (step) => steps.push(step),
    });
    expect(trials.at(-1)!.epoch).toBe(epochs + 3);
    expect(trials.length).toBe(epochs + 3);
    expect(Math.max(...trials.map(({ devEntityF1 }) => devEntityF1))).toBe(trials[epochs - 1].devEntityF1);
    expect(new Set(steps.map(({ atMost }) => atMost))).toEqual(new Set([80 * 40 * 2]));
    expect(steps.map(({ done }) => done)).toEqual(steps.map(({ done }) => done).sort((a, b) => a - b));
    expect(steps.at(-1)!.done).toBe(80 * (epochs + 3) * 2);
  });

  it("learns the same up to there, however long it would wait", async () => {
    const [short, long] = await Promise.all(
      [12, 30].map((patience) => trainTagger(train, { ...small, epochs: 30, patience })),
    );
    expect(short.tagger).toEqual(long.tagger);
    expect(short.trials.length).toBeLessThan(long.trials.length);
  });
});

describe("emissionsOf()", () => {
  it.each(["linear", "mlp"] as const)(
    "of a tagger that is %s is the same with rows that were looked up before",
    async (kind) => {
      const tagger = await fitTagger(train, { labels: ["x", "y"], kind, hidden: 8, epochs: 1, ensemble: 1 });
      const rows = wordRowsOf(tagger, other.sentences);
      expect(await emissionsOf(tagger, other, { rows })).toEqual(await emissionsOf(tagger, other));
    },
  );
});

describe("chooseOutsideBias()", () => {
  it("finds entities again that a tagger which leans to O misses, and scores what the balanced tagger scores", async () => {
    const tagger = await fitTagger(train, { labels: ["x", "y"], hidden: 8, epochs: 12, batchWords: 40 });
    const shy = withOutsideBias(tagger, -20);
    const blind = await evaluateTagger(shy, other, { isSeen: () => false });
    const { outsideBias, f1 } = await chooseOutsideBias(withOutsideBias(tagger, -2), other);
    expect(blind.evaluation.entityF1).toBe(0);
    expect(f1).toBe(
      (await evaluateTagger(withOutsideBias(tagger, outsideBias - 2), other, { isSeen: () => false })).evaluation
        .entityF1,
    );
    expect(f1).toBeGreaterThan(0.9);
  });

  it("leaves a tagger alone where the dev sentences have few entities", async () => {
    const tagger = await fitTagger(train, { labels: ["x", "y"], hidden: 8, epochs: 1, ensemble: 1 });
    expect((await chooseOutsideBias(tagger, taggedCorpus(20))).outsideBias).toBe(0);
  });

  it.each(["linear", "mlp"] as const)(
    "lowers the score of O and of no other tag of a tagger that is %s",
    async (kind) => {
      const tagger = await fitTagger(train, { labels: ["x"], kind, hidden: 8, epochs: 1, ensemble: 1 });
      const [before, after] = await Promise.all(
        [tagger, withOutsideBias(tagger, 1.5)].map((own) => emissionsOf(own, other)),
      );
      after.forEach((score, at) => expect(before[at] - score).toBeCloseTo(at % 3 === 0 ? 1.5 : 0, 5));
    },
  );
});

describe("holdOut()", () => {
  it("parts the sentences by a seed, equal ones on one side, with their own vectors", () => {
    const { train: kept, dev } = splitSentences(train, { seed: 2, share: 0.3 });
    const texts = new Set(kept.sentences.map(({ text }) => text));
    expect(dev.sentences.length).toBeGreaterThanOrEqual(24);
    expect(dev.sentences.filter(({ text }) => texts.has(text))).toEqual([]);
    const both = joinSentences(kept, dev);
    expect(both.sentences).toHaveLength(train.sentences.length);
    both.sentences.forEach(({ line }, s) => {
      const from = train.sentences.findIndex((sentence) => sentence.line === line);
      const rows = (data: typeof train, at: number) =>
        data.vectors.data.slice(data.offsets[at] * data.vectors.cols, data.offsets[at + 1] * data.vectors.cols);
      expect(rows(both, s)).toEqual(rows(train, from));
    });
  });

  it.each([
    [1, "There is one training sentence"],
    [3, "The 3 training sentences are all equal"],
  ])("says of %i equal sentences why they cannot be parted", (n, says) => {
    const [first] = train.sentences;
    const equal = { ...train, sentences: Array.from({ length: n }, () => first) };
    expect(() => splitSentences(equal, { seed: 1 })).toThrow(says);
  });

  it("keeps the cut words where they are", () => {
    const cut = new Set(train.offsets.subarray(0, -1)); // the first of every sentence
    const { train: kept, dev } = splitSentences({ ...train, cut }, { seed: 3 });
    for (const side of [kept, dev, joinSentences(kept, dev)])
      expect([...side.cut]).toEqual([...side.offsets.subarray(0, -1)]);
  });
});
