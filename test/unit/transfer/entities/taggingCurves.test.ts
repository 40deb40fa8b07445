import { beforeAll, describe, expect, it } from "vitest";
import { normal } from "../../../../src/classification/curve/powerLaw.js";
import { seeded, shuffled } from "../../../../src/math/random.js";
import { NO_SURFACE_FEATURES } from "../../../../src/tagging/model/wordFeatures.js";
import type { EmbeddedSentences } from "../../../../src/tagging/vectors/embeddedSentences.js";
import { entityF1Of } from "../../../../src/tagging/model/foldCounts.js";
import { entityF1Influence } from "../../../../src/transfer/entities/countFound.js";
import { epochsFor } from "../../../../src/transfer/entities/curveTaggers.js";
import { drawSentences, sentencesForCurves, taggingSizes } from "../../../../src/transfer/entities/measureCurves.js";
import { taggingCurves, type TaggingCurves } from "../../../../src/transfer/entities/taggingCurves.js";
import { distinctCorpus, taggedCorpus } from "../../tagging/taggedCorpus.js";

/** The same sentences with their tags dealt anew among their words: entities where there are none. */
function shuffledTags(data: EmbeddedSentences, seed: number): EmbeddedSentences {
  const random = seeded(seed);
  const sentences = data.sentences.map((sentence) => {
    const heads = sentence.tags.map((tag) => (tag === "O" ? "O" : `B-${tag.slice(2)}`));
    const tags = Array.from(shuffled(heads.length, random), (w) => heads[w]);
    return { ...sentence, tags, written: tags };
  });
  return { ...data, sentences };
}

/** With vectors that tell little of the tags, so that few sentences are too few. */
function blurred(data: EmbeddedSentences, seed: number, noise = 0.6): EmbeddedSentences {
  const random = seeded(seed);
  const { rows, cols } = data.vectors;
  return { ...data, vectors: { rows, cols, data: data.vectors.data.map((value) => value + noise * normal(random)) } };
}

const curvesWith = (
  source: EmbeddedSentences,
  { own = 50, target = 60, noise = 0.6 }: { own?: number; target?: number; noise?: number } = {},
): Promise<TaggingCurves> =>
  taggingCurves(
    {
      source,
      targetTrain: blurred(distinctCorpus(own, 2), 12, noise),
      target: blurred(distinctCorpus(target, 3), 13, noise),
    },
    { difference: 0, standardErrors: { test: 0.01, training: 0.01 } },
    { seed: 1, threads: 1, kind: "linear", surfaceFeatures: NO_SURFACE_FEATURES },
  );

describe("taggingCurves()", () => {
  let curves: TaggingCurves;
  beforeAll(async () => {
    curves = await curvesWith(shuffledTags(blurred(distinctCorpus(60, 4), 14), 5));
  }, 60_000);

  it("has the source at no sentence, and the others at every size and all sentences", () => {
    expect(curves.curves.map(({ strategy, points }) => [strategy, points.map(({ n }) => n)])).toEqual([
      ["source", [0]],
      ["target", [25, 50]],
      ["both", [25, 50]],
    ]);
    expect(curves.byLabels.map(({ n }) => n)).toEqual([25, 50]);
    for (const { points } of curves.curves)
      for (const { entityF1, interval95 } of points) {
        expect(interval95[0]).toBeLessThanOrEqual(entityF1);
        expect(interval95[1]).toBeGreaterThanOrEqual(entityF1);
      }
  });

  it("calls a source of shuffled tags positive nowhere", () => {
    expect(curves.byLabels.map(({ call }) => call)).not.toContain("positive");
    expect(curves.byLabels[0].difference).toBeLessThan(0);
    expect(curves.says).toContain("tagged target sentences");
    expect(curves.says).toContain("entity F1");
  });

  it("calls a source of the same kind positive with few sentences", async () => {
    const same = await curvesWith(blurred(distinctCorpus(300, 4), 14, 0.8), { own: 150, target: 150, noise: 0.8 });
    expect(same.byLabels[0]).toMatchObject({ n: 25, call: "positive" });
    expect(same.says).toMatch(/^with 25 tagged target sentences the source adds /);
  }, 60_000);

  it("ends at the verdict of all sentences", () => {
    expect(curves.byLabels.at(-1)).toMatchObject({ n: 50, difference: 0, call: "neutral" });
  });
});

describe("taggingSizes()", () => {
  it("ends at all sentences, with sizes before that leave enough undrawn", () => {
    expect(taggingSizes(9)).toEqual([9]);
    expect(taggingSizes(200)).toEqual([25, 50, 100, 200]);
    for (const n of [17, 42, 84, 1000]) {
      const sizes = taggingSizes(n);
      expect(sizes.at(-1)).toBe(n);
      for (const size of sizes.slice(0, -1)) expect(size).toBeLessThanOrEqual(0.6 * n);
    }
  });
});

describe("drawSentences()", () => {
  it("draws so many sentences, others by another seed, the same by the same", () => {
    const data = taggedCorpus(30);
    const lines = (seed: number) => drawSentences(data, 10, seed).sentences.map(({ line }) => line);
    expect(lines(1)).toHaveLength(10);
    expect(new Set(lines(1)).size).toBe(10);
    expect(lines(1)).toEqual(lines(1));
    expect(lines(2)).not.toEqual(lines(1));
  });
});

describe("sentencesForCurves()", () => {
  it("takes fewer of a large source and a large target, and all that the target is trained on", () => {
    const [many, own] = [taggedCorpus(1100), taggedCorpus(20)];
    const taken = sentencesForCurves({ source: many, targetTrain: own, target: many }, 1);
    expect(taken.source.sentences).toHaveLength(1000);
    expect(taken.target.sentences).toHaveLength(400);
    expect(taken.targetTrain).toBe(own);
  });
});

describe("epochsFor()", () => {
  it("falls with the words, within limits", () => {
    const epochs = [100, 5000, 20_000, 10_000_000].map(epochsFor);
    expect(epochs).toEqual([...epochs].sort((a, b) => b - a));
    expect([epochs[0], epochs[3]]).toEqual([100, 4]);
  });
});

describe("entityF1Influence()", () => {
  it("sums to zero, and tells what leaving a sentence out changes", () => {
    const counts = [
      { gold: 3, predicted: 2, correct: 2 },
      { gold: 1, predicted: 2, correct: 0 },
      { gold: 2, predicted: 2, correct: 2 },
    ];
    const parts = entityF1Influence(counts);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0, 12);
    const without = entityF1Of(counts.slice(0, 2)) - entityF1Of(counts);
    expect(Math.sign(without)).toBe(-Math.sign(parts[2]));
  });
});
