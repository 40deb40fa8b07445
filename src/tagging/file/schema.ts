import { z } from "zod";
import { ReadingRecord } from "../../head/file/reading.js";
import { labelList, SEAL, WeightsFile } from "../../head/file/artifact.js";

const Score = z.object({ precision: z.number(), recall: z.number(), f1: z.number(), support: z.number() });

/** `headstart.json` of a tagger's folder. */
export const TaggerFile = z.strictObject({
  format: z.literal("headstart-head"),
  ...SEAL,
  headstart: z.string(),
  createdAt: z.string(),
  task: z.literal("ner"),
  kind: z.enum(["linear", "mlp"]),
  crf: z.boolean(),
  labels: labelList(1),
  encoder: z.strictObject({
    name: z.string().min(1),
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
    width: z.int().positive(),
    maxTokens: z.int().positive(),
    prompt: z.string(),
    precision: z.enum(["fp32", "int8"]),
    layers: z.array(z.int()).min(1),
    modelFile: z.string().min(1).optional(),
  }),
  words: z.strictObject({
    subwordPooling: z.enum(["first", "mean", "first-last"]),
    contextWindow: z.int().nonnegative().max(8),
    /** Not there in heads of earlier versions. */
    wordRule: z.enum(["words", "parts", "characters", "segments", "runs"]).optional(),
    surfaceFeatures: z.strictObject({
      shape: z.boolean(),
      affixes: z.boolean(),
      word: z.boolean(),
      around: z.boolean(),
    }),
  }),
  /** Not there where scores are as the CRF gives them, and in heads of earlier versions. */
  scoreCalibration: z
    .strictObject({ a: z.number().positive(), b: z.number().positive(), shift: z.number() })
    .optional(),
  weights: WeightsFile,
  reading: ReadingRecord.optional(),
  training: z.strictObject({
    files: z.array(z.string()),
    n: z.int().positive(),
    textHashes: z.int().nonnegative().optional(),
    repaired: z.int().nonnegative(),
    labelCounts: z.custom<Record<string, number>>(isRecord, "expected counts by name"),
    layerWeights: z.array(z.number()).nullable(),
    seed: z.int(),
    outsideBias: z.number(),
    epochs: z.int().positive(),
    trials: z.array(
      z.strictObject({ epoch: z.int(), loss: z.number(), outsideBias: z.number(), devEntityF1: z.number() }),
    ),
    devFrom: z.string(),
    /** Not there in heads of earlier versions, as the next. */
    optimism: z.number().optional(),
    scores: z
      .strictObject({
        entities: z.int().nonnegative(),
        logLoss: z.strictObject({ before: z.number(), after: z.number() }).nullable(),
      })
      .optional(),
    dev: z.looseObject({
      n: z.int(),
      entities: z.int(),
      entityF1: z.number(),
      entityPrecision: z.number(),
      entityRecall: z.number(),
      interval95: z.tuple([z.number(), z.number()]),
      unseen: Score,
    }),
  }),
});

export type TaggerFile = z.infer<typeof TaggerFile>;

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every((count) => Number.isInteger(count));
}
