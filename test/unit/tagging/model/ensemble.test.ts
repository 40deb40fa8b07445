import { describe, expect, it } from "vitest";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { fitTagger } from "../../../../src/tagging/model/fit.js";
import type { FitTaggerOptions } from "../../../../src/tagging/model/fitOptions.js";
import { meanTagger } from "../../../../src/tagging/model/ensemble.js";
import { emissionsOf } from "../../../../src/tagging/model/tagger.js";
import { taggedCorpus } from "../taggedCorpus.js";

describe.each(["linear", "mlp"] as const)("meanTagger() of %s taggers", (kind) => {
  const data = taggedCorpus(12);
  const fit = (options: Partial<FitTaggerOptions>) =>
    fitTagger(data, { labels: ["x", "y"], kind, hidden: 3, crf: true, epochs: 2, batchWords: 20, ...options });

  it("scores as the mean of its members does", async () => {
    const ensemble = await Promise.all([1, 2, 3].map((seed) => fit({ seed, ensemble: 1 })));
    const mean = meanTagger(ensemble);
    const [together, ...alone] = await Promise.all([mean, ...ensemble].map((tagger) => emissionsOf(tagger, data)));
    together.forEach((score, at) => expect(score).toBeCloseTo(alone.reduce((sum, own) => sum + own[at], 0) / 3, 4));
    mean.crfWeights.transitions.forEach((score, at) =>
      expect(score).toBeCloseTo(ensemble.reduce((sum, { crfWeights }) => sum + crfWeights.transitions[at], 0) / 3, 6),
    );
  });

  it("is what a fit with several members gives", async () => {
    const ensemble = await Promise.all([5, 6].map((seed) => fit({ seed, ensemble: 1 })));
    expect(await fit({ seed: 5, ensemble: 2 })).toEqual(meanTagger(ensemble));
  });
});

describe("meanTagger()", () => {
  it("is the tagger itself where there is one", async () => {
    const random = seeded(1);
    const data = taggedCorpus(4);
    const noise = matrix(data.vectors.rows, 2, Float32Array.from({ length: 2 * data.vectors.rows }, random));
    const tagger = await fitTagger({ ...data, vectors: noise }, { labels: ["x"], epochs: 1, ensemble: 1 });
    expect(meanTagger([tagger])).toBe(tagger);
  });
});
