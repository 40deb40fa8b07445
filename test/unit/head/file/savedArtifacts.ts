/** Small heads of every kind in folders, what they predict, and ways to change their files as only headstart could. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sealed } from "../../../../src/head/file/artifact.js";
import { sha256 } from "../../../../src/files/contentHash.js";
import { sealedJson } from "../../../../src/head/file/artifactJson.js";
import { predictBagOfWords } from "../../../../src/head/linear/bagOfWords.js";
import { predictProbabilities, type Head } from "../../../../src/head/head.js";
import type { HeadFile } from "../../../../src/head/file/schema.js";
import { loadHead, loadNeighborIndex, saveHead } from "../../../../src/head/file/folder.js";
import { MLP_DEFAULTS } from "../../../../src/head/mlp/mlp.js";
import { multiLabelProbabilities, type MultiLabelHead } from "../../../../src/head/linear/oneVsRest.js";
import { loadMultiLabel, saveMultiLabel } from "../../../../src/head/file/multiLabel.js";
import { buildNeighborIndex } from "../../../../src/head/neighbors.js";
import { matrix, type Matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { emissionsOf, type Tagger } from "../../../../src/tagging/model/tagger.js";
import type { TaggerFile } from "../../../../src/tagging/file/schema.js";
import { loadTagger, saveTagger } from "../../../../src/tagging/file/folder.js";
import { ALL_SURFACE_FEATURES } from "../../../../src/tagging/model/wordFeatures.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../../../../src/formats/safetensors.js";
import { taggedCorpus } from "../../tagging/taggedCorpus.js";
import { madeUpHead } from "./savedHead.js";

export interface Kind {
  readonly name: string;
  /** Files of tensors. */
  readonly files: readonly string[];
  readonly save: (folder: string, spoil?: Spoil) => Promise<void>;
  /** All that the head in a folder says, labels included. @throws whatever its reader does */
  readonly predictions: (folder: string) => Promise<unknown>;
}

/** Changes the numbers called so of a head that is about to be saved. */
type Spoil = (name: string, numbers: Float32Array | Float64Array) => void;

const LABELS = ["no", "so so", "yes"];
const WIDTH = 4;

const drawn = (n: number, seed: number): Float32Array => {
  const random = seeded(seed);
  return Float32Array.from({ length: n }, () => random() * 2 - 1);
};
const table = (rows: number, cols: number, seed: number): Matrix => matrix(rows, cols, drawn(rows * cols, seed));
const vectors = table(6, WIDTH, 99);

function calibrated(): Pick<HeadFile, "calibration"> {
  const pair = (): [number, number] => [0, 1];
  const one = { ece: 0, brier: 0, logLoss: 0, intervals95: { ece: pair(), brier: pair(), logLoss: pair() } };
  return { calibration: { temperature: 1.5, n: 2, keptPredictions: 2, before: one, after: one } };
}

async function saveClassifier(folder: string, { mlp, spoil }: { mlp: boolean; spoil?: Spoil | undefined }) {
  const { head: logistic, bagOfWords, file } = madeUpHead(LABELS, { width: WIDTH });
  const layers = [WIDTH, 5, LABELS.length].slice(1).map((units, i) => {
    const inputs = [WIDTH, 5][i];
    return { weights: table(inputs, units, 7 + i), bias: drawn(units, 17 + i) };
  });
  const { labels, standardizer } = logistic;
  const head: Head = mlp ? { kind: "mlp", labels, standardizer, activation: "gelu", layers } : logistic;
  const devPredictions = {
    classes: 3,
    probabilities: Float64Array.of(0.25, 0.5, 0.25, 0, 0, 1),
    truth: Int32Array.of(1, 2),
  };
  const rows = { texts: ["one text", "another", "a third"], y: Int32Array.of(0, 1, 2), vectors: table(3, WIDTH, 5) };
  const neighbors = await buildNeighborIndex(rows, { threads: 1 });
  spoil?.("mean", standardizer.mean);
  spoil?.("bias", head.kind === "mlp" ? head.layers[1].bias : head.bias);
  spoil?.("bag_of_words.idf", bagOfWords.idf);
  spoil?.("dev.probabilities", devPredictions.probabilities);
  spoil?.("scales", neighbors.scales);
  const form = mlp ? { kind: "mlp" as const, mlp: { ...MLP_DEFAULTS, hidden: [5], activation: "gelu" as const } } : {};
  const parts = { head, bagOfWords, devPredictions, neighbors, file: { ...file, ...calibrated(), ...form } };
  await saveHead(folder, parts, { force: true });
}

async function classifierPredictions(folder: string): Promise<unknown> {
  const saved = await loadHead(folder);
  const { head, bagOfWords, devPredictions } = saved;
  const near = await loadNeighborIndex(saved);
  const predictions = [predictProbabilities(head, vectors), predictBagOfWords(bagOfWords, ["a text", ""])];
  return [head.labels, ...predictions, devPredictions, near];
}

