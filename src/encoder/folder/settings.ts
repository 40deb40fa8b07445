import { join } from "node:path";
import { z } from "zod";
import { excerpt } from "../../errors.js";
import type { EncoderFolder } from "./folder.js";
import { REQUIRED_FILES, missingFile } from "./requiredFiles.js";
import { chooseModelFile } from "./modelFile.js";
import { poolingOf, readModules, unsupported, type PoolingModule } from "./modules.js";
import type { Pooling } from "../../math/pooling.js";
import { invalidSettings, readSettingsFile } from "./settingsFile.js";
import { chooseTokenLimit, statedTokenLimit, positionLimit } from "./tokenLimit.js";

/** What the caller wants other than the encoder's own files say. */
export interface SettingsOverrides {
  /** @default what the files say, else mean */
  readonly pooling?: Pooling | undefined;
  /** Scale vectors to length 1. @default what the files say, else true */
  readonly normalize?: boolean | undefined;
  /** Tokens of a text, special ones included. @default the smallest limit in the files */
  readonly maxTokens?: number | undefined;
  /** Text put before every text. @default the files' default prompt, else none */
  readonly prompt?: string | undefined;
  /** Changes no choice of file: int8 is made from the fp32 file. */
  readonly precision?: "fp32" | "int8" | undefined;
}

/** How an encoder is to be used. */
export interface EncoderSettings {
  readonly pooling: Pooling;
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
  /** Transformer layers, where config.json says it. */
  readonly layers?: number | undefined;
  /** Relative to the encoder's folder, as are the following. */
  readonly modelFile: string;
  readonly tokenizerFile: string;
  readonly tokenizerConfigFile?: string | undefined;
  /** What was decided and on whose word, a short line each; those of the folder come first. */
  readonly decisions: readonly string[];
}

const count = z.number().nullish();
const ConfigFile = z.object({
  model_type: z.string().nullish(),
  max_position_embeddings: count,
  pad_token_id: count,
  hidden_size: count,
  dim: count, // DistilBERT's word for it
  num_hidden_layers: count,
  n_layers: count,
});
const TransformerFile = z.object({ max_seq_length: count, do_lower_case: z.boolean().nullish() });
const TokenizerConfigFile = z.object({ model_max_length: count });
const PromptsFile = z.object({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/** Early versions of sentence-transformers put the model's kind into the name: sentence_roberta_config.json. */
const TRANSFORMER_FILE = /^sentence_[\w-]+_config\.json$/;

/**
 * Reads how an encoder is meant to be used from its own files, and says of each choice where it comes from.
 *
 * Without modules.json, mean pooling and vectors of length 1 are assumed; the decisions say so.
 *
 * @throws HeadstartError E_ENCODER_MISSING when a needed file is missing; E_ENCODER_INVALID when one is malformed;
 *   E_ENCODER_UNSUPPORTED when they ask for what is not done here; E_USAGE for an impossible `maxTokens`
 */
export async function readEncoderSettings(
  folder: EncoderFolder,
  overrides: SettingsOverrides = {},
): Promise<EncoderSettings> {
  for (const file of REQUIRED_FILES)
    if (!folder.files.includes(file)) throw missingFile(folder.name, file, folder.files);
  const modelFile = chooseModelFile(folder.files, overrides.precision);
  const config = await readSettingsFile(folder, "config.json", ConfigFile);
  const modules = await readModules(folder);
  const pooling = choosePooling(folder, modules.pooling, overrides.pooling);
  const normalize = chooseNormalize(modules.normalize, overrides.normalize);
  const limit = await readLimits(folder, config ?? {}, overrides.maxTokens);
  const prompt = await choosePrompt(folder, modules.pooling, overrides.prompt);
  const [width, layers] = [config?.hidden_size ?? config?.dim, config?.num_hidden_layers ?? config?.n_layers];
  return {
    pooling: pooling.value,
    normalize: normalize.value,
    maxTokens: limit.maxTokens,
    prompt: prompt.value,
    lowerCase: limit.lowerCase,
    ...(typeof width === "number" ? { width } : {}),
    ...(typeof layers === "number" ? { layers } : {}),
    modelFile,
    tokenizerFile: "tokenizer.json",
    ...(folder.files.includes("tokenizer_config.json") ? { tokenizerConfigFile: "tokenizer_config.json" } : {}),
    decisions: [
      ...folder.decisions,
      `model ${modelFile}`,
      pooling.decision,
      normalize.decision,
      ...limit.decisions,
      ...prompt.decisions,
    ],
  };
}

function choosePooling(folder: EncoderFolder, module: PoolingModule | undefined, asked: Pooling | undefined) {
  if (asked !== undefined) {
    const own = module === undefined ? "" : `; ${module.file} says ${module.modes.join(" and ")}`;
    return { value: asked, decision: `pooling ${asked} (asked for${own})` };
  }
  if (module !== undefined) {
    const value = poolingOf(module, folder);
    return { value, decision: `pooling ${value} (${module.file})` };
  }
  if (folder.files.includes("modules.json"))
    throw unsupported(folder, "modules.json has no Pooling", "Choose another encoder, or give --pooling");
  return { value: "mean" as const, decision: "pooling mean (assumed: no modules.json)" };
}

function chooseNormalize(own: boolean | undefined, asked: boolean | undefined) {
  const value = asked ?? own ?? true;
  const word = value ? "normalized to length 1" : "not normalized";
  const why = asked !== undefined ? "asked for" : own === undefined ? "assumed: no modules.json" : "modules.json";
  return { value, decision: `vectors ${word} (${why})` };
}

async function readLimits(folder: EncoderFolder, config: z.infer<typeof ConfigFile>, asked: number | undefined) {
  const file = transformerFile(folder);
  const transformer = await readSettingsFile(folder, file, TransformerFile);
  const tokenizer = await readSettingsFile(folder, "tokenizer_config.json", TokenizerConfigFile);
  const limits = [
    statedTokenLimit(transformer?.max_seq_length, file),
    statedTokenLimit(tokenizer?.model_max_length, "tokenizer_config.json"),
  ].filter((limit) => limit !== undefined);
  const { maxTokens, decision } = chooseTokenLimit(limits, { asked, positions: positionLimit(config) });
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
