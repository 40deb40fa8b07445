import { join } from "node:path";
import { z } from "zod";
import { excerpt } from "../../errors.js";
import type { EncoderFolder } from "./folder.js";
import { chooseNormalize, choosePooling, type ModelOutputs } from "./choosePooling.js";
import { TOKENIZER_FILE, tokenizerFileOf } from "./requiredFiles.js";
import { chooseModelFile, modelFileDecision } from "./modelFile.js";
import { readModules, unsupported, type PoolingModule } from "./modules.js";
import type { EncoderPooling } from "../encoder.js";
import { invalidSettings, readSettingsFile } from "./settingsFile.js";
import { chooseTokenLimit, modelTypeOf, positionLimit, statedTokenLimit } from "./tokenLimit.js";
import type { StatedShape } from "../../onnx/model/encoderOutputs.js";

/** What the caller wants other than the encoder's own files say. */
export interface SettingsOverrides {
  /** @default what the files say, else what the model has an output for, else mean */
  readonly pooling?: EncoderPooling | undefined;
  /** Scale vectors to length 1. @default what the files say, else true */
  readonly normalize?: boolean | undefined;
  /** Tokens of a text, special ones included. @default the smallest limit in the files */
  readonly maxTokens?: number | undefined;
  /** Text put before every text. @default the files' default prompt, else none */
  readonly prompt?: string | undefined;
  /** The ONNX file to read. @default one with a usual name */
  readonly modelFile?: string | undefined;
  /** Changes no choice of file: int8 is made from the fp32 file. */
  readonly precision?: "fp32" | "int8" | undefined;
}

/** What a model's graph says of itself. */
export interface ModelFacts extends ModelOutputs {
  /** Rows of its table of positions, where it has one by that name. */
  readonly positions?: number | undefined;
}

/** What is taken for true of a model that nobody has looked at. */
const USUAL_MODEL: ModelFacts = { ofTexts: undefined, ofTokens: true };

/** How an encoder is to be used. */
export interface EncoderSettings {
  readonly pooling: EncoderPooling;
  /** Whether vectors are scaled to length 1. */
  readonly normalize: boolean;
  /** Longest text in tokens, special ones and the prompt's included. */
  readonly maxTokens: number;
  /** Put before every text; "" for none. */
  readonly prompt: string;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
  /** Length of a token vector, where config.json says it. */
  readonly width?: number | undefined;
  /** What config.json says of the model's outputs. */
  readonly stated: StatedShape;
  /** Transformer layers, where config.json says it. */
  readonly layers?: number | undefined;
  /** Relative to the encoder's folder, as are the following. */
  readonly modelFile: string;
  /** `vocab.txt` where there is no tokenizer.json. */
  readonly tokenizerFile: string;
  readonly tokenizerConfigFile?: string | undefined;
  /** What was decided and on whose word, a short line each; those of the folder come first. */
  readonly decisions: readonly string[];
}

