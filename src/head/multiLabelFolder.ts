import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { HeadstartError } from "../errors.js";
import { matrix } from "../math/matrix.js";
import { commitFile } from "../store/commit.js";
import { commitFolder, type CommitFolderOptions } from "../store/commitFolder.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../tensors/safetensors.js";
import { plain } from "./headCard.js";
import { checked, Counts, EncoderIdentity, Interval, MULTI_LABEL_FORMAT, parseJson } from "./headFile.js";
import { readChecked, sha256 } from "./headFolder.js";
import type { MultiLabelHead } from "./multiLabel.js";

/** `headstart.json` of a multi-label head. */
const MultiLabelFile = z.strictObject({
  format: z.literal(MULTI_LABEL_FORMAT),
  version: z.literal(1),
  headstart: z.string(),
  createdAt: z.string(),
  separator: z.string().min(1),
  labels: z.array(z.string()).min(2),
  encoder: EncoderIdentity,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  training: z.strictObject({
    files: z.array(z.string()),
    n: z.number().int().positive(),
    labelCounts: Counts,
    strength: z.number().positive(),
    seed: z.number().int(),
    devFrom: z.string(),
    dev: z.strictObject({
      n: z.number().int(),
      exactMatch: z.number(),
      microF1: z.number(),
      macroF1: z.number(),
      interval95: Interval,
    }),
  }),
});

export type MultiLabelFile = z.infer<typeof MultiLabelFile>;

/** A multi-label head read from its folder. */
export interface SavedMultiLabel {
  readonly path: string;
  readonly head: MultiLabelHead;
  readonly file: MultiLabelFile;
}

/** @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
export async function saveMultiLabel(
  folder: string,
  { head, file }: { readonly head: MultiLabelHead; readonly file: Omit<MultiLabelFile, "sha256"> },
  options: CommitFolderOptions = {},
): Promise<void> {
  const { weights, bias, standardizer, thresholds } = head;
  const [k, width] = [weights.rows, weights.cols];
  const tensors: [string, Tensor][] = [
    ["weights", { dtype: "F32", shape: [k, width], data: weights.data }],
    ["bias", { dtype: "F32", shape: [k], data: bias }],
    ["mean", { dtype: "F32", shape: [width], data: standardizer.mean }],
    ["factor", { dtype: "F32", shape: [width], data: standardizer.factor }],
    ["thresholds", { dtype: "F64", shape: [k], data: thresholds }],
  ];
  const bytes = writeSafetensors(new Map(tensors), { format: MULTI_LABEL_FORMAT });
  const complete: MultiLabelFile = { ...file, sha256: sha256(bytes) };
  await commitFolder(
    folder,
    async (temp) => {
      await commitFile(path.join(temp, "head.safetensors"), (to) => to.write(bytes));
      await commitFile(path.join(temp, "headstart.json"), (to) => to.write(`${JSON.stringify(complete, null, 2)}\n`));
      await commitFile(path.join(temp, "README.md"), (to) => to.write(card(complete)));
    },
    options,
  );
}

/**
 * Reads a multi-label head; undefined where `name` is something else, a head of one label a text or none at all.
 *
 * @throws HeadstartError E_HEAD_INVALID, E_CHECKSUM
 */
export async function loadMultiLabel(name: string): Promise<SavedMultiLabel | undefined> {
  const json = path.join(name, "headstart.json");
  const text = await readFile(json, "utf8").catch(() => undefined);
  if (text === undefined || !text.includes(MULTI_LABEL_FORMAT)) return undefined;
  const value = parseJson(text, json);
  if ((value as { format?: unknown } | null)?.format !== MULTI_LABEL_FORMAT) return undefined;
  const file = checked(MultiLabelFile, value, json);
  const at = path.join(name, "head.safetensors");
  const bytes = await readChecked(at, file.sha256);
  return { path: name, file, head: headFrom(readSafetensors(bytes, { file: at }), file, at) };
}

function headFrom(
  tensors: ReadonlyMap<string, Tensor>,
  { labels, encoder }: MultiLabelFile,
  at: string,
): MultiLabelHead {
  const [k, width] = [labels.length, encoder.width];
  const take = (name: string, length: number, dtype: "F32" | "F64"): Tensor["data"] => {
    const found = tensors.get(name);
    if (found?.dtype === dtype && found.data.length === length) return found.data;
    const message = `${at}: the tensor "${name}" is missing or not ${length} numbers of ${dtype}. Train the head again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file: at });
  };
  const floats = (name: string, length: number): Float32Array => take(name, length, "F32") as Float32Array;
  return {
    kind: "multi-label",
    labels,
    standardizer: { mean: floats("mean", width), factor: floats("factor", width) },
    weights: matrix(k, width, floats("weights", k * width)),
    bias: floats("bias", k),
    thresholds: take("thresholds", k, "F64") as Float64Array,
  };
}

function card({ labels, encoder, training }: MultiLabelFile): string {
  const { dev, n, strength, devFrom } = training;
  return [
    "# Multi-label head",
    "",
    `Answers with any number of ${labels.length} labels: ${labels.map(plain).join(", ")}. One logistic model for each, on frozen vectors of ${plain(encoder.name)} (${encoder.width} wide).`,
    "",
    `Trained on ${n} rows from ${training.files.map(plain).join(", ")}, strength ${strength}.`,
    "",
    `Dev: ${devFrom}. Strength and thresholds were chosen on these rows, so the scores flatter; evaluate on rows of your own.`,
    "",
    "| macro-F1 (95 %) | micro-F1 | exact match | rows |",
    "| --- | --- | --- | --- |",
    `| ${dev.macroF1.toFixed(3)} (${dev.interval95.map((x) => x.toFixed(3)).join(" to ")}) | ${dev.microF1.toFixed(3)} | ${dev.exactMatch.toFixed(3)} | ${dev.n} |`,
    "",
    "It works with the encoder named above only, and holds no training text.",
    "",
  ].join("\n");
}
