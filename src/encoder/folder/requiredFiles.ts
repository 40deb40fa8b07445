import { HeadstartError } from "../../errors.js";
import { someOf } from "./folder.js";
import { chooseModelFile, externalDataOf, isModelFile } from "./modelFile.js";

/** The tokenizer of an encoder, with all of its settings. */
export const TOKENIZER_FILE = "tokenizer.json";
/** BERT's vocabulary, of which a tokenizer is made where there is no other file of one. */
export const VOCABULARY_FILE = "vocab.txt";
/** What most encoders have; of those that lack it, a cache has to say that they do. */
export const USUAL_FILES = ["config.json", TOKENIZER_FILE] as const;

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

interface NeededOptions {
  /** As the user named the encoder. */
  readonly name: string;
  /** The ONNX file that is asked for. @default one with a usual name */
  readonly modelFile?: string | undefined;
}

/**
 * The files of a repository that an encoder needs, small ones first and the model last, so that whoever finds the model in
 * a cache finds all else; README.md is among them for its license.
 *
 * @param files  all names in the repository, as it gives them; unsafe ones are never chosen
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when there is no ONNX file; E_ENCODER_MISSING when another needed file is
 *   missing, or several ONNX files are there and none has the usual name
 */
export function neededFiles(files: readonly string[], { name, modelFile }: NeededOptions): readonly string[] {
  const safe = files.filter(isSafePath);
  if (!safe.some(isModelFile)) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `Cannot use ${name}: it has no ONNX file, but ${someOf(safe)}. Look for an ONNX export of it, or export it yourself`,
      { file: name },
    );
  }
  const tokenizer = tokenizerFileOf(safe, name);
  const model = chooseModelFile(safe, { asked: modelFile });
  const settings = safe.filter((file) => isSettingsFile(file) && (file !== VOCABULARY_FILE || file === tokenizer));
  return [...settings, ...externalDataOf(model, safe), model];
}

/**
 * The file that an encoder's tokenizer is in.
 *
 * @throws HeadstartError E_ENCODER_MISSING where it has none that is read here, saying how to make one
 */
export function tokenizerFileOf(files: readonly string[], name: string): string {
  const found = [TOKENIZER_FILE, VOCABULARY_FILE].find((file) => files.includes(file));
  if (found !== undefined) return found;
  const others = files.filter((file) => OTHER_VOCABULARIES.test(file));
  if (others.length === 0) throw missingFile(name, TOKENIZER_FILE, files);
  throw new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot use encoder ${name}: ${TOKENIZER_FILE} is missing, and ${others.join(" and ")} ` +
      `${others.length === 1 ? "is" : "are"} not read here. Write it with Python's transformers: ` +
      `AutoTokenizer.from_pretrained(${JSON.stringify(name)}).save_pretrained(${JSON.stringify(name)})`,
    { file: name },
  );
}

/** Vocabularies of RoBERTa's and of sentencepiece's kind. */
const OTHER_VOCABULARIES = /^(?:vocab\.json|merges\.txt|.*\.model)$/;

const SMALL_FILES: readonly string[] = [...USUAL_FILES, VOCABULARY_FILE, ...OPTIONAL_FILES, "README.md"];

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
