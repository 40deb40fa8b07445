import { stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { HeadstartError, messageOf } from "../../errors.js";
import { commitFile, ignoringFailure } from "../../files/commit.js";
import { commitFolder, restoreFolder, type CommitFolderOptions } from "../../files/commitFolder.js";
import { withFile } from "../../files/readBytes.js";
import { errnoOf } from "../../files/writeError.js";
import type { Tensor } from "../../formats/safetensors.js";
import { ARTIFACT_VERSION, MOST_JSON_BYTES, openJson, sealedJson } from "./artifactJson.js";
import { inNewNames } from "./version1.js";
import { tensorBytes, tensorShelf, type TensorShelf } from "./artifactTensors.js";
import { sha256 } from "../../files/contentHash.js";

/*
 * What heads of all kinds have in common: a folder of `headstart.json` (see artifactJson.ts), `head.safetensors` and a
 * card. Each kind has a schema for the first and knows the tensors of the second.
 */

const JSON_FILE = "headstart.json";
const WEIGHTS_FILE = "head.safetensors";
/** Files of version 1 do not tell their size. */
const MOST_BYTES = 2 ** 31 - 1;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Fields of every kind's `headstart.json`. */
export const SEAL = {
  version: z.literal([1, ARTIFACT_VERSION]),
  /** From version 2 on. */
  checksum: Sha256.optional(),
};

/** The weights, as `headstart.json` has them. */
export const WeightsFile = z.strictObject({
  file: z.literal(WEIGHTS_FILE),
  sha256: Sha256,
  /** From version 2 on. */
  bytes: z.int().positive().optional(),
});

/** Labels as every kind has them, in the order of the numbers. */
export const labelList = (least: number): z.ZodType<string[]> =>
  z
    .array(z.string())
    .min(least)
    .refine((labels) => !labels.includes(""), "a label is empty")
    .refine((labels) => new Set(labels).size === labels.length, "a label stands there twice");

/** What the saving of a head fills in. */
export type Sealed = "version" | "checksum" | "weights";

/** `headstart.json` of a head's folder: intact, but its fields not yet looked at. */
export interface ArtifactRecord {
  readonly folder: string;
  /** Of the file itself. */
  readonly path: string;
  readonly value: unknown;
}

/** A file of a head's folder, as `headstart.json` has it. */
interface ArtifactFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes?: number | undefined;
}

interface ArtifactParts<T> {
  readonly schema: z.ZodType<T>;
  /** Fields of `headstart.json`; version, weights and checksum are filled in. */
  readonly fields: object;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Of the tensors' file. */
  readonly format: string;
  readonly card: (file: T) => string;
  /** Other files by name. */
  readonly others?: ReadonlyMap<string, Uint8Array | string> | undefined;
}

/**
 * Writes a head of any kind as a folder.
 *
 * @throws HeadstartError E_DIVERGED where it holds NaN or infinity, E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveArtifact<T>(
  folder: string,
  { schema, fields, tensors, format, card, others = new Map() }: ArtifactParts<T>,
  options: CommitFolderOptions = {},
): Promise<void> {
  const bytes = tensorBytes(tensors, format);
  const weights = { file: WEIGHTS_FILE, sha256: sha256(bytes), bytes: bytes.length };
  const json = sealedJson({ ...fields, weights });
  const file = checkedRecord(schema, { path: JSON_FILE, value: openJson(Buffer.from(json), JSON_FILE) }, "save");
  const files = new Map<string, Uint8Array | string>([
    [WEIGHTS_FILE, bytes],
    ...others,
    [JSON_FILE, json],
    ["README.md", card(file)],
  ]);
  await commitFolder(
    folder,
    async (temp) => {
      for (const [name, content] of files) await commitFile(path.join(temp, name), (to) => to.write(content));
    },
    options,
  );
}

/**
 * Reads `headstart.json` of a folder.
 *
 * @param name  of the head, for messages
 * @throws HeadstartError E_HEAD_MISSING where there is none, E_HEAD_INVALID, E_CHECKSUM
 */
export async function readRecord(folder: string, name = folder): Promise<ArtifactRecord> {
  // A run that replaced it and was killed may have left it moved aside.
  await ignoringFailure(restoreFolder(folder));
  const file = path.join(folder, JSON_FILE);
  const bytes = await readWhole(file, { most: MOST_JSON_BYTES }).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    const message = `${name} is no head: it has no ${JSON_FILE}. Name a folder that headstart train wrote`;
    throw new HeadstartError("E_HEAD_MISSING", message, { file, cause: error });
  });
  return { folder, path: file, value: inNewNames(openJson(bytes, file)) };
}

/** A field of a record that may be of any kind; undefined where it has none such. */
export function fieldOf({ value }: ArtifactRecord, name: string): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/**
 * The fields of a record.
 *
 * @param doing  for the message
 * @throws HeadstartError E_HEAD_INVALID naming the first that is not as it should be
 */
export function checkedRecord<T>(
  schema: z.ZodType<T>,
  { path: file, value }: Pick<ArtifactRecord, "path" | "value">,
  doing: "load" | "save" = "load",
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: at, message }] = parsed.error.issues;
  const field = at.length > 0 ? `field "${at.join(".")}": ` : "";
  throw new HeadstartError("E_HEAD_INVALID", `Cannot ${doing} the head: ${file}, ${field}${message}. Train it again`, {
    file,
  });
}

/**
 * The tensors of a file of a head's folder, intact and finite.
 *
 * @throws HeadstartError E_HEAD_INVALID where it is missing or no such file, E_CHECKSUM where it is another than was saved
 */
export async function readTensorFile(folder: string, { file, sha256: own, bytes }: ArtifactFile): Promise<TensorShelf> {
  const at = path.join(folder, file);
  const content = await readWhole(at, { most: MOST_BYTES, expected: bytes }).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw new HeadstartError("E_HEAD_INVALID", `The head in ${folder} lacks ${file}. Train it again`, {
      file: at,
      cause: error,
    });
  });
  const found = sha256(content);
  if (found !== own) throw changed(at, `sha256 ${found.slice(0, 12)}…, expected ${own.slice(0, 12)}…`);
  return tensorShelf(content, at);
}

const changed = (file: string, found: string): HeadstartError =>
  new HeadstartError("E_CHECKSUM", `${file} is not the file that was saved: ${found}. Train the head again`, { file });

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "");

/**
 * All bytes of a file. Pipes and devices, which may never end, are not opened at all, and nothing is read of a file that
 * is too large or of another size than expected.
 *
 * @throws HeadstartError E_HEAD_INVALID, E_CHECKSUM for another size; the error of the system for a file that is missing
 */
async function readWhole(
  file: string,
  { most, expected }: { readonly most: number; readonly expected?: number | undefined },
): Promise<Uint8Array> {
  const refuse = (found: string, cause?: unknown): HeadstartError =>
    new HeadstartError("E_HEAD_INVALID", `Cannot load the head: ${file} ${found}`, { file, cause });
  try {
    const stats = await stat(file);
    if (!stats.isFile()) throw refuse("is a folder, a pipe or a device. Put the file there that headstart train wrote");
    return await withFile(file, async ({ size, bytes }) => {
      if (expected !== undefined && size !== expected) throw changed(file, `${size} bytes, expected ${expected}`);
      if (size > most) throw refuse(`has ${size} bytes, more than the ${most} that can be read. Train it again`);
      return bytes(0, size);
    });
  } catch (error) {
    if (error instanceof HeadstartError || isMissing(error)) throw error;
    const found = messageOf(error);
    throw refuse(`cannot be read: ${found}. Make it readable, or train the head again`, error);
  }
}
