import { intervalNote } from "../../text/intervalNote.js";
import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import type { CommitFolderOptions } from "../../files/commitFolder.js";
import type { Tensor } from "../../formats/safetensors.js";
import {
  checkedRecord,
  fieldOf,
  labelList,
  readRecord,
  readTensorFile,
  saveArtifact,
  SEAL,
  WeightsFile,
  type Sealed,
} from "./artifact.js";
import type { TensorShelf } from "./artifactTensors.js";
import { ReadingRecord, readingLines } from "./reading.js";
import { Counts, EncoderIdentity, IntervalSchema, MULTI_LABEL_FORMAT } from "./schema.js";
import { textHashesFrom, textHashTensor, withTextHashes } from "./tensors.js";
import { heldSection, NOTHING_HELD, type HeldTexts } from "./heldTexts.js";
import type { MultiLabelHead } from "../linear/oneVsRest.js";
import { plain } from "../../text/markdown.js";

/** `headstart.json` of a multi-label head. */
const MultiLabelFile = z.strictObject({
  format: z.literal(MULTI_LABEL_FORMAT),
  ...SEAL,
  headstart: z.string(),
  createdAt: z.string(),
  /** Stands between labels that are no list; absent where the training rows had lists alone. */
  separator: z.string().min(1).optional(),
  labels: labelList(2),
  encoder: EncoderIdentity,
  weights: WeightsFile,
  reading: ReadingRecord.optional(),
  training: z.strictObject({
    files: z.array(z.string()),
    n: z.number().int().positive(),
    textHashes: z.number().int().nonnegative().optional(),
    labelCounts: Counts,
    C: z.number().positive(),
    seed: z.number().int(),
    devFrom: z.string(),
    dev: z.strictObject({
      n: z.number().int(),
      exactMatch: z.number(),
      microF1: z.number(),
      macroF1: z.number(),
      interval95: IntervalSchema,
    }),
  }),
});

export type MultiLabelFile = z.infer<typeof MultiLabelFile>;

/** A multi-label head read from its folder. */
export interface SavedMultiLabel {
  readonly path: string;
  readonly head: MultiLabelHead;
  /** Hashes of the training texts, ascending; absent where they are not kept. */
  readonly textHashes?: Int32Array | undefined;
  readonly file: MultiLabelFile;
}

/** @throws HeadstartError E_DIVERGED where it holds NaN or infinity, E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
export async function saveMultiLabel(
  folder: string,
  {
    head,
    textHashes,
    file,
  }: Pick<SavedMultiLabel, "head" | "textHashes"> & { readonly file: Omit<MultiLabelFile, Sealed> },
  options: CommitFolderOptions = {},
): Promise<void> {
  const { weights, bias, standardizer, thresholds } = head;
  const [k, width] = [weights.rows, weights.cols];
  const tensors = new Map<string, Tensor>([
    ["weights", { dtype: "F32", shape: [k, width], data: weights.data }],
    ["bias", { dtype: "F32", shape: [k], data: bias }],
    ["mean", { dtype: "F32", shape: [width], data: standardizer.mean }],
    ["factor", { dtype: "F32", shape: [width], data: standardizer.factor }],
    ["thresholds", { dtype: "F64", shape: [k], data: thresholds }],
    ...(textHashes === undefined ? [] : [textHashTensor(textHashes)]),
  ]);
  const parts = {
    schema: MultiLabelFile,
    fields: withTextHashes(file, textHashes),
    tensors,
    format: MULTI_LABEL_FORMAT,
    card,
  };
  await saveArtifact(folder, parts, options);
}

/**
 * Reads a multi-label head from its folder.
 *
 * @throws HeadstartError E_HEAD_MISSING, E_HEAD_INVALID, E_CHECKSUM; E_HEAD_MISMATCH for a head of another kind
 * @example
 * const { head, file } = await loadMultiLabel("topics-head");
 * console.log(head.labels, file.separator); // [ 'money', 'sport', 'vote' ] |
 */
export async function loadMultiLabel(name: string): Promise<SavedMultiLabel> {
  const record = await readRecord(name);
  if (fieldOf(record, "format") === "headstart-head") {
    const message = `The head ${name} is no multi-label head. Read it with loadPipeline, which takes heads of every kind`;
    throw new HeadstartError("E_HEAD_MISMATCH", message, { file: record.path });
  }
  const file = checkedRecord(MultiLabelFile, record);
  const tensors = await readTensorFile(name, file.weights);
  const textHashes = textHashesFrom(tensors, file.training.textHashes);
  return { path: name, file, head: headFrom(tensors, file), textHashes };
}

function headFrom({ floats, doubles, invalid }: TensorShelf, { labels, encoder }: MultiLabelFile): MultiLabelHead {
  const [k, width] = [labels.length, encoder.width];
  const thresholds = doubles("thresholds", k);
  if (thresholds.some((t) => t < 0 || t > 1)) throw invalid('the tensor "thresholds" has numbers outside 0 to 1');
  return {
    kind: "multi-label",
    labels,
    standardizer: { mean: floats("mean", width), factor: floats("factor", width) },
    weights: matrix(k, width, floats("weights", k, width)),
    bias: floats("bias", k),
    thresholds,
  };
}

/** What a multi-label head holds of its training texts. */
export const heldByMultiLabel = ({ textHashes = 0 }: { readonly textHashes?: number | undefined }): HeldTexts => ({
  ...NOTHING_HELD,
  textHashes,
});

function card({ labels, encoder, training, reading }: MultiLabelFile): string {
  const { dev, n, C, devFrom } = training;
  return [
    "# Multi-label head",
    "",
    `Predicts any number of ${labels.length} labels: ${labels.map(plain).join(", ")}. One logistic model for each, on frozen vectors of ${plain(encoder.name)} (${encoder.width} wide).`,
    "",
    `Trained on ${n} rows from ${training.files.map(plain).join(", ")}, C ${C}.`,
    "",
    ...(reading === undefined ? [] : [...readingLines(reading), ""]),
    `Held-out rows: ${devFrom}. Each row was predicted by a model and thresholds that had not seen it. How much the scores would change with other training rows, and on rows of another source, they do not say.`,
    "",
    "| macro-F1 (95 %) | micro-F1 | exact match | rows |",
    "| --- | --- | --- | --- |",
    `| ${dev.macroF1.toFixed(3)} (${dev.interval95.map((x) => x.toFixed(3)).join(" to ")}) | ${dev.microF1.toFixed(3)} | ${dev.exactMatch.toFixed(3)} | ${dev.n} |`,
    "",
    intervalNote("row"),
    "",
    ...heldSection(heldByMultiLabel(training)),
    "It works only with the encoder named above.",
    "",
  ].join("\n");
}
