import type { Encoder } from "../encoder/encoder.js";
import type { Sealed } from "../head/file/artifact.js";
import { readingRecord } from "../head/file/reading.js";
import type { EncoderIdentity, HeadFile } from "../head/file/schema.js";
import { VERSION } from "../version.js";
import { kept } from "../head/devPredictions.js";
import type { Interval } from "../metrics/bootstrap.js";
import type { CalibrationScore } from "../metrics/calibrationScore.js";
import type { LabeledCorpus } from "../dataset/labeledCorpus.js";
import type { Evaluation } from "../metrics/classification.js";
import type { CrossValidation } from "./crossValidate.js";
import type { TrainedHead } from "./train.js";

export interface DescribeOptions {
  /** @default "classification" */
  readonly task?: HeadFile["task"] | undefined;
  /** @default 1 */
  readonly seed?: number | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** What was read for training. */
  readonly corpus: Pick<LabeledCorpus, "files" | "counts" | "dropped" | "reading">;
  readonly encoder: Encoder;
}

/**
 * What a head's folder says of it: labels, the encoder it needs, and how it was trained.
 *
 * @example
 * const corpus = await readLabeled(["reviews.csv"]);
 * const file = describeHead(trained, { corpus, encoder, createdAt: new Date().toISOString() });
 * await saveHead("my-head", { ...trained, file }, { force: true });
 */
export function describeHead(trained: TrainedHead, options: DescribeOptions): Omit<HeadFile, Sealed> {
  const { task = "classification", seed = 1, createdAt, corpus, encoder } = options;
  const reading = readingRecord(corpus.reading);
  return {
    format: "headstart-head",
    headstart: VERSION,
    createdAt,
    task,
    kind: trained.head.kind,
    ...(trained.mlp === undefined ? {} : { mlp: { ...trained.mlp, hidden: [...trained.mlp.hidden] } }),
    labels: [...trained.head.labels],
    encoder: encoderIdentity(encoder),
    calibration: calibrationOf(trained),
    ...(reading === undefined ? {} : { reading }),
    training: {
      files: [...corpus.files],
      n: trained.n,
      rejected: corpus.counts.rejected,
      dropped: corpus.dropped,
      labelCounts: { ...trained.labelCounts },
      classWeights: trained.classWeights,
      C: trained.C,
      trials: [...trained.trials],
      curve: trained.curve,
      ...(trained.search === undefined ? {} : { search: trained.search }),
      ...(trained.fewShot.length === 0 ? {} : { fewShot: [...trained.fewShot] }),
      ...(trained.cv === undefined ? {} : { cv: crossValidationOf(trained.cv) }),
      seed,
      devFrom: trained.devFrom,
      choice: trained.choice,
      dev: scoreOf(trained.dev),
      warnings: [...trained.warnings],
    },
  };
}

function scoreOf(evaluation: Evaluation): HeadFile["training"]["dev"] {
  const { n, accuracy, macroF1, macroRecall, interval95, majority, bagOfWords } = evaluation;
  return { n, accuracy, macroF1, macroRecall, interval95: [...interval95], majority, bagOfWords };
}

function crossValidationOf(cv: CrossValidation): NonNullable<HeadFile["training"]["cv"]> {
  const { folds, perFold, perLabel } = cv;
  return {
    folds,
    ...scoreOf(cv),
    perFold: [...perFold],
    perLabel: cv.confusion.labels.map((label) => ({ label, ...perLabel[label] })),
  };
}

/** The encoder that a head needs, with the settings that it was trained with. */
export function encoderIdentity(encoder: Encoder): EncoderIdentity {
  const {
    name,
    fingerprint,
    width,
    pooling,
    normalize,
    maxTokens,
    prompt,
    precision,
    layer = null,
    modelFile,
  } = encoder;
  const settings = { pooling, normalize, maxTokens, prompt, precision, layer };
  return { name, fingerprint, width, ...settings, ...(modelFile === undefined ? {} : { modelFile }) };
}

function calibrationOf({ head, devPredictions, calibration }: TrainedHead): NonNullable<HeadFile["calibration"]> {
  const numbers = ({ ece, brier, logLoss, intervals95: i }: CalibrationScore) => ({
    ece,
    brier,
    logLoss,
    intervals95: { ece: pair(i.ece), brier: pair(i.brier), logLoss: pair(i.logLoss) },
  });
  return {
    temperature: head.temperature ?? 1,
    ...(head.priorShift === undefined ? {} : { priorShift: [...head.priorShift] }),
    n: devPredictions.truth.length,
    keptPredictions: kept(devPredictions).truth.length,
    before: numbers(calibration.before),
    after: numbers(calibration.after),
  };
}

const pair = ([low, high]: Interval): [number, number] => [low, high];
