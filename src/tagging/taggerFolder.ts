import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { HeadstartError } from "../errors.js";
import { matrix, type Matrix } from "../math/matrix.js";
import { commitFile } from "../store/commit.js";
import { commitFolder, type CommitFolderOptions } from "../store/commitFolder.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../tensors/safetensors.js";
import { taggerCard } from "./taggerCard.js";
import { parseTaggerFile, type TaggerFile } from "./taggerFile.js";
import type { Tagger } from "./tagger.js";
import { tagSet } from "./tagSet.js";

/** A tagger read from its folder. */
export interface SavedTagger {
  readonly path: string;
  readonly tagger: Tagger;
  /** Surface forms of the training entities, lower-cased, as `surfaceHash` has them. */
  readonly surfaces: ReadonlySet<number>;
  readonly file: TaggerFile;
}

/**
 * Writes a tagger as a folder: `headstart.json`, `head.safetensors` and a card `README.md`.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveTagger(
  folder: string,
  {
    tagger,
    surfaces,
    file,
  }: { readonly tagger: Tagger; readonly surfaces: ReadonlySet<number>; readonly file: Omit<TaggerFile, "weights"> },
  options: CommitFolderOptions = {},
): Promise<void> {
  const bytes = writeSafetensors(tensorsOf(tagger, surfaces), { format: "headstart-head" });
  const complete: TaggerFile = { ...file, weights: { file: "head.safetensors", sha256: sha256(bytes) } };
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  await commitFolder(
    folder,
    async (temp) => {
      await commitFile(path.join(temp, "head.safetensors"), (to) => to.write(bytes));
      await commitFile(path.join(temp, "headstart.json"), (to) =>
        to.write(text(`${JSON.stringify(complete, null, 2)}\n`)),
      );
      await commitFile(path.join(temp, "README.md"), (to) => to.write(text(taggerCard(complete))));
    },
    options,
  );
}

/**
 * Reads a tagger from the folder that `saveTagger` wrote.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM
 */
