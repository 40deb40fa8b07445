import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTagged } from "../../../../src/tagging/corpus/readTagged.js";
import { leakageCounts } from "../../../../src/transfer/experiment/leakage.js";

const corpora = process.env.HEADSTART_CORPORA;

const textsOf = async (part: string): Promise<string[]> => {
  const { sentences } = await readTagged([join(corpora ?? "", `ner/crossner-science.${part}.conll`)]);
  return sentences.map(({ text }) => text);
};

describe.skipIf(!corpora)("public corpora of entities", () => {
  it.each([
    ["dev", 4],
    ["test", 1],
  ])("leakageCounts() finds the sentences of CrossNER science %s that are in its training file", async (part, many) => {
    const { exact, normalised, near } = leakageCounts(await textsOf("train"), await textsOf(part));
    expect([exact, normalised]).toEqual([many, many]);
    expect(near).toBeGreaterThanOrEqual(many);
  });
});