async function saveSeveral(folder: string, spoil?: Spoil): Promise<void> {
  const head: MultiLabelHead = {
    kind: "multi-label",
    labels: LABELS,
    standardizer: { mean: drawn(WIDTH, 1), factor: drawn(WIDTH, 2) },
    weights: table(3, WIDTH, 3),
    bias: drawn(3, 4),
    thresholds: Float64Array.of(0.5, 0.25, 1),
  };
  spoil?.("factor", head.standardizer.factor);
  spoil?.("thresholds", head.thresholds);
  const { encoder, createdAt, headstart } = madeUpHead(LABELS, { width: WIDTH }).file;
  const dev = { n: 1, exactMatch: 1, microF1: 1, macroF1: 1, interval95: [1, 1] as [number, number] };
  const training = { files: ["a.csv"], n: 8, labelCounts: { no: 1 }, C: 1, seed: 1, devFrom: "b.csv", dev };
  const format = "headstart-multi-label" as const;
  const file = { format, headstart, createdAt, separator: "|", labels: [...LABELS], encoder, training };
  await saveMultiLabel(folder, { head, file }, { force: true });
}

async function multiLabelPredictions(folder: string): Promise<unknown> {
  const { head, file } = await loadMultiLabel(folder);
  return [head.labels, head.thresholds, file.separator, multiLabelProbabilities(head, vectors)];
}

async function saveEntities(folder: string, spoil?: Spoil): Promise<void> {
  const [labels, tags, units] = [["x", "y"], 5, 3];
  const hashes = Int32Array.of(-5, 0, 7);
  const tagger: Tagger = {
    kind: "mlp",
    crf: true,
    labels,
    contextWindow: 1,
    subwordPooling: "first",
    surfaceFeatures: ALL_SURFACE_FEATURES,
    standardizer: { mean: drawn(WIDTH, 1), factor: drawn(WIDTH, 2) },
    inputs: table(3 * units, WIDTH, 3),
    bias: drawn(units, 4),
    features: { hashes, weights: table(3, tags, 5) },
    cues: { hashes, weights: table(3, units, 6) },
    output: { weights: table(tags, units, 7), bias: drawn(tags, 8) },
    crfWeights: {
      tags,
      transitions: Float64Array.from(drawn(tags * tags, 9)),
      start: Float64Array.from(drawn(tags, 10)),
      end: Float64Array.from(drawn(tags, 11)),
    },
  };
  spoil?.("crf.transitions", tagger.crfWeights.transitions);
  spoil?.("features.weights", tagger.features.weights.data);
  const { createdAt, headstart } = madeUpHead(labels).file;
  const score = { precision: 1, recall: 1, f1: 1, support: 1 };
  const file: Omit<TaggerFile, Sealed> = {
    format: "headstart-head",
    headstart,
    createdAt,
    task: "ner",
    kind: "mlp",
    crf: true,
    labels,
    encoder: {
      name: "tiny",
      fingerprint: "ab".repeat(32),
      width: WIDTH,
      maxTokens: 64,
      prompt: "",
      precision: "fp32",
      layers: [-1],
    },
    words: { subwordPooling: "first", contextWindow: 1, surfaceFeatures: ALL_SURFACE_FEATURES },
    training: {
      files: ["a.conll"],
      n: 3,
      repaired: 0,
      labelCounts: { x: 1, y: 2 },
      layerWeights: null,
      seed: 1,
      outsideBias: 0,
      epochs: 1,
      trials: [{ epoch: 1, loss: 1, outsideBias: 0, devEntityF1: 1 }],
      devFrom: "b.conll",
      dev: { n: 1, entities: 1, entityF1: 1, entityPrecision: 1, entityRecall: 1, interval95: [1, 1], unseen: score },
    },
  };
  await saveTagger(folder, { tagger, surfaces: new Set([3, -4]), file }, { force: true });
}

async function entityPredictions(folder: string): Promise<unknown> {
  const { tagger, surfaces } = await loadTagger(folder);
  const { labels, crfWeights, contextWindow, subwordPooling } = tagger;
  return [
    labels,
    crfWeights,
    contextWindow,
    subwordPooling,
    [...surfaces],
    await emissionsOf(tagger, taggedCorpus(4), { threads: 1 }),
  ];
}

const [WEIGHTS, NEAR] = ["head.safetensors", "neighbors.safetensors"];

export const KINDS: readonly Kind[] = [
  {
    name: "logistic",
    files: [WEIGHTS, NEAR],
    save: (folder, spoil) => saveClassifier(folder, { mlp: false, spoil }),
    predictions: classifierPredictions,
  },
  {
    name: "mlp",
    files: [WEIGHTS, NEAR],
    save: (folder, spoil) => saveClassifier(folder, { mlp: true, spoil }),
    predictions: classifierPredictions,
  },
  { name: "multi-label", files: [WEIGHTS], save: saveSeveral, predictions: multiLabelPredictions },
  { name: "tagger", files: [WEIGHTS], save: saveEntities, predictions: entityPredictions },
];

/** Changes the fields of a folder's `headstart.json` and seals it again. */
export async function reseal(folder: string, change: (fields: object) => object): Promise<void> {
  const file = join(folder, "headstart.json");
  await writeFile(file, sealedJson(change(JSON.parse(await readFile(file, "utf8")) as object)));
}

/** Changes the tensors of a folder's file, and what `headstart.json` says of it. */
export async function retensor(
  folder: string,
  file: string,
  change: (tensors: Map<string, Tensor>) => void,
): Promise<void> {
  const tensors = readSafetensors(await readFile(join(folder, file)));
  change(tensors);
  const bytes = writeSafetensors(tensors);
  await writeFile(join(folder, file), bytes);
  const field = file === WEIGHTS ? "weights" : "neighbors";
  await reseal(folder, (fields) => {
    const own = (fields as Readonly<Record<string, object>>)[field];
    return { ...fields, [field]: { ...own, sha256: sha256(bytes), bytes: bytes.length } };
  });
}
