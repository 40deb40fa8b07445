import { fitStandardizer, type Standardizer } from "../head/standardize.js";
import { matrix, type Matrix } from "../math/matrix.js";
import { seeded, shuffled, type Random } from "../math/random.js";
import { openRowProducts, type RowProducts } from "../onnx/products.js";
import { dropoutMask } from "./dropout.js";
import { featureRows, featureTable, type FeatureTable } from "./featureTable.js";
import {
  inputWeights,
  layerShares,
  newNet,
  trainStep,
  unitsOf,
  type Net,
  type NetBatch,
  type NetShape,
} from "./net.js";
import type { TaggedSentence } from "./sentence.js";
import type { Tagger } from "./tagger.js";
import { tagIndices, tagSet } from "./tagSet.js";
import { ALL_WRITING, cuesOf, NO_WRITING, writingOf, type WritingOptions } from "./wordFeatures.js";
import type { SubWords } from "./wordVectors.js";

/** Tagged sentences with the vectors of their words. */
export interface TaggedVectors {
  readonly sentences: readonly TaggedSentence[];
  /** `[words, layers * width]` */
  readonly vectors: Matrix;
  readonly offsets: Int32Array;
}

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
  /** Told after every epoch, with the tagger as it then is; `stop` ends the fit. */
  readonly onEpoch?: (epoch: Epoch) => Promise<"stop" | void>;
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

/** The weights that are kept are a running average over about one epoch. */
const AVERAGE_OVER_EPOCHS = 1;

/**
 * Fits a tagger by AdamW on batches of whole sentences, the learning rate falling to zero; the average of the weights over
 * the last steps is what it gives.
 *
 * The loss is that of a linear-chain CRF, or each word's log loss. The same seed gives the same tagger.
 */
export async function fitTagger(data: TaggedVectors, options: FitOptions): Promise<Tagger> {
  const settings: Settings = { ...DEFAULTS, ...options };
  const random = seeded(settings.seed);
  const standardizer = fitStandardizer(data.vectors);
  const tags = tagSet(settings.labels);
  const writing = data.sentences.map((sentence) => writingOf(sentence, settings.writing));
  const shape = shapeOf(data, tags.count, settings);
  const cues = data.sentences.map((sentence) => cuesOf(sentence, shape.hidden === 0 ? NO_WRITING : settings.writing));
  const tables = {
    features: featureTable(writing.flat(), shape.tags),
    cues: featureTable(cues.flat(), unitsOf(shape)),
  };
  const net = newNet({ ...shape, features: tables.features.hashes.length, cues: tables.cues.hashes.length }, random);
  const rowsIn = (table: FeatureTable, words: readonly (readonly Int32Array[])[]) =>
    words.map((own) => own.map((features) => featureRows(table, features)));
  const rows = { features: rowsIn(tables.features, writing), cues: rowsIn(tables.cues, cues) };
  const truth = data.sentences.map((sentence) => tagIndices(tags, sentence.tags).map((tag) => Math.max(0, tag)));
  const products = await openRowProducts(
    "float32",
    settings.threads === undefined ? {} : { threads: settings.threads },
  );
  const prepared: Prepared = { data, standardizer, rows, truth, settings };
  const average = new Average(net);
  const taggerNow = (): Tagger => taggerOf(average.net, { tables, standardizer, settings });
  try {
    await fitEpochs(net, { prepared, average, products, random, taggerNow });
  } finally {
    await products.close();
  }
  return taggerNow();
}

interface Prepared {
  readonly data: TaggedVectors;
  readonly standardizer: Standardizer;
  /** Of each sentence, of each word: rows in the tables. */
  readonly rows: Readonly<Record<"features" | "cues", readonly (readonly Int32Array[])[]>>;
  readonly truth: readonly Int32Array[];
  readonly settings: Settings;
}

interface Run {
  readonly prepared: Prepared;
  readonly average: Average;
  readonly products: RowProducts;
  readonly random: Random;
  readonly taggerNow: () => Tagger;
}

async function fitEpochs(net: Net, { prepared, average, products, random, taggerNow }: Run): Promise<void> {
  const { settings, data } = prepared;
  const words = data.vectors.rows;
  const steps = Math.max(1, Math.round(words / settings.batchWords));
  const decay = 1 - 1 / (AVERAGE_OVER_EPOCHS * steps);
  let number = 0;
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    let [loss, seen] = [0, 0];
    for (const sentences of batchesOf(data, { size: words / steps, random })) {
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
    const told = { number: epoch, loss: loss / seen, tagger: taggerNow, layerShares: layerShares(net) };
    if ((await settings.onEpoch?.(told)) === "stop") return;
  }
}

function shapeOf({ vectors }: TaggedVectors, tags: number, settings: Settings): NetShape {
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

/** Sentences in random order, in batches of about `size` words. */
function* batchesOf(
  { offsets, sentences }: TaggedVectors,
  { size, random }: { readonly size: number; readonly random: Random },
): Generator<number[]> {
  let [batch, words]: [number[], number] = [[], 0];
  for (const s of shuffled(sentences.length, random)) {
    const own = offsets[s + 1] - offsets[s];
    if (own === 0) continue;
    batch.push(s);
    words += own;
    if (words < size) continue;
    yield batch;
    [batch, words] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** The words of some sentences as a batch: standardised, and with numbers and features left out at random. */
function gather(
  chosen: readonly number[],
  { data, standardizer, rows, truth, settings }: Prepared,
  random: Random,
): NetBatch {
  const { vectors, offsets } = data;
  const own = new Int32Array(chosen.length + 1);
  chosen.forEach((s, i) => (own[i + 1] = own[i] + offsets[s + 1] - offsets[s]));
  const x = matrix(own[chosen.length], vectors.cols);
  const { mean, factor } = standardizer;
  const mask = dropoutMask(settings.inputDropout, random);
  let at = 0;
  for (const s of chosen) {
    for (let from = offsets[s] * vectors.cols; from < offsets[s + 1] * vectors.cols; from += vectors.cols) {
      const kept = mask.draw(vectors.cols);
      for (let c = 0; c < vectors.cols; c++, at++)
        x.data[at] = (vectors.data[from + c] - mean[c]) * factor[c] * kept[c];
    }
  }
  const tags = new Int32Array(x.rows);
  chosen.forEach((s, i) => tags.set(truth[s], own[i]));
  const features = chosen.flatMap((s) =>
    rows.features[s].map((f) => f.filter(() => random() >= settings.featureDropout)),
  );
  const cues = chosen.flatMap((s) => rows.cues[s]);
  return { x, offsets: own, features, cues, tags };
}

const LEARNT = [
  "inputs",
  "mix",
  "bias",
  "features",
  "cues",
  "output",
  "outputBias",
  "transitions",
  "start",
  "end",
] as const;

/** A running average of a net's numbers. */
class Average {
  readonly net: Net;

  constructor(net: Net) {
    const copy = Object.fromEntries(LEARNT.map((name) => [name, { ...net[name], values: net[name].values.slice() }]));
    this.net = { ...net, ...copy };
  }

  /** Moves towards `net`: `decay` of the average stays. */
  add(net: Net, decay: number): void {
    for (const name of LEARNT) {
      const [mine, theirs] = [this.net[name].values, net[name].values];
      for (let i = 0; i < mine.length; i++) mine[i] += (1 - decay) * (theirs[i] - mine[i]);
    }
  }
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
