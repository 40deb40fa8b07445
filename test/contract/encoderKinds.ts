/** A small encoder of every kind, in a folder or file of its own, and the same with one weight changed. */

import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EncoderOptions } from "../../src/encoder/encoder.js";
import { distill } from "../../src/encoder/static/distill.js";
import { saveTokenTable } from "../../src/encoder/static/saveTokenTable.js";
import { loadEncoder } from "../../src/encoder/load.js";
import type { ErrorCode } from "../../src/errors.js";
import { seeded } from "../../src/math/random.js";
import { readModel, writeModel } from "../../src/onnx/model/model.js";
import { fixture, fixtureModel, pooledInGraph } from "../unit/encoder/tinyBert.js";

/** Words that are one token of every kind. */
export const WORDS = ["good", "film", "day", "night", "the", "food", "was", "bad", "x", "time"];

export interface EncoderKind {
  readonly name: string;
  readonly width: number;
  /** What makes it one of this kind. */
  readonly options: EncoderOptions;
  /** Makes it in an empty folder, and gives its path; `changed` is the same with the lowest bit of one weight another. */
  readonly make: (folder: string, changed?: "changed") => Promise<string>;
  /** Tokens of a text beside its own. */
  readonly special: number;
  /** Length of the vector of a text without tokens, when normalized. */
  readonly emptyLength: 0 | 1;
  /** Settings that change vectors, one at a time. */
  readonly settings: readonly EncoderOptions[];
  /** Settings that it cannot have, with the code and what the message names. */
  readonly refused: readonly (readonly [EncoderOptions, ErrorCode, string])[];
}

const COMMON: readonly EncoderOptions[] = [
  { pooling: "max" },
  { normalize: false },
  { maxTokens: 13 },
  { prompt: "good " },
];

async function transformer(folder: string, changed?: "changed"): Promise<string> {
  const path = join(folder, "tiny-bert");
  await cp(fixture("tiny-bert"), path, { recursive: true });
  if (changed === undefined) return path;
  const model = fixtureModel("tiny-bert");
  model.graph.initializer[0].rawData = model.graph.initializer[0].rawData.slice();
  model.graph.initializer[0].rawData[0] ^= 1;
  await writeFile(join(path, "onnx/model.onnx"), writeModel(model));
  return path;
}

const ofTransformers = {
  width: 32,
  make: transformer,
  special: 2,
  emptyLength: 1,
  settings: [...COMMON, { pooling: "cls" }, { layer: 0 }, { layer: 1 }],
  refused: [
    [{ layer: 3 }, "E_USAGE", "--layer"],
    [{ layer: -1 }, "E_USAGE", "--layer"],
    [{ layers: [0, 3] }, "E_USAGE", "--layer"],
    [{ maxTokens: 2 }, "E_USAGE", "--max-tokens"],
    [{ maxTokens: 65 }, "E_USAGE", "--max-tokens"],
  ],
} as const satisfies Partial<EncoderKind>;

/** A transformer whose graph pools, as sentence-transformers exports it, and whose files say nothing of that. */
async function ofTexts(folder: string, changed?: "changed"): Promise<string> {
  const path = await transformer(folder, changed);
  const model = readModel(await readFile(join(path, "onnx/model.onnx")), "tiny-bert");
  await writeFile(join(path, "onnx/model.onnx"), writeModel(pooledInGraph(model)));
  for (const file of ["modules.json", "1_Pooling"]) await rm(join(path, file), { recursive: true });
  return path;
}

async function tokenTable(folder: string, changed?: "changed"): Promise<string> {
  const encoder = await loadEncoder(fixture("tiny-bert"), { threads: 1 });
  const path = join(folder, "table");
  await saveTokenTable(path, await distill(encoder, { dims: 8, threads: 1 }));
  await encoder.close();
  const file = join(path, "model.safetensors");
  const bytes = await readFile(file);
  if (changed !== undefined) await writeFile(file, bytes.with(bytes.length - 4, bytes[bytes.length - 4] ^ 1));
  return path;
}

/** Words with numbers of float32; U+FFFD is among them, as in GloVe's own files. */
function wordVectors(width: number, changed?: "changed"): readonly (readonly [word: string, numbers: Float32Array])[] {
  const random = seeded(3);
  return [...WORDS, "\ufffd"].map((word, i) => {
    const numbers = Float32Array.from({ length: width }, () => random() - 0.5);
    if (changed !== undefined && i === 4) new Uint8Array(numbers.buffer)[0] ^= 1;
    return [word, numbers];
  });
}

async function glove(folder: string, changed?: "changed"): Promise<string> {
  const file = join(folder, "glove.txt");
  const lines = wordVectors(6, changed).map(([word, numbers]) => `${[word, ...numbers].join(" ")}\n`);
  await writeFile(file, lines.join(""));
  return file;
}

async function word2vec(folder: string, changed?: "changed"): Promise<string> {
  const file = join(folder, "word2vec.bin");
  const rows = wordVectors(6, changed);
  const parts = rows.flatMap(([word, numbers]) => [Buffer.from(`${word} `), Buffer.from(numbers.buffer)]);
  await writeFile(file, Buffer.concat([Buffer.from(`${rows.length} 6\n`), ...parts]));
  return file;
}

const ofStatic = {
  options: {},
  special: 0,
  emptyLength: 0,
  settings: COMMON,
  refused: [
    [{ layer: 0 }, "E_USAGE", "--layer"],
    [{ layers: [0] }, "E_USAGE", "--layer"],
    [{ pooling: "cls" }, "E_USAGE", "--pooling"],
    [{ precision: "int8" }, "E_ENCODER_UNSUPPORTED", "--precision"],
  ],
} as const satisfies Partial<EncoderKind>;

export const ENCODERS: readonly EncoderKind[] = [
  { name: "transformer, fp32", options: {}, ...ofTransformers },
  { name: "transformer, int8", options: { precision: "int8" }, ...ofTransformers },
  {
    ...ofTransformers,
    name: "transformer that pools itself",
    make: ofTexts,
    options: { normalize: true },
    refused: [...ofTransformers.refused, [{ pooling: "model", layer: 1 }, "E_USAGE", "--pooling model"]],
  },
  { name: "token table", width: 8, make: tokenTable, ...ofStatic },
  { name: "word vectors, GloVe", width: 6, make: glove, ...ofStatic },
  { name: "word vectors, word2vec binary", width: 6, make: word2vec, ...ofStatic },
];
