import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { HeadstartError } from "../errors.js";
import {
  dependsOnBatch,
  encoderPorts,
  externalFiles,
  hiddenStates,
  isQuantized,
  type EncoderPorts,
} from "../onnx/encoderGraph.js";
import { FIRST_TOKENS, keepFirstTokens } from "../onnx/firstTokens.js";
import { copyModel, readModel, valueInfo, writeModel, type OnnxModel } from "../onnx/model.js";
import { quantizeInt8 } from "../onnx/quantize.js";
import { openLanes } from "../onnx/lanes.js";
import type { Session } from "../onnx/session.js";
import { locateEncoder, type EncoderFolder } from "./locate.js";
import { describeBrokenFile } from "./modelFile.js";
import type { Pooling } from "./pooling.js";
import { readEncoderSettings, type EncoderSettings } from "./settings.js";
import { loadTokenizer, type Tokenizer } from "./tokenizer.js";

export type Precision = "fp32" | "int8";

export interface EncoderOptions {
  /** Use what is on this machine only. @default false */
  readonly offline?: boolean;
  /** @default what the model's own files say, else mean */
  readonly pooling?: Pooling;
  /** Scale vectors to length 1. @default what the model's own files say, else true */
  readonly normalize?: boolean;
  /** Tokens of a text, special ones included. @default the smallest limit in the model's files */
  readonly maxTokens?: number;
  /** Put before every text. @default what the model's own files say */
  readonly prompt?: string;
  /** Take the hidden states after this layer, 0 being the embeddings. @default the last layer's */
  readonly layer?: number;
  /** Precision of the computation. @default that of the model's file */
  readonly precision?: Precision;
  /** Threads of the encoder altogether. @default as many as the machine has cores */
  readonly threads?: number;
  /** Aborts downloads. */
  readonly signal?: AbortSignal;
  /** Told of downloads as they go. */
  readonly onDownload?: (progress: {
    readonly file: string;
    readonly received: number;
    readonly total: number;
  }) => void;
}

/** Changes whenever headstart comes to give other vectors for the same files and settings, so that none are mixed. */
const VECTOR_VERSION = "1";

/** A frozen encoder, ready to embed. */
export interface Encoder {
  /** As the user named it. */
  readonly name: string;
  readonly kind: EncoderFolder["kind"];
  readonly path: string;
  /** Length of a vector. */
  readonly width: number;
  /** sha256 of everything that decides a vector: weights, tokenizer, pooling, limits, layer, precision. */
  readonly fingerprint: string;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly maxTokens: number;
  readonly prompt: string;
  /** Which hidden states are pooled; undefined for the last layer's. */
  readonly layer: number | undefined;
  readonly precision: Precision;
  /** Whether a text's vector may change with its batch; then every text goes through alone. */
  readonly dependsOnBatch: boolean;
  /** What was decided and why, a line each. */
  readonly decisions: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly ports: EncoderPorts & {
    /** Of how many tokens of a text, from the first, the model gives vectors. */
    readonly tokens: number;
  };
  readonly session: Session;
  close(): Promise<void>;
}

/**
 * Finds an encoder by name, folder or hub id and makes it ready.
 *
 * @throws HeadstartError with an E_ENCODER, E_HUB, E_OFFLINE or E_CHECKSUM code when it cannot be had or used
 */