export async function loadTagger(folder: string): Promise<SavedTagger> {
  const jsonPath = path.join(folder, "headstart.json");
  const json = await readFile(jsonPath, "utf8").catch((cause: unknown) => {
    const message = `${folder} is no head: it has no headstart.json. Name a folder that headstart train wrote`;
    throw new HeadstartError("E_HEAD_MISSING", message, { file: jsonPath, cause });
  });
  const file = parseTaggerFile(parseJson(json, jsonPath), jsonPath);
  const weightsPath = path.join(folder, file.weights.file);
  const bytes = await readFile(weightsPath).catch((cause: unknown) => {
    const message = `The head ${folder} lacks ${file.weights.file}. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file: weightsPath, cause });
  });
  if (sha256(bytes) !== file.weights.sha256) {
    const message = `${weightsPath} is not the file that was saved: its sha256 differs. Train the head again`;
    throw new HeadstartError("E_CHECKSUM", message, { file: weightsPath });
  }
  return { path: folder, file, ...fromTensors(readSafetensors(bytes), file, weightsPath) };
}

/** @throws HeadstartError E_HEAD_MISMATCH unless the encoder gives the word vectors that the tagger was trained on */
export function requireTaggerEncoder(
  { encoder: own }: TaggerFile,
  encoder: { readonly name: string; readonly fingerprint: string },
): void {
  if (own.fingerprint === encoder.fingerprint) return;
  throw new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head was trained on word vectors of ${own.name} (${own.fingerprint.slice(0, 12)}…, layers ${own.layers.join(", ")}, ` +
      `${own.maxTokens} tokens, ${own.precision}), not of ${encoder.name} (${encoder.fingerprint.slice(0, 12)}…). ` +
      `Use that encoder, or train the head again`,
  );
}

/** 32 bits of a surface form: enough to tell seen ones, and not the form itself. */
export const surfaceHash = (surface: string): number => createHash("sha256").update(surface).digest().readInt32LE(0);

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `Cannot load the head: ${file} is not valid JSON. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file, cause });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function tensorsOf(tagger: Tagger, surfaces: ReadonlySet<number>): Map<string, Tensor> {
  const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });
  const whole = (data: Int32Array): Tensor => ({ dtype: "I32", shape: [data.length], data });
  const table = (m: Matrix): Tensor => float(m.data, m.rows, m.cols);
  const { chain, output } = tagger;
  const tags = chain.tags;
  return new Map<string, Tensor>([
    ["mean", float(tagger.standardizer.mean, tagger.inputs.cols)],
    ["factor", float(tagger.standardizer.factor, tagger.inputs.cols)],
    ["inputs", table(tagger.inputs)],
    ["bias", float(tagger.bias, tagger.bias.length)],
    ["features.hashes", whole(tagger.features.hashes)],
    ["features.weights", table(tagger.features.weights)],
    ["cues.hashes", whole(tagger.cues.hashes)],
    ["cues.weights", table(tagger.cues.weights)],
    ...(output === undefined
      ? []
      : ([
          ["output.weights", table(output.weights)],
          ["output.bias", float(output.bias, output.bias.length)],
        ] as const)),
    ["chain.transitions", float(Float32Array.from(chain.transitions), tags, tags)],
    ["chain.start", float(Float32Array.from(chain.start), tags)],
    ["chain.end", float(Float32Array.from(chain.end), tags)],
    ["surfaces", whole(Int32Array.from([...surfaces].sort((a, b) => a - b)))],
  ]);
}

function fromTensors(
  tensors: ReadonlyMap<string, Tensor>,
  { kind, crf, labels, words, encoder }: TaggerFile,
  file: string,
): { tagger: Tagger; surfaces: ReadonlySet<number> } {
  const take = (name: string, dtype: "F32" | "I32", shape: readonly (number | undefined)[]): Tensor => {
    const t = tensors.get(name);
    const fits = t?.dtype === dtype && t.shape.length === shape.length;
    if (fits && shape.every((d, i) => d === undefined || d === t.shape[i])) return t;
    const found = t === undefined ? "is missing" : `is ${t.dtype} [${t.shape.join(", ")}]`;
    const expected = `${dtype} [${shape.map((d) => d ?? "any").join(", ")}]`;
    throw new HeadstartError(
      "E_HEAD_INVALID",
      `${file}: the tensor "${name}" ${found}, expected ${expected}. Train the head again`,
      { file },
    );
  };
  const floats = (name: string, ...shape: (number | undefined)[]): Float32Array =>
    take(name, "F32", shape).data as Float32Array;
  const whole = (name: string): Int32Array => take(name, "I32", [undefined]).data as Int32Array;
  const tags = tagSet(labels).count;
  const width = encoder.width * encoder.layers.length * (words.subWords === "first-last" ? 2 : 1);
  const bias = floats("bias", kind === "linear" ? tags : undefined);
  const units = bias.length;
  const rows = (2 * words.reach + 1) * units;
  const table = (name: string, cols: number) => {
    const hashes = whole(`${name}.hashes`);
    return { hashes, weights: matrix(hashes.length, cols, floats(`${name}.weights`, hashes.length, cols)) };
  };
  const double = (name: string, ...shape: number[]): Float64Array => Float64Array.from(floats(name, ...shape));
  return {
    tagger: {
      kind,
      crf,
      labels,
      ...words,
      standardizer: { mean: floats("mean", width), factor: floats("factor", width) },
      inputs: matrix(rows, width, floats("inputs", rows, width)),
      bias,
      features: table("features", tags),
      cues: table("cues", units),
      output:
        kind === "linear"
          ? undefined
          : { weights: matrix(tags, units, floats("output.weights", tags, units)), bias: floats("output.bias", tags) },
      chain: {
        tags,
        transitions: double("chain.transitions", tags, tags),
        start: double("chain.start", tags),
        end: double("chain.end", tags),
      },
    },
    surfaces: new Set(whole("surfaces")),
  };
}
