import { HeadstartError } from "../../errors.js";
import { checkedRecord, readRecord, readTensorFile, saveArtifact, type Sealed } from "../../head/file/artifact.js";
import type { TensorShelf } from "../../head/file/artifactTensors.js";
import { textHashesFrom, textHashTensor, withTextHashes } from "../../head/file/tensors.js";
import { NOTHING_HELD, type HeldTexts } from "../../head/file/heldTexts.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import type { CommitFolderOptions } from "../../files/commitFolder.js";
import type { Tensor } from "../../formats/safetensors.js";
import { taggerCard } from "./card.js";
import { TaggerFile } from "./schema.js";
import type { Tagger } from "../model/tagger.js";
import { tagSet } from "../corpus/tagSet.js";
import { sha256Bytes } from "../../files/contentHash.js";

/** A tagger read from its folder. */
export interface SavedTagger {
  readonly path: string;
  readonly tagger: Tagger;
  /** Surface forms of the training entities, lower-cased, as `surfaceHash` has them. */
  readonly surfaces: ReadonlySet<number>;
  /** Hashes of the training sentences, ascending; absent where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
  readonly file: TaggerFile;
}

/** A tagger as it goes into its folder. */
export interface TaggerToSave extends Omit<SavedTagger, "path" | "file"> {
  readonly file: Omit<TaggerFile, Sealed>;
}

/**
 * Writes a tagger as a folder: `headstart.json`, `head.safetensors` and a card `README.md`.
 *
 * @throws HeadstartError E_DIVERGED where it holds NaN or infinity, E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveTagger(
  folder: string,
  { tagger, surfaces, textHashes, file }: TaggerToSave,
  options: CommitFolderOptions = {},
): Promise<void> {
  const parts = {
    schema: TaggerFile,
    fields: withTextHashes(file, textHashes),
    tensors: new Map([
      ...tensorsOf(tagger, surfaces),
      ...(textHashes === undefined ? [] : [textHashTensor(textHashes)]),
    ]),
    format: "headstart-head",
    card: (complete: TaggerFile) => taggerCard(complete, heldByTagger(tagger, { surfaces, textHashes })),
  };
  await saveArtifact(folder, parts, options);
}

/** What a tagger's folder holds of the training sentences. */
export const heldByTagger = (
  { features, cues }: Tagger,
  { surfaces, textHashes }: Pick<SavedTagger, "surfaces" | "textHashes">,
): HeldTexts => ({
  ...NOTHING_HELD,
  textHashes: textHashes?.length ?? 0,
  writingHashes: features.hashes.length + cues.hashes.length,
  entityHashes: surfaces.size,
});

/**
 * Reads a tagger from the folder that `saveTagger` wrote.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM
 * @example
 * const { tagger, file } = await loadTagger("news-head");
 * console.log(tagger.labels, file.encoder.name);
 */
export async function loadTagger(folder: string): Promise<SavedTagger> {
  const file = checkedRecord(TaggerFile, await readRecord(folder));
  const tensors = await readTensorFile(folder, file.weights);
  const textHashes = textHashesFrom(tensors, file.training.textHashes);
  return { path: folder, file, textHashes, ...fromTensors(tensors, file) };
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
export const surfaceHash = (surface: string): number => sha256Bytes(surface).readInt32LE(0);

function tensorsOf(tagger: Tagger, surfaces: ReadonlySet<number>): Map<string, Tensor> {
  const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });
  const whole = (data: Int32Array): Tensor => ({ dtype: "I32", shape: [data.length], data });
  const table = (m: Matrix): Tensor => float(m.data, m.rows, m.cols);
  const { crfWeights, output } = tagger;
  const tags = crfWeights.tags;
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
    ["crf.transitions", float(Float32Array.from(crfWeights.transitions), tags, tags)],
    ["crf.start", float(Float32Array.from(crfWeights.start), tags)],
    ["crf.end", float(Float32Array.from(crfWeights.end), tags)],
    ["surfaces", whole(Int32Array.from([...surfaces].sort((a, b) => a - b)))],
  ]);
}

function fromTensors(
  { floats, integers }: TensorShelf,
  { version, kind, crf, labels, words, encoder, scoreCalibration }: TaggerFile,
): Pick<SavedTagger, "tagger" | "surfaces"> {
  const prefix = version === 1 ? "chain" : "crf";
  const tags = tagSet(labels).count;
  const width = encoder.width * encoder.layers.length * (words.subwordPooling === "first-last" ? 2 : 1);
  const bias = floats("bias", kind === "linear" ? tags : undefined);
  const units = bias.length;
  const rows = (2 * words.contextWindow + 1) * units;
  const table = (name: string, cols: number) => {
    const hashes = integers(`${name}.hashes`, undefined);
    return { hashes, weights: matrix(hashes.length, cols, floats(`${name}.weights`, hashes.length, cols)) };
  };
  const double = (name: string, ...shape: number[]): Float64Array => Float64Array.from(floats(name, ...shape));
  const output =
    kind === "linear"
      ? undefined
      : { weights: matrix(tags, units, floats("output.weights", tags, units)), bias: floats("output.bias", tags) };
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
      output,
      crfWeights: {
        tags,
        transitions: double(`${prefix}.transitions`, tags, tags),
        start: double(`${prefix}.start`, tags),
        end: double(`${prefix}.end`, tags),
      },
      ...(scoreCalibration === undefined ? {} : { scoreCalibration }),
    },
    surfaces: new Set(integers("surfaces", undefined)),
  };
}
