import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HeadstartError, nearestName, unreachable } from "../errors.js";
import { matrix } from "../math/matrix.js";
import { commitFolder } from "../store/commitFolder.js";
import { commitFile } from "../store/commit.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../tensors/safetensors.js";
import type { BagOfWords } from "./bagOfWords.js";
import { kept, type DevAnswers } from "./devAnswers.js";
import { headWidth, type Head } from "./head.js";
import { headCard } from "./headCard.js";
import { parseHeadFile, type HeadFile } from "./headFile.js";
import type { Activation } from "./mlpGraph.js";
import type { Neighbours } from "./neighbours.js";
import { readNeighbours, writeNeighbours } from "./neighboursFile.js";

/** Folder of the heads that come with the package. */
const BUILT_IN_HEADS = fileURLToPath(new URL("../../data/heads", import.meta.url));
const SHIPPED = ["sentiment"];

/** A head read from its folder. */
export interface SavedHead {
  readonly path: string;
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  readonly file: HeadFile;
  /** Absent where the head was never calibrated. */
  readonly devAnswers?: DevAnswers;
}

/** A head as it goes into a folder. */
export interface HeadParts {
  readonly head: Head;
  readonly bagOfWords: BagOfWords;
  readonly file: Omit<HeadFile, "weights" | "neighbours">;
  readonly devAnswers?: DevAnswers;
  /** Training rows to explain answers with; their texts stand in the folder. */
  readonly neighbours?: Neighbours;
}

/**
 * Writes a head as a folder: `headstart.json` (labels, encoder, record), `head.safetensors`, a card `README.md`, and
 * `neighbours.safetensors` where there are neighbours.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 */
export async function saveHead(
  folder: string,
  { head, bagOfWords, file, devAnswers, neighbours }: HeadParts,
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const tensors = new Map([
    ...tensorsOf(head, bagOfWords),
    ...(devAnswers === undefined ? [] : answerTensors(devAnswers)),
  ]);
  const bytes = writeSafetensors(tensors, { format: "headstart-head" });
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
  const devAnswers = answersFrom(tensors, file, weightsPath);
  return {
    path: folder,
    file,
    ...fromTensors(tensors, file, weightsPath),
    ...(devAnswers === undefined ? {} : { devAnswers }),
  };
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

async function readChecked(file: string, expected: string): Promise<Uint8Array> {
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

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const float = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data });

function tensorsOf(head: Head, bag: BagOfWords): Map<string, Tensor> {
  const width = headWidth(head);
  return new Map<string, Tensor>([
    ...weightTensors(head),
    ["mean", float(head.standardizer.mean, width)],
    ["factor", float(head.standardizer.factor, width)],
    ["bag_of_words.hashes", { dtype: "I32", shape: [bag.hashes.length], data: bag.hashes }],
    ["bag_of_words.idf", float(bag.idf, bag.idf.length)],
    ["bag_of_words.weights", float(bag.weights.data, bag.weights.rows, bag.weights.cols)],
    ["bag_of_words.bias", float(bag.bias, bag.bias.length)],
  ]);
}

function weightTensors(head: Head): [string, Tensor][] {
  switch (head.kind) {
    case "logistic":
      return [
        ["weights", float(head.weights.data, head.weights.rows, head.weights.cols)],
        ["bias", float(head.bias, head.bias.length)],
      ];
    case "mlp":
      return head.layers.flatMap(({ weights, bias }, i): [string, Tensor][] => [
        [`layers.${i}.weights`, float(weights.data, weights.rows, weights.cols)],
        [`layers.${i}.bias`, float(bias, bias.length)],
      ]);
    default:
      return unreachable(head);
  }
}

function answerTensors(answers: DevAnswers): [string, Tensor][] {
  const { labels, probabilities, truth } = kept(answers);
  return [
    ["dev.probabilities", { dtype: "F64", shape: [truth.length, labels], data: probabilities }],
    ["dev.truth", { dtype: "I32", shape: [truth.length], data: truth }],
  ];
}

function answersFrom(
  tensors: ReadonlyMap<string, Tensor>,
  { labels: { length: labels }, calibration }: HeadFile,
  file: string,
): DevAnswers | undefined {
  if (calibration === undefined) return undefined;
  const [probabilities, truth] = [tensors.get("dev.probabilities"), tensors.get("dev.truth")];
  const rows = calibration.keptAnswers;
  const fits = probabilities?.dtype === "F64" && probabilities.data.length === rows * labels;
  if (fits && truth?.dtype === "I32" && truth.data.length === rows && truth.data.every((c) => c >= 0 && c < labels)) {
    return { labels, probabilities: probabilities.data, truth: truth.data };
  }
  const message = `${file}: its answers on dev rows are missing or not ${rows} rows of ${labels}. Train the head again`;
  throw new HeadstartError("E_HEAD_INVALID", message, { file });
}

function fromTensors(
  tensors: ReadonlyMap<string, Tensor>,
  { labels, encoder, mlp, calibration }: HeadFile,
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
  const standardizer = { mean: floats("mean", encoder.width), factor: floats("factor", encoder.width) };
  const logistic = (): Head => ({
    kind: "logistic",
    labels,
    standardizer,
    weights: matrix(k, encoder.width, floats("weights", k, encoder.width)),
    bias: floats("bias", k),
  });
  const perceptron = ({ hidden, activation }: { hidden: readonly number[]; activation: Activation }): Head => {
    const widths = [encoder.width, ...hidden, labels.length];
    const layers = widths.slice(1).map((width, i) => ({
      weights: matrix(widths[i], width, floats(`layers.${i}.weights`, widths[i], width)),
      bias: floats(`layers.${i}.bias`, width),
    }));
    return { kind: "mlp", labels, standardizer, activation, layers };
  };
  return {
    head: {
      ...(mlp === undefined ? logistic() : perceptron(mlp)),
      ...(calibration === undefined ? {} : { temperature: calibration.temperature }),
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
