import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { excerpt, HeadstartError } from "../errors.js";
import { dependsOnBatch, encoderPorts, hiddenStates, isQuantized, positionRows } from "../onnx/model/encoderGraph.js";
import { sentenceOutput, tokenOutput } from "../onnx/model/encoderOutputs.js";
import { outsideBytes, weightFiles } from "../onnx/model/externalData.js";
import { openEncoderSessions } from "../onnx/runtime/embeddingLookup.js";
import { releaseBytes } from "../onnx/runtime/releaseBytes.js";
import { readModel, type OnnxModel } from "../onnx/model/model.js";
import { refuseHugeTensors } from "../onnx/model/sizeBounds.js";
import type { Encoder, EncoderOptions, Precision } from "./encoder.js";
import type { EncoderFolder } from "./locate.js";
import { chooseModelFile } from "./folder/modelFile.js";
import { tokenizerFileOf } from "./folder/requiredFiles.js";
import { readTokenizerJson } from "./folder/tokenizerFiles.js";
import { readyModel } from "./model/optimize.js";
import { sampleCosines } from "./model/compare.js";
import {
  readEncoderSettings,
  type EncoderSettings,
  type ModelFacts,
  type SettingsOverrides,
} from "./folder/settings.js";
import { checked, parseEncoderJson, readBytes } from "./folder/settingsFile.js";
import { loadTokenizer, type PieceTokenizer } from "./tokenizer/tokenizer.js";
import { sha256, startSha256 } from "../files/contentHash.js";
import { isFile } from "../files/exists.js";

/** Change whenever headstart comes to give other vectors for the same files and settings, so that none are mixed. */
const VECTOR_VERSION = { fp32: "3", int8: "2" } as const satisfies Record<Precision, string>;

/** Numbers of a vector; the widest encoders have some ten thousand. */
const WIDEST = 2 ** 20;

/**
 * Makes the transformer in `folder` ready to embed.
 *
 * @throws HeadstartError with an E_ENCODER code when it cannot be used
 */
export async function loadTransformer(folder: EncoderFolder, options: EncoderOptions = {}): Promise<Encoder> {
  try {
    return await load(folder, options);
  } catch (cause) {
    throw asRefusal(cause, { folder, options });
  }
}

/** Whatever a strange file brings about while it is read or rewritten is the file's fault to whoever runs this. */
function asRefusal(
  cause: unknown,
  { folder, options }: { readonly folder: EncoderFolder; readonly options: EncoderOptions },
): unknown {
  if (cause instanceof HeadstartError || options.signal?.aborted === true) return cause;
  const reason = cause instanceof Error ? excerpt(cause.message) : "";
  return new HeadstartError(
    "E_ENCODER_INVALID",
    `Cannot make the encoder ${folder.name} ready: ${reason}. Fetch or export its files again`,
    { file: folder.path, cause },
  );
}

