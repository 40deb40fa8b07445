import { fitStandardizer, type Standardizer } from "../../head/standardize.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { seeded, type Random } from "../../math/random.js";
import { openRowProducts, type RowProducts } from "../../onnx/runtime/gemm.js";
import { Average } from "./movingAverage.js";
import type { EmbeddedSentences } from "../vectors/embeddedSentences.js";
import { featureRows, featureTable, type FeatureTable } from "./featureTable.js";
import { meanTagger } from "./ensemble.js";
import { inputWeights, layerShares, newNet, trainStep, unitsOf, type Net, type NetShape } from "./net.js";
import type { Sentence } from "../corpus/sentence.js";
import type { Tagger } from "./tagger.js";
import { tagIndices, tagSet } from "../corpus/tagSet.js";
import { batchesOf, gather, type Prepared } from "./trainingBatches.js";
import { ALL_WRITING, cuesOf, NO_WRITING, writingOf, type WritingOptions } from "./wordFeatures.js";
import type { SubWords } from "../vectors/subwords.js";

export interface FitOptions {
  /** Labels of entities; a word of another label counts as outside. */
  readonly labels: readonly string[];
  /** @default "mlp" */
  readonly kind?: "linear" | "mlp";
  /** Hidden units of an MLP. @default 128 */
  readonly hidden?: number;
  /** Learn how likely each tag is to follow each other. @default false */
  readonly crf?: boolean;
  /** Words to either side whose vectors count too. @default 1 */
  readonly reach?: number;
  /** @default all of it */
  readonly writing?: WritingOptions;
  /** Layers side by side, or averaged with learnt shares. @default "concat" */
  readonly layers?: "concat" | "mix";
  /** How many layers stand side by side in a vector, for the mix. @default 1 */
  readonly layerCount?: number;
  /** How the vectors were made; for the tagger. @default "first" */
  readonly subWords?: SubWords;
  /** Nets that are trained from seeds of their own and then averaged. @default 3 */
  readonly members?: number;
  /** Times that all sentences are seen. @default 20 */
  readonly epochs?: number;
  /** Words learnt from together, about. @default 512 */
  readonly batchWords?: number;
  /** @default 1e-3 */
  readonly learningRate?: number;
  /** @default 0.01 */
  readonly weightDecay?: number;
  /** Share of hidden units left out at each word. @default 0.3 */
  readonly dropout?: number;
  /** Share of the vectors' numbers left out at each word. @default 0.2 */
  readonly inputDropout?: number;
  /** Share of the features of writing left out at each word. @default 0.2 */
  readonly featureDropout?: number;
  /** @default 1 */
  readonly seed?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told after every epoch, with the tagger as it then is. */
  readonly onEpoch?: (epoch: Epoch) => Promise<void>;
}

export interface Epoch {
  /** Counted from 1. */
  readonly number: number;
  /** Mean loss of a word while it was learnt. */
  readonly loss: number;
  /** With the average of the weights along the way, which are steadier than the last. */
  readonly tagger: () => Tagger;
  readonly layerShares: readonly number[] | undefined;
}

const DEFAULTS = {
  kind: "mlp",
  hidden: 128,
  crf: false,
  reach: 1,
  writing: ALL_WRITING,
  layers: "concat",
  layerCount: 1,
  subWords: "first",
  members: 3,
  epochs: 20,
  batchWords: 512,
  learningRate: 1e-3,
  weightDecay: 0.01,
  dropout: 0.3,
  inputDropout: 0.2,
  featureDropout: 0.2,
  seed: 1,
} as const satisfies Omit<FitOptions, "labels">;

type Settings = FitOptions & Required<Pick<FitOptions, keyof typeof DEFAULTS>>;

/**
 * Fits a tagger by AdamW on batches of whole sentences, the learning rate falling to zero; the average of the weights over
 * the last steps is what it gives.
 *
 * The loss is that of a linear-chain CRF, or each word's log loss. The same seed gives the same tagger.
 */
export async function fitTagger(data: EmbeddedSentences, options: FitOptions): Promise<Tagger> {
  const settings: Settings = { ...DEFAULTS, ...options };
  const { seed, threads, writing, kind } = settings;
  const standardizer = fitStandardizer(data.vectors);
  const tags = tagSet(settings.labels);
  const shape = shapeOf(data, tags.count, settings);
  const looks = {
    features: learntFeatures(data, { look: (s) => writingOf(s, writing), units: shape.tags }),
    cues: learntFeatures(data, {
      look: (s) => cuesOf(s, kind === "linear" ? NO_WRITING : writing),
      units: unitsOf(shape),
    }),
  };
  const tables = { features: looks.features.table, cues: looks.cues.table };
  const counts = { features: tables.features.hashes.length, cues: tables.cues.hashes.length };
  const members = Array.from({ length: settings.members }, (_, m): Member => {
    const random = seeded(seed + m);
    const net = newNet({ ...shape, ...counts }, random);
    return { net, random, average: new Average(net) };
  });
  const taggerNow = (): Tagger =>
    meanTagger(members.map(({ average }) => taggerOf(average.net, { tables, standardizer, settings })));
  const prepared: Prepared = {
    data,
    standardizer,
    rows: { features: looks.features.rows, cues: looks.cues.rows },
    truth: data.sentences.map((sentence) => tagIndices(tags, sentence.tags).map((tag) => Math.max(0, tag))),
    inputDropout: settings.inputDropout,
    featureDropout: settings.featureDropout,
  };
  const products = await openRowProducts("float32", threads === undefined ? {} : { threads });
  try {
    await fitEpochs(members, { settings, prepared, products, taggerNow });
  } finally {
    await products.close();
  }
  return taggerNow();
}

