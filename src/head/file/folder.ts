import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HeadstartError, nearestName } from "../../errors.js";
import { ignoringFailure } from "../../files/commit.js";
import { restoreFolder, type CommitFolderOptions } from "../../files/commitFolder.js";
import { checkedRecord, fieldOf, readRecord, readTensorFile, saveArtifact, type Sealed } from "./artifact.js";
import { headCard } from "./card.js";
import { headFileOf, HeadFile, MULTI_LABEL_FORMAT } from "./schema.js";
import { heldByHead } from "./heldTexts.js";
import { headFromTensors, headTensors, withBagOfWords, withTextHashes, type HeadNumbers } from "./tensors.js";
import type { NeighborIndex } from "../neighbors.js";
import { readNeighborIndex, writeNeighborIndex } from "./neighbors.js";
import { sha256 } from "../../files/contentHash.js";
import { isFolder } from "../../files/exists.js";

/** Folder of the heads that come with the package. */
const BUILT_IN_HEADS = fileURLToPath(new URL("../../../data/heads", import.meta.url));
const SHIPPED = ["sentiment"];
const NEIGHBORS_FILE = "neighbors.safetensors";

/** A head read from its folder. */
export interface SavedHead extends HeadNumbers {
  readonly path: string;
  readonly file: HeadFile;
}

/** A head as it goes into a folder. */
export interface HeadParts extends HeadNumbers {
  readonly file: Omit<HeadFile, Sealed | "neighbors">;
  /** HTML that shows how training went. */
  readonly page?: string | undefined;
  /** Training rows to explain predictions with; the folder then contains their texts. */
  readonly neighbors?: NeighborIndex | undefined;
}

/**
 * Writes a head as a folder: `headstart.json` (labels, encoder, record), `head.safetensors`, a card `README.md`,
 * `training.html` where there is a page, and `neighbors.safetensors` where there are neighbors.
 *
 * @throws HeadstartError E_DIVERGED where it holds NaN or infinity, E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 * @example
 * const corpus = await readLabeled(["reviews.csv"]);
 * const file = describeHead(trained, { corpus, encoder, createdAt: new Date().toISOString() });
 * await saveHead("reviews-head", { ...trained, file }, { force: true });
 * console.log((await loadHead("reviews-head")).head.labels); // [ 'negative', 'positive' ]
 */
export async function saveHead(
  folder: string,
  { file, page, neighbors, ...numbers }: HeadParts,
  options: CommitFolderOptions = {},
): Promise<void> {
  const others = new Map<string, Uint8Array | string>(page === undefined ? [] : [["training.html", page]]);
  const near = neighbors && writeNeighborIndex(neighbors);
  if (near !== undefined) others.set(NEIGHBORS_FILE, near);
  const kept = near && {
    file: NEIGHBORS_FILE,
    sha256: sha256(near),
    bytes: near.length,
    rows: neighbors!.texts.length,
  };
  const parts = {
    schema: HeadFile,
    fields: { ...withTextHashes(withBagOfWords(file, numbers.bagOfWords), numbers.textHashes), neighbors: kept },
    tensors: headTensors(numbers),
    format: "headstart-head",
    card: (complete: HeadFile) => headCard(complete, heldByHead({ ...numbers, neighbors })),
    others,
  };
  await saveArtifact(folder, parts, options);
}

/**
 * Reads a head from its folder, or one that ships by its name (`sentiment`); a folder of that name wins.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM; E_HEAD_MISMATCH for a head with several labels a text
 * @example
 * const { head, file } = await loadHead("sentiment");
 * console.log(head.labels, file.encoder.name); // [ 'negative', 'neutral', 'positive' ] headstart-mini
 */
export async function loadHead(name: string): Promise<SavedHead> {
  const folder = await headPath(name);
  const file = headFileOf(await readRecord(folder, name));
  return { path: folder, file, ...headFromTensors(await readTensorFile(folder, file.weights), file) };
}

/**
 * Reads the training rows that a head keeps to explain its predictions; undefined where it keeps none.
 *
 * @throws HeadstartError E_HEAD_INVALID, E_CHECKSUM
 * @example
 * console.log(await loadNeighborIndex(await loadHead("sentiment"))); // undefined
 */
export async function loadNeighborIndex({ path: folder, file }: SavedHead): Promise<NeighborIndex | undefined> {
  const { neighbors, encoder, labels } = file;
  if (neighbors === undefined) return undefined;
  const shape = { rows: neighbors.rows, width: encoder.width, classes: labels.length };
  return readNeighborIndex(await readTensorFile(folder, neighbors), shape);
}

/** What a head predicts: one that finds entities is read by `loadTagger`, one of several labels by `loadMultiLabel`. */
export type HeadKind = "classifier" | "multi-label" | "tagger";

/** What there is to know of a head before it is read. */
interface HeadSummary {
  readonly kind: HeadKind;
  /** Name of the encoder that it was trained with. */
  readonly encoder: string;
}

/** @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM */
export async function peekHead(name: string): Promise<HeadSummary> {
  const record = await readRecord(await headPath(name), name);
  const { encoder } = checkedRecord(z.looseObject({ encoder: z.looseObject({ name: z.string() }) }), record);
  const isTagger = fieldOf(record, "task") === "ner";
  const isSeveral = fieldOf(record, "format") === MULTI_LABEL_FORMAT;
  return { kind: isSeveral ? "multi-label" : isTagger ? "tagger" : "classifier", encoder: encoder.name };
}

/**
 * Checks that an encoder gives the vectors that a head was trained on; loadPipeline() does so by itself.
 *
 * @throws HeadstartError E_HEAD_MISMATCH unless the encoder gives the vectors that the head was trained on
 * @example
 * const { head, file } = await loadHead("sentiment");
 * requireSameEncoder(file, encoder);
 * console.log(predictVectors(head, (await embedTexts(encoder, ["I loved it"])).vectors)[0]?.label); // positive
 */
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
  // A run that replaced it and was killed may have left it moved aside.
  await ignoringFailure(restoreFolder(name));
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
