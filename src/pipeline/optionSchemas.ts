import { z } from "zod";

/*
 * What the options of the front door may be. Types say it to the compiler; programs in plain JavaScript hear it at run time.
 */

const callback = z.custom((value) => typeof value === "function", "expected a function");
const signal = z.custom((value) => value instanceof AbortSignal, "expected an AbortSignal");
const labelMap = z.custom((value) => value instanceof Map, 'expected a Map, such as parseLabelMap("a=b") gives');
const openShare = z.number().gt(0).lt(1);
const atLeastOne = z.int().min(1);
const threads = z.int().min(1).max(256);
const seed = z.int().min(0);
const optional = <T extends Readonly<Record<string, z.ZodType>>>(shape: T) =>
  Object.fromEntries(Object.entries(shape).map(([name, own]) => [name, own.optional()]));

const CALL = { onProgress: callback, onEncoded: callback, signal };

const cost = z.number().min(0).lt(Infinity);
const costs = z.map(z.string(), cost);
const thresholds = z.map(z.string(), openShare);
const mistakeCost = z.strictObject({ truth: z.string(), predicted: z.string(), cost });

const goal = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("precision"), least: openShare, label: z.string().optional() }),
  z.strictObject({ kind: z.literal("falseAlarms"), most: openShare, label: z.string() }),
  z.strictObject({ kind: z.literal("threshold"), from: thresholds }),
  z.strictObject({ kind: z.literal("risk"), most: openShare }),
  z.strictObject({ kind: z.literal("coverage"), share: openShare }),
  z.strictObject({ kind: z.literal("costs"), costs, pairs: z.array(mistakeCost).optional() }),
]);

const columns = z
  .string()
  .min(1)
  .or(z.array(z.string().min(1)).min(1));

const ROWS = {
  textColumn: columns,
  labelColumn: columns,
  header: z.boolean(),
  delimiter: z.string().length(1),
  quote: z.enum(["auto", "none", '"']),
  encoding: z.string(),
  limit: atLeastOne.or(z.literal(Infinity)),
  badRows: z.enum(["fail", "skip"]),
  invalidUtf8: z.enum(["fail", "replace"]),
  dropMissing: z.boolean(),
  maxFieldBytes: atLeastOne,
  from: z.enum(["csv", "tsv", "jsonl", "ndjson", "json", "txt", "conll", "parquet", "arrow"]),
  stdin: z.custom((value) => typeof value === "object" && value !== null, "expected a stream"),
  onReject: callback,
};

/** Of files with entities. */
const TAGGED_ROWS = {
  offsets: z.enum(["auto", "utf16", "code-points", "bytes"]),
  tagNames: z.array(z.string().min(1)).min(1),
};

const EVALUATE = { ...CALL, ...ROWS, seed, onRead: callback };

const TRAIN = {
  ...ROWS,
  dev: z.unknown(),
  encoder: z.string().min(1),
  encoderOptions: z.record(z.string(), z.unknown()),
  offline: z.boolean(),
  cache: z.string().min(1),
  seed,
  threads,
  signal,
  onProgress: callback,
  onTrial: callback,
};

const RARE = { minPerClass: atLeastOne, poolRare: z.string().min(1) };

const positive = z.number().gt(0).lt(Infinity);
const dropout = z.number().min(0).lt(1);
const mlp = z.strictObject(
  optional({
    hidden: z.array(atLeastOne).min(1).max(2),
    activation: z.enum(["relu", "gelu"]),
    dropout,
    epochs: z.int().min(0),
    batchSize: atLeastOne,
    learningRate: positive,
    schedule: z.enum(["constant", "linear", "cosine"]),
    weightDecay: z.number().min(0).lt(Infinity),
    patience: atLeastOne,
  }),
);

const ofKind = (shape: Readonly<Record<string, z.ZodType>>): z.ZodType => z.strictObject(optional(shape));

/** Options by what they are of. */
export const OPTIONS = {
  loadPipeline: ofKind({
    kind: z.enum(["classifier", "multi-label", "tagger"]),
    encoder: z.string().min(1),
    cache: z.string().min(1),
    offline: z.boolean(),
    threads,
    batchTokens: atLeastOne,
    signal,
  }),
  "predict() of a classifier": ofKind({ ...CALL, goal, sets: openShare, explain: z.boolean() }),
  "predict() of a multi-label head": ofKind(CALL),
  "predict() of a tagger": ofKind(CALL),
  "evaluate() of a classifier": ofKind({ ...EVALUATE, map: labelMap, goal }),
  "evaluate() of a multi-label head": ofKind({ ...EVALUATE, map: labelMap }),
  "evaluate() of a tagger": ofKind({ ...EVALUATE, ...TAGGED_ROWS, map: labelMap }),
  "explain()": ofKind(CALL),
  "train() of a classifier": ofKind({
    ...TRAIN,
    map: labelMap,
    task: z.enum(["classification", "sentiment", "spam"]),
    head: z.enum(["logistic", "mlp"]),
    mlp,
    Cs: z.array(positive).min(1),
    classWeights: z.enum(["none", "balanced"]),
    fewShot: z.array(atLeastOne),
    learningCurve: z.boolean(),
    onDraw: callback,
    cv: z.union([
      z.int().min(2),
      z.string().regex(/^\d+x\d+$/, "give folds, such as 5, or folds and repeats, such as 5x2"),
      z.strictObject({ folds: z.int().min(2), repeats: atLeastOne.optional() }),
    ]),
    onFold: callback,
    explainable: z.boolean().or(atLeastOne),
    onEpoch: callback,
    ...RARE,
  })
    .refine(
      (options) => !isGiven(options, "mlp") || (options as { readonly head?: string }).head === "mlp",
      'mlp has no effect without head: "mlp"',
    )
    .refine((options) => !isGiven(options, "cv") || !isGiven(options, "dev"), "cv and dev do not go together"),
  "train() of a multi-label head": ofKind({
    ...TRAIN,
    ...RARE,
    map: labelMap,
    multiLabel: z.string().min(1).or(z.literal(true)),
    Cs: z.array(positive).min(1),
  }),
  "train() of a tagger": ofKind({
    ...TRAIN,
    ...TAGGED_ROWS,
    map: labelMap,
    task: z.literal("ner"),
    kind: z.enum(["linear", "mlp"]),
    hidden: atLeastOne,
    crf: z.boolean(),
    contextWindow: z.int().min(0).max(8),
    surfaceFeatures: z.strictObject({
      shape: z.boolean(),
      affixes: z.boolean(),
      word: z.boolean(),
      around: z.boolean(),
    }),
    layers: z.enum(["concat", "mix"]),
    subwordPooling: z.enum(["first", "mean", "first-last"]),
    ensemble: atLeastOne,
    epochs: atLeastOne,
    patience: atLeastOne,
    onStep: callback,
    batchWords: atLeastOne,
    learningRate: positive,
    weightDecay: z.number().min(0).lt(Infinity),
    dropout,
    inputDropout: dropout,
    featureDropout: dropout,
  }),
  "compareHeads()": ofKind({
    ...EVALUATE,
    ...TAGGED_ROWS,
    map: labelMap,
    encoder: z.string().min(1),
    cache: z.string().min(1),
    offline: z.boolean(),
    threads,
    batchTokens: atLeastOne,
  }),
  "save()": ofKind({ force: z.boolean(), createdAt: z.string() }),
} as const;

const isGiven = (options: unknown, name: string): boolean =>
  (options as Readonly<Record<string, unknown>>)[name] !== undefined;
