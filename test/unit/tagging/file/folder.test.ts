import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Encoder } from "../../../../src/encoder/encoder.js";
import { describeTagger } from "../../../../src/tagging/file/describeTagger.js";
import { loadTagger, saveTagger, surfaceHash } from "../../../../src/tagging/file/folder.js";
import { trainTagger } from "../../../../src/tagging/train.js";
import { tempFolder } from "../../files/tempFolder.js";
import { taggedCorpus } from "../taggedCorpus.js";

const ENCODER = { name: "toy", fingerprint: "cd".repeat(32), width: 4, maxTokens: 64, prompt: "", precision: "fp32" };

it("saveTagger() writes no word of the sentences, those of lost entities included, and loads what it wrote", async () => {
  const train = taggedCorpus(40);
  const dev = taggedCorpus(20, 9);
  // The first entity of every sentence has a cut word: it is named among the lost ones.
  const cut = new Set([...dev.offsets.subarray(0, -1)].map((at) => at + 2));
  const trained = await trainTagger(train, { dev: { ...dev, cut }, ensemble: 1, hidden: 4, epochs: 1, threads: 1 });
  expect(trained.dev.lost.some(({ text }) => text.startsWith("Ada"))).toBe(true);
  const file = describeTagger(trained, {
    encoder: { ...ENCODER, layers: [-1] } as unknown as Encoder,
    corpus: { files: ["a.conll"], repaired: 0 },
    seed: 1,
    createdAt: "2026",
  });
  const surfaces = new Set([...trained.surfaces].map(surfaceHash));
  const folder = join(await tempFolder(), "head");
  await saveTagger(folder, { tagger: trained.tagger, surfaces, file });
  for (const name of await readdir(folder)) {
    expect(await readFile(join(folder, name), "latin1")).not.toMatch(/Ada\d|ada\d|Num\d|Lake/);
  }
  const loaded = await loadTagger(folder);
  expect(loaded.tagger).toMatchObject({ labels: trained.tagger.labels, inputs: trained.tagger.inputs });
  expect(loaded.surfaces).toEqual(surfaces);
  expect(loaded.tagger.wordRule).toBe("words");
  const card = await readFile(join(folder, "README.md"), "utf8");
  expect(card).toContain(`The names of the training entities, ${surfaces.size} of them, as 32-bit hashes`);
});