/** An empty table for what is looked at of words, and its rows for every word of every sentence. */
function learntFeatures(
  { sentences }: EmbeddedSentences,
  { look, units }: { readonly look: (sentence: Sentence) => readonly Int32Array[]; readonly units: number },
): { readonly table: FeatureTable; readonly rows: readonly (readonly Int32Array[])[] } {
  const seen = sentences.map(look);
  const table = featureTable(seen.flat(), units);
  return { table, rows: seen.map((words) => words.map((features) => featureRows(table, features))) };
}

/** A net with the average of its weights along the way, and its own source of randomness. */
interface Member {
  readonly net: Net;
  readonly average: Average;
  readonly random: Random;
}

interface Run {
  readonly settings: Settings;
  readonly prepared: Prepared;
  readonly products: RowProducts;
  readonly taggerNow: () => Tagger;
}

async function fitEpochs(members: readonly Member[], run: Run): Promise<void> {
  const { settings, taggerNow } = run;
  for (let number = 1; number <= settings.epochs; number++) {
    let loss = 0;
    for (const member of members) loss += (await fitEpoch(member, { ...run, number })) / members.length;
    const shares = members.map(({ net }) => layerShares(net));
    await settings.onEpoch?.({ number, loss, tagger: taggerNow, layerShares: meanShares(shares) });
  }
}

/** @returns the mean loss of a word while it was learnt */
async function fitEpoch(
  { net, average, random }: Member,
  { settings, prepared, products, number: epoch }: Run & { readonly number: number },
): Promise<number> {
  const words = prepared.data.vectors.rows;
  const steps = Math.max(1, Math.round(words / settings.batchWords));
  const decay = 1 - 1 / steps; // an average over about one epoch
  let number = (epoch - 1) * steps;
  let [loss, seen] = [0, 0];
  for (const sentences of batchesOf(prepared.data, { size: words / steps, random })) {
    settings.signal?.throwIfAborted();
    number++;
    const left = Math.max(0.02, 1 - (number - 1) / (settings.epochs * steps));
    const batch = gather(sentences, prepared, random);
    const own = await trainStep(net, batch, {
      products,
      random,
      number,
      learningRate: settings.learningRate * left,
      weightDecay: settings.weightDecay,
      dropout: settings.dropout,
    });
    average.add(net, Math.min(decay, number / (number + 9)));
    loss += own * batch.tags.length;
    seen += batch.tags.length;
  }
  return loss / seen;
}

function meanShares(shares: readonly (readonly number[] | undefined)[]): readonly number[] | undefined {
  const given = shares.filter((own) => own !== undefined);
  if (given.length === 0) return undefined;
  return given[0].map((_, layer) => given.reduce((sum, own) => sum + own[layer], 0) / given.length);
}

function shapeOf({ vectors }: EmbeddedSentences, tags: number, settings: Settings): NetShape {
  return {
    tags,
    width: vectors.cols,
    layers: settings.layerCount,
    mixed: settings.layers === "mix",
    reach: settings.reach,
    hidden: settings.kind === "linear" ? 0 : settings.hidden,
    features: 0,
    cues: 0,
    crf: settings.crf,
  };
}

type Tables = Readonly<Record<"features" | "cues", FeatureTable>>;

function taggerOf(
  net: Net,
  { tables, standardizer, settings }: { tables: Tables; standardizer: Standardizer; settings: Settings },
): Tagger {
  const { tags, hidden } = net.shape;
  return {
    kind: settings.kind,
    crf: settings.crf,
    labels: [...settings.labels],
    reach: settings.reach,
    subWords: settings.subWords,
    writing: settings.writing,
    standardizer,
    inputs: copyOf(inputWeights(net)),
    bias: net.bias.values.slice(),
    features: filled(tables.features, net.features.values),
    cues: filled(tables.cues, net.cues.values),
    output:
      hidden === 0
        ? undefined
        : { weights: matrix(tags, hidden, net.output.values.slice()), bias: net.outputBias.values.slice() },
    chain: {
      tags,
      transitions: Float64Array.from(net.transitions.values),
      start: Float64Array.from(net.start.values),
      end: Float64Array.from(net.end.values),
    },
  };
}

const filled = ({ hashes, weights }: FeatureTable, values: Float32Array): FeatureTable => ({
  hashes,
  weights: matrix(weights.rows, weights.cols, values.slice()),
});

const copyOf = ({ rows, cols, data }: Matrix): Matrix => matrix(rows, cols, data.slice());
