import { open } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { parseJson } from "../../formats/json.js";
import { HeadstartError, messageOf } from "../../errors.js";
import type { EncoderFolder } from "./folder.js";
import { describeBrokenFile } from "./modelFile.js";

/** A tokenizer of a quarter of a million tokens with its merges has 35 MB; longer JSON may not fit into a string. */
export const MAX_TOKENIZER_BYTES = 256 * 1024 * 1024;
/** What Node reads into one buffer. */
export const MAX_TABLE_BYTES = 2 ** 31 - 1;
const MAX_SETTINGS_BYTES = 16 * 1024 * 1024; // the longest seen lists some thousand added tokens in 1 MB

/**
 * Reads one JSON file of an encoder; undefined when the encoder lacks it.
 *
 * @throws HeadstartError E_ENCODER_INVALID when it is no JSON, or not of the schema's shape
 */
export async function readSettingsFile<T>(
  folder: EncoderFolder,
  file: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  if (!folder.files.includes(file)) return undefined;
  const path = join(folder.path, file);
  const parsed = schema.safeParse(parse(await readBytes(path), path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue.path.length === 0 ? "the whole" : `"${issue.path.join(".")}"`;
  throw invalidSettings(path, `${at}: ${issue.message}`);
}

/**
 * The bytes of a file of an encoder.
 *
 * @throws HeadstartError E_ENCODER_INVALID for a file of more than `most` bytes
 */
export async function readBytes(path: string, most = MAX_SETTINGS_BYTES): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > most)
      throw invalidSettings(path, `it has ${size} bytes, more than the ${most} that such a file can have`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The bytes, unless they are visibly not those of the file. @throws HeadstartError E_ENCODER_INVALID */
export function checked(bytes: Uint8Array, file: string): Uint8Array {
  const broken = describeBrokenFile(bytes.subarray(0, 512), bytes.length);
  if (broken !== undefined) {
    throw new HeadstartError("E_ENCODER_INVALID", `Cannot load ${file}: it ${broken}. Fetch the file again`, { file });
  }
  return bytes;
}

function parse(bytes: Buffer, path: string): unknown {
  const broken = describeBrokenFile(bytes, bytes.length);
  if (broken !== undefined) throw invalidSettings(path, `the file ${broken}`);
  return parseEncoderJson(bytes, path);
}

/**
 * The contents of a JSON file of an encoder.
 *
 * @throws HeadstartError E_ENCODER_INVALID for what is no JSON, or nested so deep that it could not be written again
 */
export function parseEncoderJson(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw invalidSettings(path, messageOf(cause), cause);
  }
}

/** The error for a settings file that cannot be used. */
export function invalidSettings(path: string, reason: string, cause?: unknown): HeadstartError {
  return new HeadstartError("E_ENCODER_INVALID", `Cannot read ${path}: ${reason}. Fetch or export the encoder again`, {
    file: path,
    cause,
  });
}
