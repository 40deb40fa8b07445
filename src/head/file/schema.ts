import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import { checkedRecord, fieldOf, labelList, SEAL, WeightsFile, type ArtifactRecord } from "./artifact.js";
import { ReadingRecord } from "./reading.js";

/** Rows of each label; zod's own record drops a label called `__proto__`. */
export const Counts = z.custom<Record<string, number>>(isCounts, "expected whole numbers of 0 or more by name");
export const IntervalSchema = z.tuple([z.number(), z.number()]);
const Score = z.object({ accuracy: z.number(), macroF1: z.number() });

/** What is kept of an evaluation for the card; the numbers are those of cli.md's `evaluate`. */
const DevScore = z.object({
  n: z.number().int(),
  accuracy: z.number(),
  macroF1: z.number(),
  macroRecall: z.number(),
  interval95: IntervalSchema,
  majority: Score,
  bagOfWords: Score.nullable(),
});

const CalibrationNumbers = z.strictObject({
  ece: z.number(),
  brier: z.number(),
  logLoss: z.number(),
  intervals95: z.strictObject({ ece: IntervalSchema, brier: IntervalSchema, logLoss: IntervalSchema }),
});

/** How certain the head may be, learned on the dev rows. */
const Calibration = z.strictObject({
  temperature: z.number().positive(),
  /** Of a head that was fitted with balanced class weights, for each label. */
  priorShift: z.array(z.number()).optional(),
  /** Dev rows that it was fitted on. */
  n: z.number().int().positive(),
  /** Dev predictions that are kept, from which thresholds and prediction sets are computed. */
  keptPredictions: z.number().int().positive(),
  before: CalibrationNumbers,
  /** By folds: each row under a temperature that was fitted without it. */
  after: CalibrationNumbers,
});

/** Training rows that are kept to explain predictions with. */
const NeighborIndex = z.strictObject({
  file: z.enum(["neighbors.safetensors", "neighbours.safetensors"]), // the second in version 1
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().positive(),
  rows: z.number().int().positive(),
});

/** How a text's vector is made; "model": by the model itself. */
const EncoderPooling = z.enum(["mean", "cls", "max", "model"]);

export const EncoderIdentity = z.object({
  name: z.string().min(1),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  width: z.number().int().positive(),
  pooling: EncoderPooling,
  normalize: z.boolean(),
  maxTokens: z.number().int().positive(),
  prompt: z.string(),
  precision: z.enum(["fp32", "int8"]),
  layer: z.number().int().nonnegative().nullable(),
  /** The ONNX file, where the encoder has several and one was asked for. */
  modelFile: z.string().min(1).optional(),
});

const MlpForm = z.strictObject({
  hidden: z.array(z.number().int().positive()).min(1).max(2),
  activation: z.enum(["relu", "gelu"]),
  dropout: z.number(),
  epochs: z.number().int(),
  batchSize: z.number().int(),
  learningRate: z.number(),
  schedule: z.enum(["constant", "linear", "cosine"]),
  weightDecay: z.number(),
  patience: z.number().int(),
});

/** Losses as training went on. */
const Curve = z.strictObject({
  unit: z.enum(["iteration", "epoch"]),
  train: z.array(z.number()),
  dev: z.array(z.number()).nullable(),
  /** The one whose weights the head has, from 1. */
  best: z.number().int(),
});

const View = z.strictObject({ layer: z.number().int().nullable(), pooling: EncoderPooling });
const Spread = z.strictObject({ mean: z.number(), deviation: z.number() });

/** What a search chose, and among what. */
const SearchRecord = z.strictObject({
  folds: z.number().int(),
  rows: z.number().int(),
  rule: z.string(),
  chosen: z.string(),
  candidates: z.array(z.strictObject({ name: z.string(), view: View, logLoss: Spread, macroF1: Spread })),
  /** What the time budget left out. */
  skipped: z.array(z.string()),
});