export async function loadEncoder(name: string, options: EncoderOptions = {}): Promise<Encoder> {
  const { offline, onDownload, signal, threads, layer } = options;
  const folder = await locateEncoder(name, {
    ...(offline === undefined ? {} : { offline }),
    ...(onDownload === undefined ? {} : { onProgress: onDownload }),
    ...(signal === undefined ? {} : { signal }),
  });
  const settings = await readEncoderSettings(folder, overridesOf(options));
  const file = path.join(folder.path, settings.modelFile);
  const bytes = await readWhole(file);
  const model = readModel(bytes, file);
  const outside = await externalWeights(model, file);
  const ports = encoderPorts(model, file);
  const want = { file, ports, layer, precision: options.precision, outside, pooling: settings.pooling };
  const { ready, precision, hidden, tokens } = prepare(model, want);
  const { tokenizer, tokenizerBytes } = await readTokenizer(folder, settings);
  const width = ports.width ?? settings.width;
  if (width === undefined) {
    throw new HeadstartError(
      "E_ENCODER_INVALID",
      `Neither ${file} nor config.json (hidden_size) says how wide a vector is. Export the encoder again`,
      { file },
    );
  }
  const modelHash = digest([bytes, ...(await Promise.all(outside.map((f) => readFile(f))))]);
  const fingerprint = digest([
    VECTOR_VERSION,
    modelHash,
    ...tokenizerBytes.map((part) => digest([part])),
    JSON.stringify([settings.pooling, settings.normalize, settings.maxTokens, settings.prompt, settings.lowerCase]),
    JSON.stringify([layer ?? null, precision, isQuantized(model)]),
  ]);
  const source = ready === undefined ? file : writeModel(ready);
  const session = await openLanes(source, { file, ...(threads === undefined ? {} : { threads }) });
  return {
    name,
    kind: folder.kind,
    path: folder.path,
    width,
    fingerprint,
    pooling: settings.pooling,
    normalize: settings.normalize,
    maxTokens: settings.maxTokens,
    prompt: settings.prompt,
    layer,
    precision,
    dependsOnBatch: dependsOnBatch(model),
    decisions: [
      ...settings.decisions,
      ...(layer === undefined ? [] : [`hidden states after layer ${layer}`]),
      precision,
    ],
    tokenizer,
    ports: { ...ports, hidden, tokens },
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
  const bytes = await readFile(file);
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

interface Preparation {
  readonly file: string;
  readonly ports: EncoderPorts;
  readonly layer: number | undefined;
  readonly precision: Precision | undefined;
  readonly outside: readonly string[];
  readonly pooling: Pooling;
}

interface Prepared {
  /** Undefined where the file serves as it is. */
  readonly ready: OnnxModel | undefined;
  readonly precision: Precision;
  readonly hidden: string;
  readonly tokens: number;
}

/** Rewrites the model where precision, layer or pooling ask for it. */
function prepare(model: OnnxModel, want: Preparation): Prepared {
  const { file, ports, layer, outside } = want;
  const integer = isQuantized(model);
  if (want.precision === "fp32" && integer) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} holds int8 weights only, so it cannot run in fp32. Leave --precision out or name an fp32 encoder`,
      { file },
    );
  }
  const rewrite = want.precision === "int8" && !integer;
  if ((rewrite || layer !== undefined) && outside.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} keeps its weights in a second file; --precision int8 and --layer need them in one`,
      { file },
    );
  }
  let ready = rewrite ? quantizeInt8(model) : undefined;
  let { hidden } = ports;
  if (layer !== undefined) {
    const states = hiddenStates(model);
    if (states.length === 0 || layer < 0 || layer >= states.length || !Number.isInteger(layer)) {
      const reach =
        states.length === 0 ? "its nodes do not name their layers" : `it has layers 0 to ${states.length - 1}`;
      throw new HeadstartError(
        "E_USAGE",
        `Cannot take layer ${layer} of ${file}: ${reach}. Choose --layer accordingly`,
        { file },
      );
    }
    hidden = states[layer];
    ready ??= copyModel(model);
    ready.graph.output = [valueInfo(hidden, "float32", ["batch", "tokens", ports.width ?? "width"])];
  }
  const made: Prepared = { ready, precision: integer || rewrite ? "int8" : "fp32", hidden, tokens: Infinity };
  // Cutting would change what one scale for the whole batch is taken from; weights in a second file are not at hand.
  const isWhole = layer !== undefined || want.pooling !== "cls" || dependsOnBatch(model) || outside.length > 0;
  const cut = isWhole ? undefined : keepFirstTokens(ready ?? model, ports);
  return cut === undefined ? made : { ...made, ready: cut, tokens: FIRST_TOKENS };
}

/** The tokenizer and the bytes of its two files, the second being empty where there is none. */
async function readTokenizer(
  folder: EncoderFolder,
  { tokenizerFile, tokenizerConfigFile, maxTokens, prompt, lowerCase }: EncoderSettings,
): Promise<{ tokenizer: Tokenizer; tokenizerBytes: readonly Uint8Array[] }> {
  const file = path.join(folder.path, tokenizerFile);
  const bytes = await readWhole(file);
  const configFile = tokenizerConfigFile === undefined ? undefined : path.join(folder.path, tokenizerConfigFile);
  const configBytes = configFile === undefined ? new Uint8Array(0) : await readWhole(configFile);
  const config = configFile === undefined ? {} : parse(configBytes, configFile);
  const tokenizer = loadTokenizer(parse(bytes, file), config, { file, maxTokens, prompt, lowerCase });
  return { tokenizer, tokenizerBytes: [bytes, configBytes] };
}

function parse(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new HeadstartError("E_ENCODER_INVALID", `${file} is not valid JSON. Fetch the file again`, { file, cause });
  }
}

function digest(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
