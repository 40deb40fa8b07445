import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HeadstartError, nearestName } from "../errors.js";
import { commitFolder, type CommitFolderOptions } from "../store/commitFolder.js";
import { commitFile } from "../store/commit.js";
import { readSafetensors, writeSafetensors } from "../tensors/safetensors.js";
import { headCard } from "./headCard.js";
import { parseHeadFile, type HeadFile } from "./headFile.js";
import { headFromTensors, headTensors, type HeadNumbers } from "./headTensors.js";
import type { Neighbours } from "./neighbours.js";
import { readNeighbours, writeNeighbours } from "./neighboursFile.js";

/** Folder of the heads that come with the package. */
const BUILT_IN_HEADS = fileURLToPath(new URL("../../data/heads", import.meta.url));
const SHIPPED = ["sentiment"];

/** A head read from its folder. */
export interface SavedHead extends HeadNumbers {
  readonly path: string;
  readonly file: HeadFile;
}

/** A head as it goes into a folder. */
export interface HeadParts extends HeadNumbers {
  readonly file: Omit<HeadFile, "weights" | "neighbours">;
  /** HTML that shows how training went. */
  readonly page?: string;
  /** Training rows to explain answers with; their texts stand in the folder. */
  readonly neighbours?: Neighbours;
}

/**
 * Writes a head as a folder: `headstart.json` (labels, encoder, record), `head.safetensors`, a card `README.md`,
 * `training.html` where there is a page, and `neighbours.safetensors` where there are neighbours.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveHead(
  folder: string,
  { file, page, neighbours, ...numbers }: HeadParts,
  options: CommitFolderOptions = {},
): Promise<void> {
  const bytes = writeSafetensors(headTensors(numbers), { format: "headstart-head" });
  const near = neighbours && writeNeighbours(neighbours);
  const complete: HeadFile = {
    ...file,
    weights: { file: "head.safetensors", sha256: sha256(bytes) },
    ...(near === undefined
      ? {}
      : {
          neighbours: {
            file: "neighbours.safetensors",
            sha256: sha256(near),
            bytes: near.length,
            rows: neighbours!.texts.length,
          },
        }),
  };
  await commitFolder(
    folder,
    async (temp) => {
      const write = (name: string, content: Uint8Array): Promise<void> =>
        commitFile(path.join(temp, name), (to) => to.write(content));
      await write("head.safetensors", bytes);
      if (near !== undefined) await write("neighbours.safetensors", near);
      await write("headstart.json", utf8(`${JSON.stringify(complete, null, 2)}\n`));
      await write("README.md", utf8(headCard(complete)));
      if (page !== undefined) await write("training.html", utf8(page));
    },
    options,
  );
}

/**
 * Reads a head from its folder, or one that ships by its name (`sentiment`); a folder of that name wins.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM
 */
export async function loadHead(name: string): Promise<SavedHead> {
  const folder = await headPath(name);
  const jsonPath = path.join(folder, "headstart.json");
  const file = parseHeadFile(await readOr(jsonPath, name), jsonPath);
  const weightsPath = path.join(folder, file.weights.file);
  const tensors = readSafetensors(await readChecked(weightsPath, file.weights.sha256), { file: weightsPath });
  return { path: folder, file, ...headFromTensors(tensors, file, weightsPath) };
}

/**
 * Reads the training rows that a head keeps to explain its answers with; undefined where it keeps none.
 *
 * @throws HeadstartError E_HEAD_INVALID, E_CHECKSUM
 */
export async function loadNeighbours({ path: folder, file }: SavedHead): Promise<Neighbours | undefined> {
  if (file.neighbours === undefined) return undefined;
  const at = path.join(folder, file.neighbours.file);
  const bytes = await readChecked(at, file.neighbours.sha256);
  return readNeighbours(bytes, at, { width: file.encoder.width, labels: file.labels.length });
}

/** A file of a head's folder. @throws HeadstartError E_HEAD_INVALID where it is missing, E_CHECKSUM where it is another */
export async function readChecked(file: string, expected: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const message = `The head in ${path.dirname(file)} lacks ${path.basename(file)}. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file, cause });
  });
  if (sha256(bytes) === expected) return bytes;
  throw new HeadstartError(
    "E_CHECKSUM",
    `${file} is not the file that was saved: sha256 ${sha256(bytes).slice(0, 12)}…, expected ${expected.slice(0, 12)}…. Train the head again`,
    { file },
  );
}

/**
 * What a saved head was trained for: "ner" for one that finds entities, which `loadTagger` reads.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID
 */
export async function headTask(name: string): Promise<string> {
  const file = path.join(await headPath(name), "headstart.json");
  try {
    return String((JSON.parse(await readOr(file, name)) as { task?: unknown }).task);
  } catch (cause) {
    if (cause instanceof HeadstartError) throw cause;
    const message = `Cannot load the head: ${file} is not valid JSON. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file, cause });
  }
}

/** @throws HeadstartError E_HEAD_MISMATCH unless the encoder gives the vectors that the head was trained on */
export function requireSameEncoder(
  file: Pick<HeadFile, "encoder">,
  encoder: { readonly name: string; readonly fingerprint: string },
): void {
  if (file.encoder.fingerprint === encoder.fingerprint) return;
  throw new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head was trained on vectors of ${file.encoder.name} (${file.encoder.fingerprint.slice(0, 12)}…, ${file.encoder.pooling} pooling, ` +
      `${file.encoder.maxTokens} tokens, ${file.encoder.precision}), not of ${encoder.name} (${encoder.fingerprint.slice(0, 12)}…). ` +
      `Use that encoder, or train the head again`,
  );
}

async function headPath(name: string): Promise<string> {
  if (await isFolder(name)) return name;
  if (SHIPPED.includes(name)) return path.join(BUILT_IN_HEADS, name);
  const near = nearestName(name, SHIPPED);
  throw new HeadstartError(
    "E_HEAD_MISSING",
    `There is no head ${name}: it is neither a folder nor one that ships (${SHIPPED.join(", ")}). ` +
      (near === undefined ? "Train one with headstart train" : `Did you mean ${near}?`),
    { file: name },
  );
}

const isFolder = async (name: string): Promise<boolean> =>
  (await stat(name).catch(() => undefined))?.isDirectory() ?? false;

async function readOr(file: string, name: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new HeadstartError(
      "E_HEAD_MISSING",
      `${name} is no head: it has no headstart.json. Name a folder that headstart train wrote`,
      { file, cause },
    );
  });
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
