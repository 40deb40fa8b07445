import { excerpt, HeadstartError, nearestName } from "../../errors.js";
import { someOf } from "./folder.js";
import { fileKind } from "../../formats/signature.js";

/** Where exporters put the fp32 model, best first. */
export const PREFERRED_MODEL_FILES = ["onnx/model.onnx", "model.onnx"] as const;

export const isModelFile = (file: string): boolean => file.toLowerCase().endsWith(".onnx");

interface ModelFileChoice {
  /** The file that is asked for. @default one with a usual name */
  readonly asked?: string | undefined;
  /** int8 is made by rewriting the fp32 model, so it changes the message alone, not the choice. */
  readonly precision?: "fp32" | "int8" | undefined;
}

/**
 * The ONNX file to read: the one asked for, else `onnx/model.onnx`, else `model.onnx`, else the only one there is.
 *
 * Several without one of those names are not guessed between: an `onnx/model_q4.onnx` gives other vectors than its
 * sibling.
 *
 * @param files  relative names with `/`
 * @throws HeadstartError E_ENCODER_MISSING when there is none, not the one asked for, or several and none of the two names
 */
export function chooseModelFile(files: readonly string[], { asked, precision }: ModelFileChoice = {}): string {
  if (asked !== undefined) return askedFile(files, asked);
  const preferred = PREFERRED_MODEL_FILES.find((name) => files.includes(name));
  if (preferred !== undefined) return preferred;
  const candidates = files.filter(isModelFile);
  if (candidates.length === 1) return candidates[0];
  const found =
    candidates.length === 0
      ? `there is no .onnx file, but ${someOf(files)}. Export the encoder to ONNX as onnx/model.onnx`
      : `there is neither ${PREFERRED_MODEL_FILES.join(" nor ")}, but ${someOf(candidates)}. ` +
        "Choose one with --model-file";
  const why = precision === "int8" ? " (int8 is made from the fp32 file)" : "";
  throw new HeadstartError("E_ENCODER_MISSING", `Cannot choose the encoder's model file${why}: ${found}`);
}

function askedFile(files: readonly string[], asked: string): string {
  const file = relativeName(asked);
  const candidates = files.filter(isModelFile);
  if (candidates.includes(file)) return file;
  const near = candidates.find((name) => name.endsWith(`/${file}`)) ?? nearestName(file, candidates);
  const hint = near === undefined ? "Choose one of them" : `Did you mean ${near}?`;
  throw new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot take --model-file ${excerpt(asked)}: the encoder's ONNX files are ${someOf(candidates)}. ${hint}`,
    { file },
  );
}

/** A file of a folder as it is listed, whichever way people write it. */
export const relativeName = (file: string): string => file.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");

/** The choice of a model file in a few words. */
export function modelFileDecision(files: readonly string[], file: string, asked: string | undefined): string {
  const others = files.filter(isModelFile).length - 1;
  if (asked !== undefined) return `model ${file} (asked for)`;
  return others === 0 ? `model ${file}` : `model ${file} (of ${others + 1} ONNX files; --model-file takes another)`;
}

/** Second files in which large models keep their weights, beside `model`; exporters name them in two ways. */
export const externalDataOf = (model: string, files: readonly string[]): readonly string[] =>
  files.filter((file) => file.startsWith(`${model}_data`) || file.startsWith(`${model}.data`));

/**
 * What a file that should be a model or settings really is, to be put after its name; undefined for anything that does
 * not look broken.
 *
 * @param firstBytes  the first bytes of the file, 64 or more where it has them
 * @param size        of the whole file, bytes
 */
export function describeBrokenFile(firstBytes: Uint8Array, size: number): string | undefined {
  if (size === 0) return "is empty";
  const kind = fileKind(firstBytes);
  return kind && `is ${kind}`;
}
