import { HeadstartError } from "../../errors.js";
import { someOf } from "./folder.js";
import { chooseModelFile, externalDataOf, isModelFile } from "./modelFile.js";

/** Without these no encoder can be used. */
export const REQUIRED_FILES = ["config.json", "tokenizer.json"] as const;

/** Settings that a model may leave out; whether it does decides how texts are embedded. */
export const OPTIONAL_FILES = [
  "tokenizer_config.json",
  "special_tokens_map.json",
  "modules.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
] as const;

/** `1_Pooling/config.json` and the like: one folder for each step after the transformer. */
export const MODULE_CONFIG = /^\d+_[A-Za-z]+\/config\.json$/;

/**
 * The files of a repository that an encoder needs, small ones first and the model last, so that whoever finds the model in
 * a cache finds all else; README.md is among them for its license.
 *
 * @param files  all names in the repository, as it gives them; unsafe ones are never chosen
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when there is no ONNX file; E_ENCODER_MISSING when another needed file is
 *   missing, or several ONNX files are there and none has the usual name
 */
export function neededFiles(files: readonly string[], name: string): readonly string[] {
  const safe = files.filter(isSafePath);
  if (!safe.some(isModelFile)) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `Cannot use ${name}: it has no ONNX file, but ${someOf(safe)}. Look for an ONNX export of it, or export it yourself`,
      { file: name },
    );
  }
  for (const required of REQUIRED_FILES) if (!safe.includes(required)) throw missingFile(name, required, safe);
  const model = chooseModelFile(safe);
  return [...safe.filter(isSettingsFile), ...externalDataOf(model, safe), model];
}

const SMALL_FILES: readonly string[] = [...REQUIRED_FILES, ...OPTIONAL_FILES, "README.md"];

/** Whether a needed file is one of settings, vocabulary or words, not of weights. */
export const isSettingsFile = (file: string): boolean => SMALL_FILES.includes(file) || MODULE_CONFIG.test(file);

/** The error for an encoder that lacks `file`. */
export function missingFile(name: string, file: string, files: readonly string[]): HeadstartError {
  return new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot use encoder ${name}: ${file} is missing; found ${someOf(files)}. ` +
      "Name a folder or model in Hugging Face layout that has config.json, tokenizer.json and onnx/model.onnx",
    { file: name },
  );
}

/** A relative path that stays inside its folder on every system, can be asked for, and leaves room for endings. */
export function isSafePath(file: string): boolean {
  return (
    file.length <= 255 &&
    !/[\p{Cc}\p{Cs}\\:]/u.test(file) &&
    file
      .split("/")
      .every((part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= MOST_NAME_BYTES)
  );
}

const MOST_NAME_BYTES = 240; // file systems take 255
