import { withDefaults } from "../../defaults.js";
import { fitStandardizer, refuseNonFinite, type Standardizer } from "../../head/standardize.js";
import { matrix, type Matrix } from "../../math/matrix.js";
import { seeded, type Random } from "../../math/random.js";
import { openRowProducts, type RowProducts } from "../../onnx/runtime/gemm.js";
import type { EmbeddedSentences } from "../vectors/embeddedSentences.js";
import { featureRows, featureTable, type FeatureTable } from "./featureTable.js";
import { FIT_DEFAULTS, type FitSettings, type FitTaggerOptions } from "./fitOptions.js";
import { meanTagger } from "./ensemble.js";
import {
  MovingAverage,
  inputWeights,
  layerWeights,
  newNetwork,
  unitsOf,
  type TaggerNetwork,
  type NetworkShape,
} from "./network.js";
import { trainStep } from "./trainStep.js";
import type { Sentence } from "../corpus/sentence.js";
import type { Tagger } from "./tagger.js";
import { tagIndices, tagSet } from "../corpus/tagSet.js";
import { Room } from "./room.js";
import { batchesOf, gather, type Prepared } from "./trainingBatches.js";
import { cuesOf, NO_SURFACE_FEATURES, surfaceFeaturesOf } from "./wordFeatures.js";

/**
 * Fits a tagger by AdamW on batches of whole sentences, the learning rate falling to zero, and returns the moving
 * average of the weights.
 *
 * The loss is that of a linear-chain CRF, or each word's log loss. The same seed gives the same tagger.
 *
 * @throws HeadstartError E_NOT_FINITE naming the word, as a row of the vectors
 */
export async function fitTagger(data: EmbeddedSentences, options: FitTaggerOptions): Promise<Tagger> {
  const settings: FitSettings = withDefaults(FIT_DEFAULTS, options);
  const { seed, surfaceFeatures, kind } = settings;
  refuseNonFinite(data.vectors, "Cannot fit a tagger on these word vectors");
  const standardizer = fitStandardizer(data.vectors);
  const tags = tagSet(settings.labels);
  const shape = shapeOf(data, tags.count, settings);
  const looks = {
    features: learnedFeatures(data, { look: (s) => surfaceFeaturesOf(s, surfaceFeatures), units: shape.tags }),
    cues: learnedFeatures(data, {
      look: (s) => cuesOf(s, kind === "linear" ? NO_SURFACE_FEATURES : surfaceFeatures),
      units: unitsOf(shape),
    }),
  };
  const tables = { features: looks.features.table, cues: looks.cues.table };
  const counts = { features: tables.features.hashes.length, cues: tables.cues.hashes.length };
  const ensemble = Array.from({ length: settings.ensemble }, (_, m): Member => {
    const random = seeded(seed + m);
    const network = newNetwork({ ...shape, ...counts }, random);
    return { network, random, average: new MovingAverage(network) };
  });
  const taggerNow = (): Tagger =>
    meanTagger(ensemble.map(({ average }) => taggerOf(average.network, { tables, standardizer, settings })));
  const prepared: Prepared = {
    data,
    standardizer,
    rows: { features: looks.features.rows, cues: looks.cues.rows },
    truth: data.sentences.map((sentence) => tagIndices(tags, sentence.tags).map((tag) => Math.max(0, tag))),
    inputDropout: settings.inputDropout,
    featureDropout: settings.featureDropout,
    room: new Room(),
  };
  // A second thread waits for work in a loop while the rest of a step is computed, and takes longer than it saves.
  const products = await openRowProducts("float32", { threads: 1 });
  try {
    await fitEpochs(ensemble, { settings, prepared, products, taggerNow, onBatch: countSentences(data, settings) });
  } finally {
    await products.close();
  }
  return taggerNow();
}

/** An empty table for what is looked at of words, and its rows for every word of every sentence. */
function learnedFeatures(
  { sentences }: EmbeddedSentences,
  { look, units }: { readonly look: (sentence: Sentence) => readonly Int32Array[]; readonly units: number },
): { readonly table: FeatureTable; readonly rows: readonly (readonly Int32Array[])[] } {
  const seen = sentences.map(look);
  const table = featureTable(seen.flat(), units);
  return { table, rows: seen.map((words) => words.map((features) => featureRows(table, features))) };
}

