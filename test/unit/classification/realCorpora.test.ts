import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluateHead } from "../../../src/classification/evaluate.js";
import { readLabeled } from "../../../src/dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { vectorsOf } from "../../../src/embedding/cachedEmbed.js";
import type { Encoder } from "../../../src/encoder/encoder.js";
import { openEncoder } from "../encoder/tinyBert.js";

const corpora = process.env.HEADSTART_CORPORA;

/** The first rows of a corpus with their vectors. */
async function embedded(encoder: Encoder, file: string, rows: number): Promise<LabeledVectors> {
  const all = await readLabeled([join(corpora ?? "", file)]);
  const [texts, labels] = [all.texts.slice(0, rows), all.labels.slice(0, rows)];
  return { texts, labels, vectors: (await vectorsOf(encoder, texts)).vectors };
}

describe.skipIf(!corpora)("a head on the built-in encoder", () => {
  it("labels 500 sentences about films better than a bag of words and than the majority class", async () => {
    const encoder = await openEncoder("headstart-mini");
    const train = await embedded(encoder, "movies/sst2.train.csv", 500);
    const trained = await trainClassifier(train);
    const { evaluation } = evaluateHead(trained, await embedded(encoder, "movies/sst2.val.csv", 500));
    expect(evaluation.n).toBe(500);
    expect(evaluation.accuracy).toBeGreaterThan((evaluation.bagOfWords?.accuracy ?? 1) + 0.05);
    expect(evaluation.accuracy).toBeGreaterThan(evaluation.majority.accuracy + 0.2);
    expect(evaluation.interval95[0]).toBeGreaterThan(evaluation.majority.macroF1);
  });
});
