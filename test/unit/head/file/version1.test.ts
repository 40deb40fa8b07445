import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { predictMultiLabel } from "../../../../src/classification/multiLabel/predict.js";
import { predictVectors, type SelectivePrediction } from "../../../../src/classification/predict.js";
import { embedTexts } from "../../../../src/encoder/embed/embed.js";
import { loadEncoder } from "../../../../src/encoder/load.js";
import { loadHead, loadNeighborIndex, peekHead } from "../../../../src/head/file/folder.js";
import { loadMultiLabel } from "../../../../src/head/file/multiLabel.js";
import { loadTagger } from "../../../../src/tagging/file/folder.js";
import { predictEntities } from "../../../../src/tagging/predict.js";

const FIXTURES = fileURLToPath(new URL("../../../fixtures", import.meta.url));
const TINY = join(FIXTURES, "tiny-bert");
const headOf = (kind: string): string => join(FIXTURES, "version1-heads", kind);

/** What the release that wrote a head printed for some texts. */
async function printed(kind: string): Promise<{ readonly text: string }[]> {
  const lines = (await readFile(join(headOf(kind), "predictions.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as { text: string });
}

/** Predictions in the form of the command's lines. */
const asPrinted = (texts: readonly { readonly text: string }[], found: readonly SelectivePrediction[]): object[] =>
  found.map(({ label, labels, probabilities }, i) => ({
    text: texts[i].text,
    label,
    ...(labels && { labels }),
    probabilities,
  }));

describe("a head of version 1, as headstart 0.1.0 wrote it [D09]", () => {
  it.each([
    {
      kind: "logistic",
      settings: { C: 1e-4, ofTrial: 1e-4, decay: undefined, of: 2 },
      candidates: undefined,
      neighbors: 5,
    },
    {
      kind: "mlp",
      settings: { C: null, ofTrial: undefined, decay: 0.05, of: undefined },
      candidates: 20,
      neighbors: 3,
    },
  ])(
    "of kind $kind predicts what it did, and keeps its record and neighbors",
    async ({ kind, settings, candidates, neighbors }) => {
      const expected = await printed(kind);
      const saved = await loadHead(headOf(kind));
      const encoder = await loadEncoder(TINY, { pooling: saved.file.encoder.pooling });
      try {
        const { vectors } = await embedTexts(
          encoder,
          expected.map(({ text }) => text),
        );
        const found = predictVectors(saved.head, vectors);
        expect(asPrinted(expected, found)).toEqual(expected);
      } finally {
        await encoder.close();
      }
      const { C, trials, search, fewShot } = saved.file.training;
      expect({ C, ofTrial: trials[0]?.C, decay: saved.file.mlp?.weightDecay, of: fewShot?.[0].perLabel }).toEqual(
        settings,
      );
      expect(search?.candidates.length).toBe(candidates);
      expect((await loadNeighborIndex(saved))?.texts).toHaveLength(neighbors);
    },
  );

  it("of several labels a text predicts what it did", async () => {
    const expected = await printed("multi-label");
    const { head, file } = await loadMultiLabel(headOf("multi-label"));
    const encoder = await loadEncoder(TINY);
    try {
      const { vectors } = await embedTexts(
        encoder,
        expected.map(({ text }) => text),
      );
      const found = predictMultiLabel(head, vectors, file.separator);
      expect(asPrinted(expected, found)).toEqual(expected);
    } finally {
      await encoder.close();
    }
  });

  it("that finds entities finds those that it did", async () => {
    const expected = await printed("tagger");
    const { tagger, file } = await loadTagger(headOf("tagger"));
    expect([tagger.crf, tagger.contextWindow, tagger.surfaceFeatures.word, file.training.outsideBias]).toEqual([
      true,
      0,
      false,
      0,
    ]);
    const encoder = await loadEncoder(TINY, { layers: file.encoder.layers });
    try {
      expect(
        await predictEntities(
          tagger,
          expected.map(({ text }) => text),
          { encoder },
        ),
      ).toEqual(expected);
    } finally {
      await encoder.close();
    }
  });

  it.each(["logistic", "mlp", "multi-label", "tagger"])("of kind %s is known before it is read", async (kind) => {
    expect((await peekHead(headOf(kind))).encoder).toBe("tiny-bert");
  });
});
