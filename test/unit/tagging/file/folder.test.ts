import { readdir, readFile } from "node:fs/promises";
import type { TaggerFile } from "../../../../src/tagging/file/schema.js";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Encoder } from "../../../../src/encoder/encoder.js";
import { describeTagger } from "../../../../src/tagging/file/describeTagger.js";
import { loadTagger, saveTagger, surfaceHash } from "../../../../src/tagging/file/folder.js";
import { findEntities } from "../../../../src/tagging/evaluate.js";
import { calibratedScore } from "../../../../src/tagging/model/scoreCalibration.js";
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

/** A head whose scores are calibrated, as it is saved. */
async function calibrated(folder: string, changed: object = {}) {
  const trained = await trainTagger(taggedCorpus(120), {
    dev: taggedCorpus(120, 9),
    ensemble: 1,
    hidden: 4,
    epochs: 2,
    threads: 1,
  });
  expect(trained.scoreCalibration.calibration).toBeDefined();
  expect(trained.tagger.scoreCalibration).toEqual(trained.scoreCalibration.calibration);
  const file = describeTagger(trained, {
    encoder: { ...ENCODER, layers: [-1] } as unknown as Encoder,
    corpus: { files: ["a.conll"], repaired: 0 },
    seed: 1,
    createdAt: "2026",
  });
  const surfaces = new Set([...trained.surfaces].map(surfaceHash));
  await saveTagger(folder, { tagger: trained.tagger, surfaces, file: { ...file, ...changed } as TaggerFile });
  return trained;
}

it("loadTagger() gives the scores that the tagger gave before it was saved, and without a calibration the CRF's", async () => {
  const folder = join(await tempFolder(), "head");
  const { tagger } = await calibrated(folder);
  const loaded = (await loadTagger(folder)).tagger;
  expect(loaded.scoreCalibration).toEqual(tagger.scoreCalibration);
  const data = taggedCorpus(30, 5);
  expect(await findEntities(loaded, data)).toEqual(await findEntities(tagger, data));
  const { scoreCalibration, ...raw } = tagger;
  const plain = join(await tempFolder(), "head");
  await calibrated(plain, { scoreCalibration: undefined, training: earlier((await loadTagger(folder)).file.training) });
  const old = (await loadTagger(plain)).tagger;
  expect(old).not.toHaveProperty("scoreCalibration");
  const [found, before] = [await findEntities(old, data), await findEntities(raw, data)];
  expect(found).toEqual(before);
  expect(found.flat().map(({ score }) => calibratedScore(scoreCalibration!, score))).toEqual(
    (await findEntities(tagger, data)).flat().map(({ score }) => score),
  );
  expect(await readFile(join(plain, "README.md"), "utf8")).toContain("and no probability");
  expect(await readFile(join(folder, "README.md"), "utf8")).toContain(
    "is the probability that its words and label are",
  );
});

/** The training of a head of an earlier version. */
const earlier = (training: TaggerFile["training"]): object => ({ ...training, optimism: undefined, scores: undefined });

it.each([
  ["scoreCalibration.a", { a: 0, b: 1, shift: 0 }],
  ["scoreCalibration.b", { a: 1, b: -1, shift: 0 }],
  ["scoreCalibration.shift", { a: 1, b: 1 }],
  ["scoreCalibration", { a: 1, b: 1, shift: 0, more: 1 }],
])("saveTagger() refuses a calibration whose field %s is none", async (field, scoreCalibration) => {
  const folder = join(await tempFolder(), "head");
  await expect(calibrated(folder, { scoreCalibration })).rejects.toThrow(`field "${field}"`);
});