/** Scores by cross-validation. */
const CrossValidationRecord = z.strictObject({
  folds: z.number().int(),
  ...DevScore.shape,
  /** Of the folds, those without rows left out. */
  perFold: z.array(
    z.strictObject({ n: z.number().int(), accuracy: z.number(), macroF1: z.number(), C: z.number().nullable() }),
  ),
  perLabel: z.array(
    z.strictObject({
      label: z.string(),
      precision: z.number(),
      recall: z.number(),
      f1: z.number(),
      support: z.number().int(),
    }),
  ),
});

/** Few-shot scores: with few rows of each label, over several draws. */
const FewShotScore = z.strictObject({
  perLabel: z.number().int(),
  seeds: z.number().int(),
  macroF1: z.strictObject({ mean: z.number(), deviation: z.number(), lowest: z.number(), highest: z.number() }),
});

/** `headstart.json` of a head folder. */
export const HeadFile = z.strictObject({
  format: z.literal("headstart-head"),
  ...SEAL,
  headstart: z.string(),
  createdAt: z.string(),
  task: z.enum(["sentiment", "spam", "classification"]),
  kind: z.enum(["logistic", "mlp"]),
  /** Settings of an MLP; absent in other kinds. */
  mlp: MlpForm.optional(),
  labels: labelList(2),
  encoder: EncoderIdentity,
  weights: WeightsFile,
  calibration: Calibration.optional(),
  neighbors: NeighborIndex.optional(),
  reading: ReadingRecord.optional(),
  training: z.strictObject({
    files: z.array(z.string()),
    n: z.number().int().positive(),
    /** Hashes of training texts; absent in heads that keep none. */
    textHashes: z.number().int().nonnegative().optional(),
    rejected: z.number().int().nonnegative(),
    dropped: z.number().int().nonnegative(),
    labelCounts: Counts,
    classWeights: z.enum(["none", "balanced"]),
    /** Null where the kind has none. */
    C: z.number().positive().nullable(),
    curve: Curve.optional(),
    search: SearchRecord.optional(),
    fewShot: z.array(FewShotScore).optional(),
    cv: CrossValidationRecord.optional(),
    trials: z.array(
      z.strictObject({
        C: z.number(),
        iterations: z.number().int(),
        converged: z.boolean(),
        devLogLoss: z.number(),
        devMacroF1: z.number(),
      }),
    ),
    seed: z.number().int(),
    devFrom: z.string(),
    /** What was chosen, and on which rows; absent in heads that were trained on nine tenths of the rows. */
    choice: z.string().optional(),
    dev: DevScore,
    warnings: z.array(z.string()),
  }),
});

export type HeadFile = z.infer<typeof HeadFile>;
export type Curve = z.infer<typeof Curve>;
export type SearchRecord = z.infer<typeof SearchRecord>;
export type FewShotScore = z.infer<typeof FewShotScore>;
export type EncoderIdentity = z.infer<typeof EncoderIdentity>;

function isCounts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((count) => Number.isInteger(count) && Number(count) >= 0);
}

/** `format` of a head that predicts any number of labels. */
export const MULTI_LABEL_FORMAT = "headstart-multi-label";

/** @throws HeadstartError E_HEAD_INVALID naming the field; E_HEAD_MISMATCH for a head with several labels a text */
export function headFileOf(record: ArtifactRecord): HeadFile {
  const { path: file } = record;
  if (fieldOf(record, "format") === MULTI_LABEL_FORMAT) {
    const message = `The head ${file} predicts several labels a text, which only predict and evaluate support. Use another head`;
    throw new HeadstartError("E_HEAD_MISMATCH", message, { file });
  }
  const head = checkedRecord(HeadFile, record);
  const shift = head.calibration?.priorShift;
  if (shift !== undefined && shift.length !== head.labels.length) {
    const found = `has ${shift.length} numbers for ${head.labels.length} labels`;
    const message = `Cannot load the head: ${file}, field "calibration.priorShift": ${found}. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file });
  }
  if ((head.kind === "mlp") === (head.mlp !== undefined)) return head;
  const message = `Cannot load the head: ${file}, field "mlp": belongs to kind "mlp" alone. Train it again`;
  throw new HeadstartError("E_HEAD_INVALID", message, { file });
}