const count = z.number().nullish();
/** Of models that call something else so. */
const maybeCount = count.catch(undefined);
const ConfigFile = z.object({
  model_type: z.string().nullish(),
  max_position_embeddings: count,
  pad_token_id: count,
  vocab_size: maybeCount,
  hidden_size: count,
  dim: count, // DistilBERT's word for it
  d_model: maybeCount, // T5's
  n_embd: maybeCount, // GPT's
  emb_dim: maybeCount, // XLM's
  word_embed_proj_dim: maybeCount, // OPT's, where its last layer has another width
  num_hidden_layers: count,
  n_layers: count,
});
const WIDTHS = ["hidden_size", "dim", "d_model", "n_embd", "emb_dim", "word_embed_proj_dim"] as const;
const TransformerFile = z.object({ max_seq_length: count, do_lower_case: z.boolean().nullish() });
const TokenizerConfigFile = z.object({
  model_max_length: count,
  tokenizer_class: z.string().nullish().catch(undefined),
});
const PromptsFile = z.object({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/** Early versions of sentence-transformers put the model's kind into the name: sentence_roberta_config.json. */
const TRANSFORMER_FILE = /^sentence_[\w-]+_config\.json$/;

/**
 * Reads how an encoder is meant to be used from its own files, and says of each choice where it comes from.
 *
 * Without modules.json, vectors are those that the model makes of whole texts, where it does, else mean pooling and vectors
 * of length 1 are assumed; the decisions say so.
 *
 * @param model  what its graph says
 * @throws HeadstartError E_ENCODER_MISSING when a needed file is missing; E_ENCODER_INVALID when one is malformed;
 *   E_ENCODER_UNSUPPORTED when they ask for what is not done here; E_USAGE for an impossible `maxTokens`
 */
export async function readEncoderSettings(
  folder: EncoderFolder,
  overrides: SettingsOverrides = {},
  model: ModelFacts = USUAL_MODEL,
): Promise<EncoderSettings> {
  const tokenizerFile = tokenizerFileOf(folder.files, folder.name);
  const modelFile = chooseModelFile(folder.files, { asked: overrides.modelFile, precision: overrides.precision });
  const config = (await readSettingsFile(folder, "config.json", ConfigFile)) ?? {};
  const modules = await readModules(folder);
  const pooling = choosePooling(folder, modules, { asked: overrides.pooling, outputs: model });
  const normalize = chooseNormalize(modules, { asked: overrides.normalize, pooling: pooling.value });
  const limit = await readLimits(folder, config, { asked: overrides.maxTokens, rows: model.positions, modelFile });
  const prompt = await choosePrompt(folder, modules.pooling, overrides.prompt);
  const stated = statedShape(config);
  const [width, layers] = [stated.widths[0]?.[1], config.num_hidden_layers ?? config.n_layers];
  return {
    pooling: pooling.value,
    normalize: normalize.value,
    maxTokens: limit.maxTokens,
    prompt: prompt.value,
    lowerCase: limit.lowerCase,
    stated,
    ...(typeof width === "number" ? { width } : {}),
    ...(typeof layers === "number" ? { layers } : {}),
    modelFile,
    tokenizerFile,
    ...(folder.files.includes("tokenizer_config.json") ? { tokenizerConfigFile: "tokenizer_config.json" } : {}),
    decisions: [
      ...folder.decisions,
      modelFileDecision(folder.files, modelFile, overrides.modelFile),
      ...(tokenizerFile === TOKENIZER_FILE ? [] : [`tokenizer made of ${tokenizerFile}`]),
      pooling.decision,
      normalize.decision,
      ...limit.decisions,
      ...prompt.decisions,
    ],
  };
}

type Config = z.infer<typeof ConfigFile>;

function statedShape(config: Config): StatedShape {
  const widths = WIDTHS.flatMap((key) => (typeof config[key] === "number" ? [[key, config[key]] as const] : []));
  return { widths, vocabulary: config.vocab_size ?? undefined };
}

async function readLimits(
  folder: EncoderFolder,
  config: Config,
  {
    asked,
    rows,
    modelFile,
  }: { readonly asked: number | undefined; readonly rows: number | undefined; readonly modelFile: string },
) {
  const file = transformerFile(folder);
  const transformer = await readSettingsFile(folder, file, TransformerFile);
  const tokenizer = await readSettingsFile(folder, "tokenizer_config.json", TokenizerConfigFile);
  const limits = [
    statedTokenLimit(transformer?.max_seq_length, file),
    statedTokenLimit(tokenizer?.model_max_length, "tokenizer_config.json"),
  ].filter((limit) => limit !== undefined);
  const model_type = config.model_type ?? modelTypeOf(tokenizer?.tokenizer_class);
  const positions =
    positionLimit({ ...config, model_type }, "config.json") ??
    positionLimit({ model_type, max_position_embeddings: rows }, modelFile);
  const { maxTokens, decision } = chooseTokenLimit(limits, { asked, positions });
  const lowerCase = transformer?.do_lower_case ?? false;
  return { maxTokens, lowerCase, decisions: lowerCase ? [decision, `texts lower-cased first (${file})`] : [decision] };
}

function transformerFile(folder: EncoderFolder): string {
  const usual = "sentence_bert_config.json";
  return folder.files.includes(usual) ? usual : (folder.files.find((file) => TRANSFORMER_FILE.test(file)) ?? usual);
}

async function choosePrompt(folder: EncoderFolder, pooling: PoolingModule | undefined, asked: string | undefined) {
  const file = "config_sentence_transformers.json";
  const settings = await readSettingsFile(folder, file, PromptsFile);
  const prompts = new Map(Object.entries(settings?.prompts ?? {}));
  const chosen = asked === undefined ? (settings?.default_prompt_name ?? undefined) : undefined;
  if (chosen !== undefined && !prompts.has(chosen)) {
    throw invalidSettings(
      join(folder.path, file),
      `"default_prompt_name" is "${excerpt(chosen)}", which is none of its prompts`,
    );
  }
  const value = asked ?? (chosen === undefined ? "" : (prompts.get(chosen) ?? ""));
  if (value !== "" && pooling?.includePrompt === false) {
    const found = `${pooling.file} leaves the prompt's tokens out of the pooling, which is not done here`;
    throw unsupported(folder, found, 'Choose another encoder, or no prompt with --prompt ""');
  }
  const unused = [...prompts].filter(([name, text]) => name !== chosen && text !== "").map(([name]) => excerpt(name));
  const why = asked !== undefined ? "asked for" : `${file}, ${excerpt(chosen ?? "")}`;
  return {
    value,
    decisions: [
      ...(value === "" ? [] : [`prompt "${excerpt(value)}" before every text (${why})`]),
      ...(unused.length === 0
        ? []
        : [`prompts not used: ${unused.join(", ")} (${file}; give one's text with --prompt)`]),
    ],
  };
}