async function load(folder: EncoderFolder, options: EncoderOptions): Promise<Encoder> {
  const { threads, layer, layers } = options;
  tokenizerFileOf(folder.files, folder.name);
  const asked = { asked: options.modelFile, precision: options.precision };
  const file = path.join(folder.path, chooseModelFile(folder.files, asked));
  const bytes = await readWhole(file);
  const model = readModel(bytes, file);
  const outside = await weightFiles(model, file);
  const ofTokens = layer !== undefined || layers !== undefined;
  if (ofTokens && options.pooling === "model") throw noLayersOfTexts(file);
  const settings = await readEncoderSettings(folder, overridesOf(options), factsOf(model, ofTokens));
  // The runtime sums over the tokens of one text in another order than over those of many.
  const ofTexts = settings.pooling === "model";
  const ports = encoderPorts(model, file, { ofTexts, stated: settings.stated });
  const { tokenizer, tokenizerBytes } = await readTokenizer(folder, settings);
  refuseHugeTensors(model, { file, outside: (t) => outsideBytes(t, file) });
  const width = widthOf(ports.width ?? settings.width, file);
  const { pooling, normalize, maxTokens, prompt, lowerCase } = settings;
  const use = { width, pooling, normalize, tokenizer, dependsOnBatch: ofTexts || dependsOnBatch(model) };
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
  const fingerprint = sha256(
    VECTOR_VERSION[precision],
    hash,
    ...tokenizerBytes.map((part) => sha256(part)),
    JSON.stringify([pooling, normalize, maxTokens, prompt, lowerCase]),
    JSON.stringify([layer ?? null, precision, isQuantized(model)]),
    ...(stateLayers === undefined ? [] : [JSON.stringify(stateLayers)]),
  );
  releaseBytes([bytes]);
  const session = await openEncoderSessions(source, {
    file,
    ids: ports.ids,
    threads,
  });
  return {
    name: folder.name,
    kind: folder.kind,
    path: folder.path,
    fingerprint,
    maxTokens,
    prompt,
    layer,
    lastLayer: lastLayerOf(model),
    precision,
    modelFile: options.modelFile === undefined ? undefined : settings.modelFile,
    decisions: [
      ...settings.decisions,
      ...(layer === undefined ? [] : [`hidden states after layer ${layer}`]),
      ...(stateLayers === undefined ? [] : [`token vectors after layers ${stateLayers.join(", ")}`]),
      ...(ports.batch === undefined ? [] : ["one text at a time, as the model was exported for"]),
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

/** What is to be known of a model to choose how it is used; vectors of texts are none of its layers. */
function factsOf(model: OnnxModel, ofTokens: boolean): ModelFacts {
  return {
    ofTexts: ofTokens ? undefined : sentenceOutput(model)?.value.name,
    ofTokens: tokenOutput(model) !== undefined,
    positions: positionRows(model),
  };
}

/** Undefined where the names of its nodes do not tell. */
function lastLayerOf(model: OnnxModel): number | undefined {
  const { length } = hiddenStates(model);
  return length === 0 ? undefined : length - 1;
}

const noLayersOfTexts = (file: string): HeadstartError =>
  new HeadstartError(
    "E_USAGE",
    `Cannot take a layer of ${file} with --pooling model: its vectors of whole texts are made of the last one. ` +
      "Leave one of the two out",
    { file },
  );

/** @throws HeadstartError E_ENCODER_INVALID where it is not said, or no width that a vector could have */
function widthOf(width: number | undefined, file: string): number {
  if (width !== undefined && Number.isInteger(width) && width >= 1 && width <= WIDEST) return width;
  const found =
    width === undefined
      ? `Neither ${file} nor config.json (hidden_size) says how wide a vector is`
      : `${file} or config.json (hidden_size) says that a vector has ${width} numbers`;
  throw new HeadstartError("E_ENCODER_INVALID", `${found}. Export the encoder again`, { file });
}

function overridesOf({
  pooling,
  normalize,
  maxTokens,
  prompt,
  modelFile,
  precision,
}: EncoderOptions): SettingsOverrides {
  return { pooling, normalize, maxTokens, prompt, modelFile, precision };
}

async function readWhole(file: string): Promise<Uint8Array> {
  // Reading a device or a pipe might never end.
  if (!(await isFile(file)))
    throw new HeadstartError("E_ENCODER_MISSING", `${file} is no file. Fetch it again`, { file });
  return checked(await readFile(file), file);
}

/** The tokenizer and the bytes of its two files, the second being empty where there is none. */
async function readTokenizer(
  folder: EncoderFolder,
  { tokenizerFile, tokenizerConfigFile, maxTokens, prompt, lowerCase }: EncoderSettings,
): Promise<{ tokenizer: PieceTokenizer; tokenizerBytes: readonly Uint8Array[] }> {
  const file = path.join(folder.path, tokenizerFile);
  const configFile = tokenizerConfigFile === undefined ? undefined : path.join(folder.path, tokenizerConfigFile);
  const configBytes = configFile === undefined ? new Uint8Array(0) : checked(await readBytes(configFile), configFile);
  const config = configFile === undefined ? {} : parseEncoderJson(configBytes, configFile);
  const { json, bytes } = await readTokenizerJson(folder, tokenizerFile);
  const tokenizer = loadTokenizer(json, config, { file, maxTokens, prompt, lowerCase });
  return { tokenizer, tokenizerBytes: [bytes, configBytes] };
}

/** The files beside it may be larger than a buffer can be. */
async function digestOfModel(bytes: Uint8Array, outside: readonly string[]): Promise<string> {
  const hash = startSha256().update(bytes);
  for (const file of outside) for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
