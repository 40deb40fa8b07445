import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { HeadstartError } from "../errors.js";
import { dependsOnBatch, encoderPorts, externalFiles, isQuantized } from "../onnx/encoderGraph.js";
import { openEncoderLanes } from "../onnx/wordLookup.js";
import { releaseBytes } from "../onnx/releaseBytes.js";
import { readModel, type OnnxModel } from "../onnx/model.js";
import type { Encoder, EncoderOptions, Precision } from "./encoder.js";
import type { EncoderFolder } from "./locate.js";
import { describeBrokenFile } from "./modelFile.js";
import { readyModel } from "./rewrite.js";
import { sampleCosines } from "./sampleCosines.js";
import { readEncoderSettings, type EncoderSettings } from "./settings.js";
import { MAX_TOKENIZER_BYTES, parseEncoderJson, readBytes } from "./settingsFile.js";
import { loadTokenizer, type PieceTokenizer } from "./tokenizer.js";

/** Change whenever headstart comes to give other vectors for the same files and settings, so that none are mixed. */
const VECTOR_VERSION = { fp32: "3", int8: "2" } as const satisfies Record<Precision, string>;

/**
 * Makes the transformer in `folder` ready to embed.
 *
 * @throws HeadstartError with an E_ENCODER code when it cannot be used
 */
export async function loadTransformer(folder: EncoderFolder, options: EncoderOptions = {}): Promise<Encoder> {
  const { threads, layer, layers } = options;
  const settings = await readEncoderSettings(folder, overridesOf(options));
  const file = path.join(folder.path, settings.modelFile);
  const bytes = await readWhole(file);
  const model = readModel(bytes, file);
  const outside = await externalWeights(model, file);
  const ports = encoderPorts(model, file);
  const { tokenizer, tokenizerBytes } = await readTokenizer(folder, settings);
  const width = ports.width ?? settings.width;
  if (width === undefined) {
    throw new HeadstartError(
      "E_ENCODER_INVALID",
      `Neither ${file} nor config.json (hidden_size) says how wide a vector is. Export the encoder again`,
      { file },
    );
  }
  const { pooling, normalize, maxTokens, prompt, lowerCase } = settings;
  const use = { width, pooling, normalize, tokenizer, dependsOnBatch: dependsOnBatch(model) };
  const hash = await digestOfModel(bytes, outside);
  const { source, precision, hidden, tokens, states, stateLayers, remark } = await readyModel(model, {
    file,
    bytes,
    hash,
    ports,
    layer,
    layers,
    outside,
    pooling,
    precision: options.precision,
    store: options.models,
    compare: (one, other) => sampleCosines({ ...use, name: folder.name, path: folder.path }, { ports, one, other }),
  });
  const fingerprint = digest([
    VECTOR_VERSION[precision],
    hash,
    ...tokenizerBytes.map((part) => digest([part])),
    JSON.stringify([pooling, normalize, maxTokens, prompt, lowerCase]),
    JSON.stringify([layer ?? null, precision, isQuantized(model)]),
    ...(stateLayers === undefined ? [] : [JSON.stringify(stateLayers)]),
  ]);
  releaseBytes([bytes]);
  const session = await openEncoderLanes(source, {
    file,
    ids: ports.ids,
    ...(threads === undefined ? {} : { threads }),
  });
  return {
    name: folder.name,
    kind: folder.kind,
    path: folder.path,
    fingerprint,
    maxTokens,
    prompt,
    layer,
    precision,
    decisions: [
      ...settings.decisions,
      ...(layer === undefined ? [] : [`hidden states after layer ${layer}`]),
      ...(stateLayers === undefined ? [] : [`token vectors after layers ${stateLayers.join(", ")}`]),
      remark,
    ],
    ...use,
    isStatic: false,
    layers: stateLayers,
    ports: { ...ports, hidden, tokens, states },
    session,
    close: () => session.close(),
  };
}

function overridesOf({
  pooling,
  normalize,
  maxTokens,
  prompt,
}: EncoderOptions): Parameters<typeof readEncoderSettings>[1] {
  return {
    ...(pooling === undefined ? {} : { pooling }),
    ...(normalize === undefined ? {} : { normalize }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

async function readWhole(file: string): Promise<Uint8Array> {
  return checked(await readFile(file), file);
}

function checked(bytes: Uint8Array, file: string): Uint8Array {
  const broken = describeBrokenFile(bytes.subarray(0, 512), bytes.length);
  if (broken !== undefined) {
    throw new HeadstartError("E_ENCODER_INVALID", `Cannot load ${file}: it ${broken}. Fetch the file again`, { file });
  }
  return bytes;
}

/** Weight files beside the model file; only plain names in the same folder are followed. */
async function externalWeights(model: OnnxModel, file: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of externalFiles(model)) {
    const beside = path.join(path.dirname(file), name);
    if (name !== path.basename(name) || name.includes("\\") || name === ".." || name === "." || name === "") {
      throw new HeadstartError(
        "E_ENCODER_INVALID",
        `${file} wants weights from outside its folder: "${name}". It is refused`,
        { file },
      );
    }
    if (!(await stat(beside).catch(() => undefined))?.isFile()) {
      throw new HeadstartError(
        "E_ENCODER_MISSING",
        `${file} keeps weights in ${name}, which is not beside it. Fetch that file too`,
        { file },
      );
    }
    found.push(beside);
  }
  return found;
}

/** The tokenizer and the bytes of its two files, the second being empty where there is none. */
async function readTokenizer(
  folder: EncoderFolder,
  { tokenizerFile, tokenizerConfigFile, maxTokens, prompt, lowerCase }: EncoderSettings,
): Promise<{ tokenizer: PieceTokenizer; tokenizerBytes: readonly Uint8Array[] }> {
  const file = path.join(folder.path, tokenizerFile);
  const bytes = checked(await readBytes(file, MAX_TOKENIZER_BYTES), file);
  const configFile = tokenizerConfigFile === undefined ? undefined : path.join(folder.path, tokenizerConfigFile);
  const configBytes = configFile === undefined ? new Uint8Array(0) : checked(await readBytes(configFile), configFile);
  const config = configFile === undefined ? {} : parseEncoderJson(configBytes, configFile);
  const tokenizer = loadTokenizer(parseEncoderJson(bytes, file), config, { file, maxTokens, prompt, lowerCase });
  return { tokenizer, tokenizerBytes: [bytes, configBytes] };
}

/** The files beside it may be larger than a buffer can be. */
async function digestOfModel(bytes: Uint8Array, outside: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(bytes);
  for (const file of outside) for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function digest(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
