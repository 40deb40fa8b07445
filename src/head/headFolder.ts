import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HeadstartError, nearestName } from "../errors.js";
import { matrix } from "../math/matrix.js";
import { commitFolder } from "../store/commitFolder.js";
import { commitFile } from "../store/commit.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../store/safetensors.js";
import type { BagOfWords } from "./bagOfWords.js";
import type { Head } from "./head.js";
import { headCard } from "./headCard.js";
import { parseHeadFile, type HeadFile } from "./headFile.js";

/** Folder of the heads that come with the package. */
const BUILT_IN_HEADS = fileURLToPath(new URL("../../data/heads", import.meta.url));
const SHIPPED = ["sentiment"];

/** A head read from its folder. */
export interface SavedHead {
  readonly path: string;
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  readonly file: HeadFile;
}

/**
 * Writes a head as a folder: `headstart.json` (labels, encoder, record), `head.safetensors`, and a card `README.md`.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveHead(
  folder: string,
  {
    head,
    bagOfWords,
    file,
  }: { readonly head: Head; readonly bagOfWords: BagOfWords; readonly file: Omit<HeadFile, "weights"> },
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const bytes = writeSafetensors(tensorsOf(head, bagOfWords), { format: "headstart-head" });
  const complete: HeadFile = { ...file, weights: { file: "head.safetensors", sha256: sha256(bytes) } };
  await commitFolder(
    folder,
    async (temp) => {
      await commitFile(path.join(temp, "head.safetensors"), (to) => to.write(bytes));
      await commitFile(path.join(temp, "headstart.json"), (to) =>
        to.write(utf8(`${JSON.stringify(complete, null, 2)}\n`)),
      );
      await commitFile(path.join(temp, "README.md"), (to) => to.write(utf8(headCard(complete))));
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
  const bytes = await readFile(weightsPath).catch((cause: unknown) => {
    throw new HeadstartError("E_HEAD_INVALID", `The head ${name} lacks ${file.weights.file}. Train it again`, {
      file: weightsPath,
      cause,
    });
  });
  if (sha256(bytes) !== file.weights.sha256) {
    throw new HeadstartError(
      "E_CHECKSUM",
      `${weightsPath} is not the file that was saved: sha256 ${sha256(bytes).slice(0, 12)}…, expected ${file.weights.sha256.slice(0, 12)}…. Train the head again`,
      { file: weightsPath },
    );
  }
  return { path: folder, file, ...fromTensors(readSafetensors(bytes), file, weightsPath) };
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
  file: HeadFile,
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

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function tensorsOf(head: Head, bag: BagOfWords): Map<string, Tensor> {
  const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });
  return new Map<string, Tensor>([
    ["weights", float(head.weights.data, head.weights.rows, head.weights.cols)],
    ["bias", float(head.bias, head.bias.length)],
    ["mean", float(head.standardizer.mean, head.weights.cols)],
    ["factor", float(head.standardizer.factor, head.weights.cols)],
    ["bag_of_words.hashes", { dtype: "I32", shape: [bag.hashes.length], data: bag.hashes }],
    ["bag_of_words.idf", float(bag.idf, bag.idf.length)],
    ["bag_of_words.weights", float(bag.weights.data, bag.weights.rows, bag.weights.cols)],
    ["bag_of_words.bias", float(bag.bias, bag.bias.length)],
  ]);
}

function fromTensors(
  tensors: ReadonlyMap<string, Tensor>,
  { labels, encoder }: HeadFile,
  file: string,
): { head: Head; bagOfWords: BagOfWords } {
  const k = labels.length === 2 ? 1 : labels.length;
  const take = (name: string, dtype: "F32" | "I32", shape: readonly (number | undefined)[]): Tensor => {
    const t = tensors.get(name);
    if (
      t?.dtype === dtype &&
      t.shape.length === shape.length &&
      shape.every((d, i) => d === undefined || d === t.shape[i])
    )
      return t;
    const found = t === undefined ? "is missing" : `is ${t.dtype} [${t.shape.join(", ")}]`;
    throw new HeadstartError(
      "E_HEAD_INVALID",
      `${file}: the tensor "${name}" ${found}, expected ${dtype} [${shape.map((d) => d ?? "any").join(", ")}]. Train the head again`,
      { file },
    );
  };
  const floats = (name: string, ...shape: (number | undefined)[]): Float32Array =>
    take(name, "F32", shape).data as Float32Array;
  const hashes = take("bag_of_words.hashes", "I32", [undefined]).data as Int32Array;
  return {
    head: {
      kind: "logistic",
      labels,
      standardizer: { mean: floats("mean", encoder.width), factor: floats("factor", encoder.width) },
      weights: matrix(k, encoder.width, floats("weights", k, encoder.width)),
      bias: floats("bias", k),
    },
    bagOfWords: {
      labels,
      hashes,
      idf: floats("bag_of_words.idf", hashes.length),
      weights: matrix(k, hashes.length, floats("bag_of_words.weights", k, hashes.length)),
      bias: floats("bag_of_words.bias", k),
    },
  };
}