/** A network with the moving average of its weights, and its own source of randomness. */
interface Member {
  readonly network: TaggerNetwork;
  readonly average: MovingAverage;
  readonly random: Random;
}

interface Run {
  readonly settings: FitSettings;
  readonly prepared: Prepared;
  readonly products: RowProducts;
  readonly taggerNow: () => Tagger;
  /** Called with the number of sentences of each batch. */
  readonly onBatch: (sentences: number) => void;
}

async function fitEpochs(ensemble: readonly Member[], run: Run): Promise<void> {
  const { settings, taggerNow } = run;
  for (let number = 1; number <= settings.epochs; number++) {
    let loss = 0;
    for (const member of ensemble) loss += (await fitEpoch(member, { ...run, number })) / ensemble.length;
    const weights = ensemble.map(({ network }) => layerWeights(network));
    const next = await settings.onEpoch?.({
      number,
      loss,
      tagger: taggerNow,
      layerWeights: meanLayerWeights(weights),
    });
    if (next === "stop") return;
  }
}

/** @returns the mean loss of a word while it was learned */
async function fitEpoch(
  { network, average, random }: Member,
  { settings, prepared, products, onBatch, number: epoch }: Run & { readonly number: number },
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
    const own = await trainStep(network, batch, {
      products,
      random,
      number,
      learningRate: settings.learningRate * left,
      weightDecay: settings.weightDecay,
      dropout: settings.dropout,
    });
    average.add(network, Math.min(decay, number / (number + 9)));
    loss += own * batch.tags.length;
    seen += batch.tags.length;
    onBatch(sentences.length);
  }
  return loss / seen;
}

/** Tells of sentences as they are learned from. */
function countSentences(
  { sentences }: EmbeddedSentences,
  { onStep, epochs, ensemble }: FitSettings,
): (learned: number) => void {
  let done = 0;
  // Sentences without words are in no batch.
  const atMost = sentences.filter(({ words }) => words.length > 0).length * epochs * ensemble;
  return (learned) => onStep?.({ done: (done += learned), atMost });
}

function meanLayerWeights(weights: readonly (readonly number[] | undefined)[]): readonly number[] | undefined {
  const given = weights.filter((own) => own !== undefined);
  if (given.length === 0) return undefined;
  return given[0].map((_, layer) => given.reduce((sum, own) => sum + own[layer], 0) / given.length);
}

function shapeOf({ vectors }: EmbeddedSentences, tags: number, settings: FitSettings): NetworkShape {
  return {
    tags,
    width: vectors.cols,
    layers: settings.layerCount,
    mixed: settings.layers === "mix",
    contextWindow: settings.contextWindow,
    hidden: settings.kind === "linear" ? 0 : settings.hidden,
    features: 0,
    cues: 0,
    crf: settings.crf,
  };
}

type Tables = Readonly<Record<"features" | "cues", FeatureTable>>;

function taggerOf(
  network: TaggerNetwork,
  { tables, standardizer, settings }: { tables: Tables; standardizer: Standardizer; settings: FitSettings },
): Tagger {
  const { tags, hidden } = network.shape;
  return {
    kind: settings.kind,
    crf: settings.crf,
    labels: [...settings.labels],
    contextWindow: settings.contextWindow,
    subwordPooling: settings.subwordPooling,
    surfaceFeatures: settings.surfaceFeatures,
    standardizer,
    inputs: copyOf(inputWeights(network)),
    bias: network.bias.values.slice(),
    features: filled(tables.features, network.features.values),
    cues: filled(tables.cues, network.cues.values),
    output:
      hidden === 0
        ? undefined
        : { weights: matrix(tags, hidden, network.output.values.slice()), bias: network.outputBias.values.slice() },
    crfWeights: {
      tags,
      transitions: Float64Array.from(network.transitions.values),
      start: Float64Array.from(network.start.values),
      end: Float64Array.from(network.end.values),
    },
  };
}

const filled = ({ hashes, weights }: FeatureTable, values: Float32Array): FeatureTable => ({
  hashes,
  weights: matrix(weights.rows, weights.cols, values.slice()),
});

const copyOf = ({ rows, cols, data }: Matrix): Matrix => matrix(rows, cols, data.slice());
